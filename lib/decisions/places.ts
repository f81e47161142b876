import type { Catalog, HostedModel } from '../catalog/catalog.ts';
import type { CloudRegion } from '../catalog/products.ts';
import { infeasible, type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';

/** Region name of machines that are no cloud's. */
export const onPremises = 'on-premises';

function regionOf(catalog: Catalog, id: string): CloudRegion | undefined {
  return Object.values(catalog.products.clouds)
    .flatMap((cloud) => cloud.regions)
    .find((region) => region.id === id);
}

/**
 * Whether data answered from a region stays inside a residency. A hosted model may name an inference profile (`eu`,
 * `us-gov`) instead of a region; a profile wider than the residency does not hold it.
 */
export function regionServes(catalog: Catalog, region: string | undefined, residency: string): boolean {
  if (residency === 'none') return true;
  if (region === undefined) return false;
  return region === residency || (regionOf(catalog, region)?.residency.includes(residency) ?? false);
}

/** Where a hosted model answers: the first word of its inference profile's scope, else its region. */
export function hostedPlace(model: HostedModel): string | undefined {
  const profile = /^(\S+) inference profile$/.exec(model.scope ?? '')?.[1];
  return profile ?? model.region;
}

/** Regions the platform may use, preferred first: the answers' own, cut to residency; else all of the cloud inside it. */
export function usableRegions(requirements: Requirements, catalog: Catalog): Outcome<readonly [string, ...string[]]> {
  const { infrastructure, compliance } = requirements;
  const cloud = catalog.products.clouds[infrastructure.cloud];
  if (!cloud) return ok([onPremises]);
  const asked = infrastructure.regions.length ? infrastructure.regions : cloud.regions.map((region) => region.id);
  const [first, ...rest] = asked.filter((region) => regionServes(catalog, region, compliance.residency));
  if (first !== undefined) return ok([first, ...rest]);
  return infeasible([
    {
      path: 'infrastructure.regions',
      asked: `${asked.join(', ')} with data that stays in ${compliance.residency}`,
      found: 'no region of these is inside',
      change: `Choose one of ${
        cloud.regions
          .filter((region) => region.residency.includes(compliance.residency))
          .map((region) => region.id)
          .join(', ') || 'another cloud'
      }.`,
    },
  ]);
}

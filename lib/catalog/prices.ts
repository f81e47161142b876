import type { Catalog, OfferPrice, ServicePrice } from './catalog.ts';
import type { InstancePrice } from './products.ts';
import type { Basis, Source } from './source.ts';

/** Hours of the month that every monthly figure means. */
export const hoursPerMonth = 730;

/** A price with how far it can be trusted: `assumed` when it was carried over from another region. */
export interface FoundPrice<Price> {
  readonly price: Price;
  readonly basis: Basis;
}

/** Where the sources hold every service: what another region's missing price is carried over from. */
const referenceRegion = 'us-east-1';

/**
 * Usual price level of a region, as a factor on the reference region.
 * Median over every instance type priced in both; 1 where none is.
 */
export function regionFactor(catalog: Catalog, region: string): number {
  if (region === referenceRegion) return 1;
  const known = regionFactors.get(catalog) ?? new Map<string, number>();
  regionFactors.set(catalog, known);
  const cached = known.get(region);
  if (cached !== undefined) return cached;
  const ratios: number[] = [];
  for (const { prices } of [...catalog.offers, ...(catalog.managedInstances ?? [])]) {
    const here = prices.find((price) => price.region === region);
    const there = prices.find((price) => price.region === referenceRegion);
    if (here && there && there.onDemandUsdPerHour > 0) ratios.push(here.onDemandUsdPerHour / there.onDemandUsdPerHour);
  }
  ratios.sort((a, b) => a - b);
  const factor = ratios[Math.floor(ratios.length / 2)] ?? 1;
  known.set(region, factor);
  return factor;
}

const regionFactors = new WeakMap<Catalog, Map<string, number>>();

function carriedOver(source: Source, region: string, factor: number): Source {
  const text = `${referenceRegion} price × ${factor.toFixed(3)}, the median level of ${region}: assumed`;
  return { ...source, note: source.note === undefined ? text : `${source.note}; ${text}` };
}

/**
 * The unit price of a service in a region. Where the region has none, the reference region's price at the region's
 * usual level, marked `assumed` in the basis and in the source's note. Undefined: priced nowhere, a gap to be listed.
 */
export function servicePrice(
  catalog: Catalog,
  service: string,
  item: string,
  region: string,
  tier?: string,
): FoundPrice<ServicePrice> | undefined {
  const matching = (where: string) =>
    catalog.servicePrices.find(
      (row) =>
        row.service === service &&
        row.item === item &&
        row.region === where &&
        (tier === undefined || row.tier === tier),
    );
  const here = matching(region);
  if (here) return { price: here, basis: here.confidence === 'low' ? 'assumed' : 'measured' };
  const there = matching(referenceRegion);
  if (!there) return undefined;
  const factor = regionFactor(catalog, region);
  const [first, ...rest] = there.sources;
  return {
    price: { ...there, region, usd: there.usd * factor, sources: [carriedOver(first, region, factor), ...rest] },
    basis: 'assumed',
  };
}

/** The service a managed class's name belongs to; `db.…` means RDS unless the caller says Aurora. */
function serviceOf(instanceType: string): string {
  if (instanceType.startsWith('db.')) return 'rds';
  if (instanceType.startsWith('cache.')) return 'elasticache/valkey';
  if (instanceType.endsWith('.search')) return 'opensearch';
  return 'ec2';
}

/** Every regional price of an instance type, EC2 or managed. */
function pricesOfInstance(
  catalog: Catalog,
  instanceType: string,
  service = serviceOf(instanceType),
): readonly OfferPrice[] {
  if (service === 'ec2') return catalog.offers.find((row) => row.instanceType === instanceType)?.prices ?? [];
  const rows = catalog.managedInstances ?? [];
  return rows.find((row) => row.instanceType === instanceType && row.service === service)?.prices ?? [];
}

/**
 * On-demand USD an hour of a machine or a managed class (`db.r7g.large`, `r7g.large.search`, `cache.r7g.large`).
 * A region without a price takes the reference region's at its own usual level, marked `assumed`; undefined where no
 * region has one.
 *
 * @param service - `aurora`, `elasticache/redis`, …; by default read off the name (RDS, Valkey, OpenSearch, EC2)
 */
export function instancePrice(
  catalog: Catalog,
  instanceType: string,
  region: string,
  service?: string,
): (InstancePrice & { readonly basis: Basis }) | undefined {
  const prices = pricesOfInstance(catalog, instanceType, service);
  const here = prices.find((price) => price.region === region);
  if (here) return { usdPerHour: here.onDemandUsdPerHour, source: here.sources[0], basis: 'measured' };
  const there = prices.find((price) => price.region === referenceRegion);
  if (!there) return undefined;
  const factor = regionFactor(catalog, region);
  return {
    usdPerHour: there.onDemandUsdPerHour * factor,
    source: carriedOver(there.sources[0], region, factor),
    basis: 'assumed',
  };
}

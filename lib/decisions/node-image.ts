import type { Catalog } from '../catalog/catalog.ts';
import type { ProductRecord } from '../catalog/products.ts';
import { complianceFor } from '../compliance/index.ts';
import type { Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { ProvisioningChoice } from './decided.ts';

type Kind = ProvisioningChoice['kind'];

/** The one auto mode runs, and the default. */
const standard = 'bottlerocket';

function image(
  { infrastructure }: Requirements,
  catalog: Catalog,
): (ProductRecord & { readonly fipsValidated: boolean }) | undefined {
  return catalog.products.clouds[infrastructure.cloud]?.nodeImages?.[infrastructure.nodeOperatingSystem];
}

/** Why a way to provision cannot start machines of the operating system that is asked for. */
export function nodeImageLimits(kind: Kind, requirements: Requirements, catalog: Catalog): readonly Reason[] {
  const { nodeOperatingSystem } = requirements.infrastructure;
  const found = image(requirements, catalog);
  // The nodes of an existing cluster are not started by us.
  if (!found || kind === 'existing') return [];
  const reasons: Reason[] = [];
  if (kind === 'auto-mode' && nodeOperatingSystem !== standard) {
    reasons.push({
      path: 'infrastructure.nodeOperatingSystem',
      asked: found.title,
      found: 'auto mode runs Bottlerocket alone',
      change: 'Remove infrastructure.nodeOperatingSystem, or choose node groups or Karpenter.',
    });
  }
  if (complianceFor(requirements).fips && !found.fipsValidated) {
    reasons.push({
      path: 'infrastructure.nodeOperatingSystem',
      asked: `${found.title} under a regime that asks for validated cryptography (FIPS 140)`,
      found: 'no image of it with the validated module is published',
      change: 'Remove infrastructure.nodeOperatingSystem: Bottlerocket has such images.',
    });
  }
  return reasons;
}

/** Which system the nodes run and why, for the record; nothing where the machines are not ours. */
export function nodeImageReasons(kind: Kind, requirements: Requirements, catalog: Catalog): readonly string[] {
  const found = image(requirements, catalog);
  if (!found || kind === 'existing') return [];
  const { nodeOperatingSystem } = requirements.infrastructure;
  return [
    nodeOperatingSystem === standard
      ? `Nodes run ${found.title}. ${found.pros.join('. ')}.`
      : `Nodes run ${found.title}, as the answers ask. ${found.cons.join('. ')}.`,
  ];
}

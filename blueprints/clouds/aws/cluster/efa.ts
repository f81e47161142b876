/**
 * EFA interfaces of a machine type: one a network card.
 * Source: aws/karpenter-provider-aws@1d927085dd81:website/content/en/docs/reference/instance-types.md, 2026-07-11.
 */
const interfaces: Readonly<Record<string, number>> = {
  'g6e.8xlarge': 1,
  'g6e.12xlarge': 1,
  'g6e.16xlarge': 1,
  'g6e.24xlarge': 2,
  'g6e.48xlarge': 4,
  'p4d.24xlarge': 4,
  'p4de.24xlarge': 4,
  'p5.4xlarge': 1,
  'p5.48xlarge': 32,
  'p5e.48xlarge': 32,
  'p5en.48xlarge': 16,
  'p6-b200.48xlarge': 8,
  'p6-b300.48xlarge': 17,
};

/** Interfaces a launch template can ask of all these types: the fewest any of them has; 1 for a type without a row. */
export function efaInterfaces(instanceTypes: readonly string[]): number {
  return Math.min(...instanceTypes.map((type) => interfaces[type] ?? 1));
}

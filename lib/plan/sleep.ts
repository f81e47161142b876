import { hoursPerMonth } from '../catalog/prices.ts';
import type { Requirements } from '../requirements/schema.ts';

/** When machines outside production run: working days, by the clock of UTC. */
export const workingHours = { from: 6, to: 20, days: 5, daysText: 'Monday to Friday' } as const;

const hoursPerWeek = 168;

/** Hours a month a machine that sleeps is awake: 14 of each working day. */
export const awakeHoursPerMonth =
  ((workingHours.to - workingHours.from) * workingHours.days * hoursPerMonth) / hoursPerWeek;

/** The parts of a plan that say what sleeps; a plan fits as it is. */
export interface Sleeper<Pool> {
  readonly platform: {
    readonly environment: string;
    readonly provisioning: string;
    readonly nodePools: readonly Pool[];
  };
  readonly requirements: { readonly throughput: Pick<Requirements['throughput'], 'pattern'> };
}

/**
 * Pools without a machine outside working hours (P11). Node groups all sleep. Where a controller in the cluster starts
 * the machines, those with GPUs sleep: the others carry the controllers, which must be there to wake them. Machines of
 * an existing cluster are not ours to stop. The runs of a batch end by themselves, and may be at night.
 */
export function sleepingPools<Pool extends { readonly gpusPerNode: number }>({
  platform: { environment, provisioning, nodePools },
  requirements,
}: Sleeper<Pool>): readonly Pool[] {
  const asked = environment === 'dev' || environment === 'staging';
  if (!asked || requirements.throughput.pattern === 'batch') return [];
  if (provisioning === 'managed-node-groups') return nodePools;
  const controlled = provisioning === 'karpenter' || provisioning === 'auto-mode';
  return controlled ? nodePools.filter((pool) => pool.gpusPerNode > 0) : [];
}

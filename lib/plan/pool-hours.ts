import { hoursPerMonth } from '../catalog/prices.ts';
import type { Decided } from '../decisions/decided.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { NodePool, Plan } from './plan.ts';
import { awakeHoursPerMonth, sleepingPools } from './sleep.ts';

/** Hours a month a pool is expected to run: less where it sleeps outside working hours. */
export function expectedHours(
  pool: NodePool,
  decided: Pick<Decided, 'sizing'>,
  requirements: Requirements,
  platform: Plan['platform'],
): number {
  const asleep = sleepingPools({ platform, requirements }).includes(pool);
  return asleep ? Math.min(awakeHoursPerMonth, poolHours(pool, decided)) : poolHours(pool, decided);
}

/** Hours a month the pool of the chat model may run: always on for traffic, the hours of the runs for batch. */
export function poolHours(pool: NodePool, decided: Pick<Decided, 'sizing'>): number {
  const chosen = decided.sizing?.chosen;
  return chosen && pool.instanceTypes[0] === chosen.instanceTypes[0] && pool.id.startsWith('chat')
    ? chosen.hoursPerMonth
    : hoursPerMonth;
}

import { hoursPerMonth } from '../catalog/prices.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { NodePool, Plan } from './plan.ts';
import { sleepingPools } from './sleep.ts';

/** Alarm at this share above the GPU hours the expected load needs: a forgotten pool shows within days. */
const gpuHourMargin = 1.2;

function gpuHours(pools: readonly NodePool[], of: 'expected' | 'maximum', hours: number): number {
  return pools.reduce((sum, pool) => sum + pool.nodes[of] * pool.gpusPerNode * hours, 0);
}

/**
 * Budget steps and the proof that the largest configuration stays under the ceiling (P11).
 *
 * @param gpuPoolHours - hours a month the GPU pools run: 730, the hours of the batch runs, or those they are awake
 */
export function spendPlan(
  requirements: Requirements,
  platform: Plan['platform'],
  cost: Plan['cost'],
  gpuPoolHours: number,
): Plan['spend'] {
  const { onCall } = requirements.operations;
  const pools = platform.nodePools;
  const ceiling = requirements.infrastructure.costCeilingUsdPerMonth;
  const gpuUsdAtMaximum = cost.lines
    .filter((line) => line.id.startsWith('cluster.gpu.'))
    .reduce((sum, line) => sum + line.usdPerMonth.maximum, 0);
  const round = (usd: number) => Math.round(usd * 100) / 100;
  return {
    ceilingUsdPerMonth: ceiling,
    steps: [
      { percent: 50, kind: 'ACTUAL' },
      { percent: 80, kind: 'ACTUAL' },
      { percent: 90, kind: 'FORECASTED' },
      { percent: 100, kind: 'ACTUAL' },
      { percent: 100, kind: 'FORECASTED' },
    ],
    notify: onCall ? [onCall.channel] : [],
    gpuHoursPerMonthLimit: Math.ceil(
      Math.min(gpuHours(pools, 'maximum', hoursPerMonth), gpuHourMargin * gpuHours(pools, 'expected', gpuPoolHours)),
    ),
    scaleToZero: sleepingPools({ platform, requirements }).length > 0,
    proof: {
      fixedUsd: round(cost.usdPerMonth.maximum - gpuUsdAtMaximum),
      gpuUsdAtMaximum: round(gpuUsdAtMaximum),
      totalUsd: round(cost.usdPerMonth.maximum),
      ceilingUsd: ceiling,
    },
  };
}

import type { EfficiencyFactors } from '../../lib/capacity/efficiency.ts';
import { engineDefaults } from '../../lib/capacity/engine-defaults.ts';
import { meanTokens } from '../../lib/capacity/lengths.ts';
import { computeMemory } from '../../lib/capacity/memory.ts';
import { simulatedCacheTokens } from '../../lib/capacity/prepare-engine.ts';
import { simulate } from '../../lib/capacity/simulate.ts';
import { prepareStepTime } from '../../lib/capacity/step-time.ts';
import type { Metric, ServingPoint } from './points.ts';

export type Estimate = Readonly<Record<Metric, number>>;

/** A measured point through the product's own simulator; milliseconds. */
export function simulatePoint(point: ServingPoint, factors: EfficiencyFactors): Estimate {
  const { deployment } = point;
  const memory = computeMemory(deployment);
  const typical = meanTokens(point.inputTokens) + meanTokens(point.outputTokens) / 2;
  const defaults = engineDefaults(deployment.gpu, deployment.limits.engineVersion);
  const result = simulate({
    stepTime: prepareStepTime(deployment, factors),
    kvCacheTokens: simulatedCacheTokens(deployment, memory, typical),
    reserveFullInput: defaults.reserveFullInput,
    asyncScheduling: deployment.limits.asyncScheduling ?? defaults.asyncScheduling,
    layout: deployment.layout,
    limits: deployment.limits,
    arrivals: point.arrivals,
    inputTokens: point.inputTokens,
    outputTokens: point.outputTokens,
    prefixHitRate: point.prefixHitRate,
    replicas: 1,
    router: 'round-robin',
    requests: point.requests,
    seed: 1,
  });
  const ms = 1e3;
  return {
    ttftMean: result.ttftSeconds.mean * ms,
    ttftP90: result.ttftSeconds.p90 * ms,
    ttftP99: result.ttftSeconds.p99 * ms,
    tpotMean: result.tpotSeconds.mean * ms,
    itlMean: result.itlSeconds.mean * ms,
    endToEndMean: result.endToEndSeconds.mean * ms,
    endToEndP90: result.endToEndSeconds.p90 * ms,
    endToEndP99: result.endToEndSeconds.p99 * ms,
  };
}

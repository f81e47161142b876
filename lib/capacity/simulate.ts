import type { OpenArrivals } from './arrivals.ts';
import { createArrivals } from './arrivals.ts';
import { createRandom } from './random.ts';
import type { RouterPolicy } from './router.ts';
import { advance, advanceOnce, hasWork, nextStart } from './scheduler.ts';
import type { Engine } from './scheduler-state.ts';
import type { AutoscalingPolicy } from './simulate-autoscaling.ts';
import { createAutoscaler } from './simulate-autoscaling.ts';
import type { Run } from './simulate-run.ts';
import { createRun, readRun } from './simulate-run.ts';
import type { Timeline } from './simulate-timeline.ts';
import type {
  Arrivals,
  EngineLimits,
  LengthDistribution,
  ParallelLayout,
  Percentiles,
  ServiceLevels,
  StepTimeModel,
} from './types.ts';

export interface SimulationInput {
  readonly stepTime: StepTimeModel;
  /** Tokens the KV cache of one replica holds. */
  readonly kvCacheTokens: number;
  readonly layout: ParallelLayout;
  readonly limits: EngineLimits;
  /** Of the engine's version: see `engineDefaults`. */
  readonly asyncScheduling: boolean;
  readonly reserveFullInput: boolean;
  readonly arrivals: Arrivals;
  /** Lists as long as a trace of arrivals are taken in its order; otherwise they are drawn from. */
  readonly inputTokens: LengthDistribution;
  readonly outputTokens: LengthDistribution;
  /** Share of a request's input found in the prefix cache, whole blocks only. */
  readonly prefixHitRate: number;
  /** Distinct prefixes in use (sessions); absent: one prefix that every replica holds. */
  readonly prefixGroups?: number;
  readonly replicas: number;
  readonly router: RouterPolicy;
  readonly autoscaling?: AutoscalingPolicy;
  /** Requests sent in all, or seconds after which none is sent; both: whichever comes first. */
  readonly requests?: number;
  readonly seconds?: number;
  /** Requests sent before this are served but not counted. */
  readonly warmupSeconds?: number;
  /** Stop and report overload when one replica's queue passes this. */
  readonly giveUpQueued?: number;
  /** Goodput counts requests inside the P95 goals (the P50 goal where only that is set). */
  readonly slo?: ServiceLevels;
  readonly seed: number;
}

export interface SimulationResult {
  readonly ttftSeconds: Percentiles;
  readonly tpotSeconds: Percentiles;
  readonly itlSeconds: Percentiles;
  readonly endToEndSeconds: Percentiles;
  readonly requestsPerSecond: number;
  readonly outputTokensPerSecond: number;
  readonly goodputRequestsPerSecond: number;
  readonly gpuUtilization: number;
  readonly kvCacheUtilizationPeak: number;
  readonly preemptions: number;
  readonly sentRequests: number;
  readonly completedRequests: number;
  /** Requests the engine refuses: their input alone passes max-model-len or the whole cache. */
  readonly rejectedRequests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly prefillTokensComputed: number;
  readonly durationSeconds: number;
  /** Replica-seconds from start to stop, loading included: what autoscaling is billed for. */
  readonly replicaSeconds: number;
  readonly replicasPeak: number;
  readonly overloaded: boolean;
  readonly timeline: Timeline;
}

/**
 * Serves requests on replicas of one deployment and measures them as a benchmark client does: TTFT from sending to the
 * first token, front end and queue included; TPOT (end to end - TTFT) / (output - 1); every request counts, the first
 * burst too, unless `warmupSeconds` says otherwise. Same input, same result, to the bit.
 *
 * A closed loop starts with all its requests at once and sends the next one when one is done, as `vllm bench serve
 * --max-concurrency` does; its finite length matters, because the first wave queues behind itself.
 */
export function simulate(input: SimulationInput): SimulationResult {
  const run = createRun(input);
  if (input.arrivals.kind === 'closed-loop') runClosedLoop(run, input, input.arrivals.concurrency);
  else runOpenLoop(run, input, input.arrivals);
  return readRun(run, input);
}

function runOpenLoop(run: Run, input: SimulationInput, arrivals: OpenArrivals): void {
  const next = createArrivals(arrivals, createRandom(input.seed, 'arrivals'));
  const lastSend = input.seconds ?? Number.POSITIVE_INFINITY;
  const mostRequests = input.requests ?? Number.POSITIVE_INFINITY;
  if (arrivals.kind === 'all-at-once' && input.requests === undefined) {
    throw new RangeError('arrivals all at once need a number of requests');
  }
  const scaler = input.autoscaling ? createAutoscaler(input.autoscaling, run) : undefined;
  for (let at = next(); at < lastSend && run.totals.sent < mostRequests && !run.totals.overloaded; at = next()) {
    scaler?.advanceTo(at);
    for (const replica of run.replicas) advance(replica.engine, at);
    run.send(at);
  }
  if (run.totals.overloaded) return;
  for (const replica of run.replicas) advance(replica.engine, Number.POSITIVE_INFINITY);
}

function runClosedLoop(run: Run, input: SimulationInput, concurrency: number): void {
  const mostRequests = input.requests ?? Number.POSITIVE_INFINITY;
  const lastSend = input.seconds ?? Number.POSITIVE_INFINITY;
  if (mostRequests === Number.POSITIVE_INFINITY && lastSend === Number.POSITIVE_INFINITY) {
    throw new RangeError('a closed loop needs a number of requests or of seconds');
  }
  for (let index = 0; index < concurrency && run.totals.sent < mostRequests; index++) run.send(0);
  for (;;) {
    // A refused request counts as finished at once, so the list may grow while it is read.
    for (let index = 0; index < run.finishedAt.length; index++) {
      const at = run.finishedAt[index] as number;
      if (run.totals.sent < mostRequests && at < lastSend) run.send(at);
    }
    run.finishedAt.length = 0;
    // The replica furthest behind goes on, up to the next one's start: a request sent by one may land on any other.
    let behind: Engine | undefined;
    let first = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (const { engine } of run.replicas) {
      if (!hasWork(engine)) continue;
      const start = nextStart(engine);
      if (start < first) {
        second = first;
        first = start;
        behind = engine;
      } else if (start < second) {
        second = start;
      }
    }
    if (behind === undefined) return;
    const { completed } = run.totals;
    do advanceOnce(behind, second);
    while (hasWork(behind) && nextStart(behind) < second && run.totals.completed === completed);
  }
}

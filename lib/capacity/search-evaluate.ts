import type { Calibrations } from '../catalog/calibration.ts';
import { defaultFactors } from './efficiency.ts';
import { meanTokens, quantileTokens } from './lengths.ts';
import type { PreparedEngine } from './prepare-engine.ts';
import { calibratedStepTime, prepareEngine } from './prepare-engine.ts';
import type { Choice } from './search-space.ts';
import { layoutId } from './search-space.ts';
import type { SimulationResult } from './simulate.ts';
import { simulate } from './simulate.ts';
import type { Deployment, ServiceLevels, ServingRequirement, StepBatch, StepTimeModel } from './types.ts';

/**
 * Requests one simulation counts, and how many are served before as warm-up. The warm-up grows in leaps, so that two
 * rates of one choice nearly always count the same requests, spread wider or closer: their latencies then compare.
 */
const countedRequests = 1500;
const leastWarmup = 300;
const warmupPerInFlight = 1.5;
const batchWaves = 3;

/** The part of a goal a prediction may use: figures that no measurement covers keep a wider distance. */
export function goalShare(stepTime: Pick<StepTimeModel, 'basis' | 'errorBand'>): number {
  switch (stepTime.basis) {
    case 'measured':
      return 1;
    case 'modelled':
      return 1 / (1 + stepTime.errorBand / 2);
    case 'assumed':
      return 1 / (1 + stepTime.errorBand);
  }
}

/** Means of the requirement that every bound needs. */
export interface LoadShape {
  readonly inputMean: number;
  readonly outputMean: number;
  readonly inputMedian: number;
  readonly inputP95: number;
  readonly outputMedian: number;
}

export function loadShape(requirement: ServingRequirement): LoadShape {
  return {
    inputMean: meanTokens(requirement.inputTokens),
    outputMean: meanTokens(requirement.outputTokens),
    inputMedian: quantileTokens(requirement.inputTokens, 0.5),
    inputP95: quantileTokens(requirement.inputTokens, 0.95),
    outputMedian: quantileTokens(requirement.outputTokens, 0.5),
  };
}

/** Requests a second one replica of the choice must carry, or how many it holds at once. */
export type ReplicaLoad =
  | { readonly kind: 'rate'; readonly requestsPerSecond: number }
  | { readonly kind: 'concurrency'; readonly requests: number }
  | { readonly kind: 'saturated' };

/** A goal that is missed, and the figure with the margin of its basis, seconds. */
export interface Miss {
  readonly goal: string;
  readonly asked: number;
  readonly found: number;
}

export interface Evaluator {
  readonly shape: LoadShape;
  readonly stepTimes: StepTimes;
  readonly engineOf: (choice: Choice) => PreparedEngine;
  /** Most requests a second one replica can carry for ever, latency left aside. */
  readonly capacityOf: (choice: Choice) => number;
  readonly serve: (choice: Choice, load: ReplicaLoad) => SimulationResult;
  /** Simulations run so far. */
  readonly simulations: () => number;
}

/** Step times by layout: they depend on neither batch limits nor load, so several searches may share them. */
export type StepTimes = Map<string, StepTimeModel>;

/** Step times are tabulated up to the batch limits: the largest serve every choice of a layout. */
function withLargestBatch(deployment: Deployment): Deployment {
  return { ...deployment, limits: { ...deployment.limits, maxNumBatchedTokens: 16_384, maxNumSeqs: 1024 } };
}

/**
 * Results of one requirement's search, each computed once. Load and goals may change between questions (a relaxation);
 * lengths, prefix hits and seed may not.
 */
export function createEvaluator(
  requirement: ServingRequirement,
  calibrations: Calibrations = {},
  stepTimes: StepTimes = new Map(),
): Evaluator {
  const shape = loadShape(requirement);
  const engines = new Map<string, PreparedEngine>();
  const capacities = new Map<string, number>();
  const results = new Map<string, SimulationResult>();
  const burstiness = requirement.load.kind === 'online' ? requirement.load.burstiness : 1;

  const engineOf = (choice: Choice): PreparedEngine => {
    const known = engines.get(choice.id);
    if (known) return known;
    const calibration = calibrations[choice.deployment.gpu.id];
    const layout = layoutId(choice);
    const stepTime =
      stepTimes.get(layout) ?? calibratedStepTime(withLargestBatch(choice.deployment), defaultFactors, calibration);
    stepTimes.set(layout, stepTime);
    const typical = shape.inputMean + shape.outputMean / 2;
    const engine = prepareEngine(choice.deployment, choice.memory, typical, defaultFactors, calibration, stepTime);
    engines.set(choice.id, engine);
    return engine;
  };
  const capacityOf = (choice: Choice): number => {
    const known = capacities.get(choice.id);
    if (known !== undefined) return known;
    const capacity = fluidCapacity(choice, engineOf(choice), shape, requirement.prefixHitRate);
    capacities.set(choice.id, capacity);
    return capacity;
  };
  const serve = (choice: Choice, load: ReplicaLoad): SimulationResult => {
    const key = `${choice.id} ${JSON.stringify(load)}`;
    const known = results.get(key);
    if (known) return known;
    const engine = engineOf(choice);
    const { deployment } = choice;
    const common = {
      stepTime: engine.stepTime,
      kvCacheTokens: engine.kvCacheTokens,
      layout: deployment.layout,
      limits: deployment.limits,
      asyncScheduling: engine.asyncScheduling,
      reserveFullInput: engine.reserveFullInput,
      inputTokens: requirement.inputTokens,
      outputTokens: requirement.outputTokens,
      prefixHitRate: requirement.prefixHitRate,
      replicas: 1,
      router: 'round-robin',
      slo: requirement.slo,
      seed: requirement.seed,
    } as const;
    let result: SimulationResult;
    switch (load.kind) {
      case 'rate': {
        const inFlight = load.requestsPerSecond * unloadedSeconds(engine, shape);
        let warmup = leastWarmup;
        while (warmup < inFlight * warmupPerInFlight) warmup *= 4;
        const { requestsPerSecond } = load;
        result = simulate({
          ...common,
          arrivals:
            burstiness > 1
              ? { kind: 'gamma', requestsPerSecond, coefficientOfVariation: burstiness }
              : { kind: 'poisson', requestsPerSecond },
          requests: countedRequests + warmup,
          warmupSeconds: warmup / requestsPerSecond,
          giveUpQueued: Math.max(500, 4 * deployment.limits.maxNumSeqs),
        });
        break;
      }
      case 'concurrency':
        result = simulate({
          ...common,
          arrivals: { kind: 'closed-loop', concurrency: load.requests },
          requests: Math.max(100, load.requests * 10),
        });
        break;
      case 'saturated': {
        const inFlight = deployment.limits.maxNumSeqs * deployment.layout.dataParallelSize;
        result = simulate({
          ...common,
          arrivals: { kind: 'closed-loop', concurrency: inFlight },
          requests: inFlight * batchWaves,
        });
        break;
      }
    }
    results.set(key, result);
    return result;
  };
  return { shape, stepTimes, engineOf, capacityOf, serve, simulations: () => results.size };
}

/** End-to-end seconds of a mean request alone on the engine. */
function unloadedSeconds(engine: PreparedEngine, shape: LoadShape): number {
  const decode = engine.stepTime.stepSeconds(batchOf(0, 0, 1, shape.inputMean + shape.outputMean / 2));
  return 1 + shape.outputMean * decode * 1.5;
}

function batchOf(prefill: number, contextBefore: number, decodes: number, context: number): StepBatch {
  return {
    prefillTokens: prefill,
    prefillAttentionTokenPairs: prefill * (contextBefore + prefill / 2),
    prefillSequences: prefill > 0 ? 1 : 0,
    prefillContextTokens: contextBefore,
    decodeSequences: decodes,
    decodeContextTokens: context,
  };
}

/**
 * Requests a second in the steady state, every step alike: N sequences decode, and the prefill that replaces the N / output
 * that finish rides along. Largest over N that seats and cache allow.
 *
 * An upper bound of what the simulation carries as far as step time is not concave in its tokens; experts touched make it
 * slightly so, hence the margin where the bound prunes.
 */
function fluidCapacity(choice: Choice, engine: PreparedEngine, shape: LoadShape, prefixHitRate: number): number {
  const { limits, layout } = choice.deployment;
  const context = shape.inputMean + shape.outputMean / 2;
  const seats = Math.min(limits.maxNumSeqs * layout.dataParallelSize, engine.kvCacheTokens / context);
  const hits = limits.prefixCaching ? shape.inputMean * prefixHitRate : 0;
  const computed = Math.max(1, shape.inputMean - hits);
  const budget = limits.maxNumBatchedTokens * layout.dataParallelSize * layout.pipelineParallelSize;
  const perStep = (decodes: number): number => {
    const finishing = decodes / shape.outputMean;
    const prefill = finishing * computed;
    const steps = Math.max(1, (prefill + decodes) / budget);
    const batch: StepBatch = {
      prefillTokens: prefill / steps,
      prefillAttentionTokenPairs: (prefill * (hits + computed / 2)) / steps,
      prefillSequences: finishing / steps,
      prefillContextTokens: (finishing * hits) / steps,
      decodeSequences: decodes / steps,
      decodeContextTokens: (decodes * context) / steps,
    };
    return finishing / (steps * engine.stepTime.stepSeconds(batch));
  };
  let best = 0;
  for (let decodes = 1; ; decodes *= 1.6) {
    const inFlight = Math.min(decodes, Math.max(1, seats));
    best = Math.max(best, perStep(inFlight));
    if (inFlight >= Math.max(1, seats)) return best;
  }
}

/** Latencies an idle replica already has; missing a goal here, more replicas do not help. */
export function missWhenIdle(
  engine: PreparedEngine,
  choice: Choice,
  requirement: ServingRequirement,
  shape: LoadShape,
): Miss | undefined {
  const { slo } = requirement;
  const { limits } = choice.deployment;
  const { stepTime } = engine;
  const share = goalShare(stepTime);
  const ttft = (input: number): number => {
    const hits = limits.prefixCaching ? input * requirement.prefixHitRate : 0;
    let seconds = stepTime.requestOverheadSeconds(input);
    for (let done = hits; done < input; done += limits.maxNumBatchedTokens) {
      seconds += stepTime.stepSeconds(batchOf(Math.min(limits.maxNumBatchedTokens, input - done), done, 0, 0));
    }
    return seconds;
  };
  const pace = stepTime.stepSeconds(batchOf(0, 0, 1, shape.inputMedian));
  // A tenth below the estimate: the bound may not reject what the simulation would accept.
  const slack = 0.9;
  const checks: readonly (readonly [string, number | undefined, number])[] = [
    ['latency.ttftMs.p50', slo.ttftSeconds?.p50, ttft(shape.inputMedian)],
    ['latency.ttftMs.p95', slo.ttftSeconds?.p95, ttft(shape.inputP95)],
    ['latency.tpotMs.p50', slo.tpotSeconds?.p50, pace],
    ['latency.tpotMs.p95', slo.tpotSeconds?.p95, pace],
    [
      'latency.endToEndMs.p50',
      slo.endToEndSeconds?.p50,
      ttft(shape.inputMedian * 0.8) + pace * Math.max(0, shape.outputMedian * 0.8 - 1),
    ],
  ];
  for (const [goal, asked, found] of checks) {
    if (asked !== undefined && found * slack > asked * share) return { goal, asked, found: found / share };
  }
  return undefined;
}

/** The goal missed most by a simulated load, goals reduced by the margin of the figure's basis. */
export function worstMiss(result: SimulationResult, slo: ServiceLevels, share: number): Miss | undefined {
  const checks: readonly (readonly [string, number | undefined, number])[] = [
    ['latency.ttftMs.p50', slo.ttftSeconds?.p50, result.ttftSeconds.p50],
    ['latency.ttftMs.p95', slo.ttftSeconds?.p95, result.ttftSeconds.p95],
    ['latency.tpotMs.p50', slo.tpotSeconds?.p50, result.tpotSeconds.p50],
    ['latency.tpotMs.p95', slo.tpotSeconds?.p95, result.tpotSeconds.p95],
    ['latency.endToEndMs.p50', slo.endToEndSeconds?.p50, result.endToEndSeconds.p50],
    ['latency.endToEndMs.p95', slo.endToEndSeconds?.p95, result.endToEndSeconds.p95],
  ];
  let worst: Miss | undefined;
  let factor = 1;
  for (const [goal, asked, found] of checks) {
    if (asked === undefined) continue;
    const over = found / share / asked;
    if (over > factor) {
      factor = over;
      worst = { goal, asked, found: found / share };
    }
  }
  if (!worst && result.overloaded)
    return { goal: 'throughput.requestsPerSecond.peak', asked: 1, found: Number.POSITIVE_INFINITY };
  return worst;
}

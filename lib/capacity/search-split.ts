import type { Catalog } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import { buildCandidate } from './candidate.ts';
import { kvBytesPerTokenPerLayer } from './kv-cache.ts';
import { createLengths, quantileTokens } from './lengths.ts';
import { createRandom } from './random.ts';
import type { Solution } from './search.ts';
import { leastCost, searchCheapest } from './search.ts';
import { createEvaluator, type Evaluator, type StepTimes } from './search-evaluate.ts';
import { type Choice, enumerateChoices } from './search-space.ts';
import type { KvPrecision, LengthDistribution, ServingRequirement, SplitPlan } from './types.ts';

/** Fewer replicas than this never pay for a second pool with its own spare. */
const leastReplicas = 4;
/** Share of the requests, shortest first, that the first pool of a split by size takes. */
const shortShare = 0.9;
const sampledRequests = 4000;
/** Only machines with at least this network move a prompt's cache from prefill to decode in time to be worth it. */
const leastNetworkBitsPerSecond = 100e9;
/** Share of it that a transfer reaches. Assumed. */
const networkShare = 0.7;

interface Pool {
  readonly role: string;
  readonly requirement: ServingRequirement;
}

/**
 * Plans of two pools that cost less than `best`: mixed GPU types for mixed request sizes, and prefill apart from decode.
 * Each pool is sized alone with its own spare.
 */
export function findSplits(
  requirement: ServingRequirement,
  catalog: Pick<Catalog, 'gpus' | 'calibrations'>,
  best: Solution,
  stepTimes: StepTimes,
): readonly SplitPlan[] {
  if (requirement.load.kind !== 'online' || best.placement.replicas.peak < leastReplicas) return [];
  const splits: SplitPlan[] = [];
  const bySize = splitBySize(requirement, shortShare);
  const mixed = bySize && sizePools('by-request-size', bySize, requirement, catalog, best, stepTimes);
  if (mixed) splits.push(mixed);
  const byPhase = splitByPhase(requirement, best.choice);
  const disaggregated = byPhase && sizePools('prefill-decode', byPhase, requirement, catalog, best, stepTimes);
  if (disaggregated) splits.push(disaggregated);
  return splits.sort((a, b) => a.usdPerMonth - b.usdPerMonth);
}

/** Each pool must leave the other the least that it can cost; most splits fall here, before anything is simulated. */
function sizePools(
  kind: SplitPlan['kind'],
  pools: readonly [Pool, Pool],
  whole: ServingRequirement,
  catalog: Pick<Catalog, 'gpus' | 'calibrations'>,
  best: Solution,
  stepTimes: StepTimes,
): SplitPlan | undefined {
  const toBeat = best.placement.usdPerMonth;
  const bounded = pools.map(({ role, requirement }) => {
    const evaluator = createEvaluator(requirement, catalog.calibrations, stepTimes);
    const { choices } = enumerateChoices(requirement, catalog);
    const costs = choices.map((choice) => leastCost(requirement, evaluator, choice) ?? Number.POSITIVE_INFINITY);
    return { role, requirement, evaluator, choices, least: Math.min(Number.POSITIVE_INFINITY, ...costs) };
  });
  let others = bounded.reduce((sum, { least }) => sum + least, 0);
  if (others >= toBeat) return undefined;
  const sized: { role: string; requirement: ServingRequirement; evaluator: Evaluator; solution: Solution }[] = [];
  let left = toBeat;
  let leftPeak = whole.ceilingUsdPerMonth ?? Number.POSITIVE_INFINITY;
  for (const { role, requirement: part, evaluator, choices, least } of bounded) {
    others -= least;
    const requirement = Number.isFinite(leftPeak) ? { ...part, ceilingUsdPerMonth: leftPeak } : part;
    const below = left - others;
    const solution = searchCheapest(requirement, evaluator, choices, true, below).best;
    if (!solution || solution.placement.usdPerMonth >= below) return undefined;
    left -= solution.placement.usdPerMonth;
    leftPeak -= solution.placement.usdPerMonthPeak;
    sized.push({ role, requirement, evaluator, solution });
  }
  const solutions = sized.map(({ solution }) => solution);
  if (!withinQuota(whole, solutions)) return undefined;
  const [first, second] = sized;
  // Two pools of the same machines in the same layout are one pool that was cut in two.
  if (
    kind === 'by-request-size' &&
    first?.solution.choice.deployment.gpu.id === second?.solution.choice.deployment.gpu.id
  ) {
    return undefined;
  }
  const candidates = sized.map(({ role, requirement, evaluator, solution }) => ({
    role,
    candidate: buildCandidate(requirement, evaluator, solution, false),
  }));
  const usdPerMonth = candidates.reduce((sum, { candidate }) => sum + candidate.usdPerMonth, 0);
  return {
    kind,
    pools: candidates,
    usdPerMonth,
    usdPerMonthPeak: candidates.reduce((sum, { candidate }) => sum + candidate.usdPerMonthPeak, 0),
    savesUsdPerMonth: toBeat - usdPerMonth,
  };
}

/** Both pools draw on the same quota. */
function withinQuota(requirement: ServingRequirement, solutions: readonly Solution[]): boolean {
  const used = new Map<string, number>();
  for (const { placement } of solutions) {
    const { gpuId, gpusPerNode } = placement.offer;
    used.set(gpuId, (used.get(gpuId) ?? 0) + placement.nodes.peak * gpusPerNode);
  }
  return [...used].every(([gpuId, gpus]) => gpus <= (requirement.gpuQuota[gpuId] ?? Number.POSITIVE_INFINITY));
}

/** Requests up to a length in one pool, longer ones in another: the short ones need no large card. */
export function splitBySize(requirement: ServingRequirement, share: number): readonly [Pool, Pool] | undefined {
  const { load, inputTokens, outputTokens } = requirement;
  if (load.kind !== 'online' || inputTokens.kind === 'constant') return undefined;
  const threshold = Math.ceil(quantileTokens(inputTokens, share) / 256) * 256;
  const inputs = createLengths(inputTokens, createRandom(requirement.seed, 'split/input'), false);
  const outputs = createLengths(outputTokens, createRandom(requirement.seed, 'split/output'), false);
  const short: { input: number[]; output: number[] } = { input: [], output: [] };
  const long: { input: number[]; output: number[] } = { input: [], output: [] };
  for (let index = 0; index < sampledRequests; index++) {
    const input = inputs();
    const part = input <= threshold ? short : long;
    part.input.push(input);
    part.output.push(outputs());
  }
  if (short.input.length === 0 || long.input.length === 0) return undefined;
  const pool = (role: string, part: typeof short, maxModelLen: number): Pool => {
    const portion = part.input.length / sampledRequests;
    const empirical = (tokens: readonly number[]): LengthDistribution => ({ kind: 'empirical', tokens });
    return {
      role,
      requirement: {
        ...requirement,
        maxModelLen,
        load: {
          ...load,
          expectedRequestsPerSecond: load.expectedRequestsPerSecond * portion,
          peakRequestsPerSecond: load.peakRequestsPerSecond * portion,
        },
        inputTokens: empirical(part.input),
        outputTokens: empirical(part.output),
      },
    };
  };
  const longestOutput = Math.ceil(quantileTokens(outputTokens, 0.999));
  return [
    pool(`up to ${threshold} input tokens`, short, Math.min(requirement.maxModelLen, threshold + longestOutput)),
    pool(`above ${threshold} input tokens`, long, requirement.maxModelLen),
  ];
}

/** Time a prompt's cache takes from prefill to decode, all ranks together, on the slowest network that takes part. */
export function cacheTransferSeconds(model: Model, kvPrecision: KvPrecision, inputTokens: number): number {
  const { full, sliding } = model.attentionLayers;
  const window = Math.min(inputTokens, model.slidingWindowTokens ?? inputTokens);
  const perToken = kvBytesPerTokenPerLayer(model, 1, kvPrecision);
  const bytes = perToken * (full * inputTokens + sliding * window);
  return bytes / ((leastNetworkBitsPerSecond / 8) * networkShare);
}

/**
 * Prefill in one pool (each request ends with its first token), decode in the other (each prompt arrives computed). The
 * move of the cache is taken off the goal of the first token.
 */
export function splitByPhase(requirement: ServingRequirement, choice: Choice): readonly [Pool, Pool] | undefined {
  const { slo, load } = requirement;
  const { model, kvPrecision } = choice.deployment;
  if (load.kind !== 'online' || slo.endToEndSeconds?.p50 !== undefined || slo.endToEndSeconds?.p95 !== undefined) {
    return undefined;
  }
  const move = cacheTransferSeconds(model, kvPrecision, quantileTokens(requirement.inputTokens, 0.95));
  const ttft = slo.ttftSeconds;
  const less = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : seconds - move;
  const p50 = less(ttft?.p50);
  const p95 = less(ttft?.p95);
  if ((p50 !== undefined && p50 <= 0) || (p95 !== undefined && p95 <= 0)) return undefined;
  const offers = requirement.offers.filter((offer) => (offer.networkBitsPerSecond ?? 0) >= leastNetworkBitsPerSecond);
  const common = { ...requirement, offers, kvPrecisions: [kvPrecision] as const };
  return [
    {
      role: 'prefill',
      requirement: {
        ...common,
        outputTokens: { kind: 'constant', tokens: 1 },
        slo: { ttftSeconds: { ...(p50 === undefined ? {} : { p50 }), ...(p95 === undefined ? {} : { p95 }) } },
      },
    },
    {
      role: 'decode',
      requirement: {
        ...common,
        prefixHitRate: 1,
        slo: slo.tpotSeconds ? { tpotSeconds: slo.tpotSeconds } : {},
      },
    },
  ];
}

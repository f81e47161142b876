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
import type { KvPrecision, LengthDistribution, ServingRequirement, SplitKind, SplitLoss, SplitPlan } from './types.ts';
import { grouped } from './words.ts';

/** Share of the requests, shortest first, that the first pool of a split by size takes. */
const shortShare = 0.9;
/** Two pools are sized to the end as long as they may cost this much of the one pool’s: the figure is worth its time. */
const sizedUpTo = 1.5;
const sampledRequests = 4000;
/** Only machines with at least this network move a prompt's cache from prefill to decode in time to be worth it. */
const leastNetworkBitsPerSecond = 100e9;
/** Share of it that a transfer reaches. Assumed. */
const networkShare = 0.7;

interface Pool {
  readonly role: string;
  readonly requirement: ServingRequirement;
}

type Verdict = { readonly split: SplitPlan } | { readonly lost: SplitLoss };

/**
 * Plans of two pools against `best`: mixed GPU types for mixed request sizes, and prefill apart from decode. Each pool is
 * sized alone with its own spare.
 *
 * @returns those that cost less, cheapest first, and why the others do not
 */
export function findSplits(
  requirement: ServingRequirement,
  catalog: Pick<Catalog, 'gpus' | 'calibrations'>,
  best: Solution,
  stepTimes: StepTimes,
): { readonly splits: readonly SplitPlan[]; readonly lost: readonly SplitLoss[] } {
  if (requirement.load.kind !== 'online') return { splits: [], lost: [] };
  const size = (kind: SplitKind, pools: readonly [Pool, Pool] | string): Verdict =>
    typeof pools === 'string'
      ? { lost: { kind, reason: pools } }
      : sizePools(kind, pools, requirement, catalog, best, stepTimes);
  const verdicts = [
    size('by-request-size', splitBySize(requirement, shortShare)),
    size('prefill-decode', splitByPhase(requirement, best.choice)),
  ];
  return {
    splits: verdicts
      .flatMap((verdict) => ('split' in verdict ? [verdict.split] : []))
      .sort((a, b) => a.usdPerMonth - b.usdPerMonth),
    lost: verdicts.flatMap((verdict) => ('lost' in verdict ? [verdict.lost] : [])),
  };
}

/** Each pool must leave the other the least that it can cost; most splits fall here, before anything is simulated. */
function sizePools(
  kind: SplitKind,
  pools: readonly [Pool, Pool],
  whole: ServingRequirement,
  catalog: Pick<Catalog, 'gpus' | 'calibrations'>,
  best: Solution,
  stepTimes: StepTimes,
): Verdict {
  const toBeat = best.placement.usdPerMonth;
  const bounded = pools.map(({ role, requirement }) => {
    const evaluator = createEvaluator(requirement, catalog.calibrations, stepTimes);
    const { choices } = enumerateChoices(requirement, catalog);
    const costs = choices.map((choice) => leastCost(requirement, evaluator, choice) ?? Number.POSITIVE_INFINITY);
    return { role, requirement, evaluator, choices, least: Math.min(Number.POSITIVE_INFINITY, ...costs) };
  });
  const least = bounded.reduce((sum, pool) => sum + pool.least, 0);
  const alone = bounded.find((pool) => pool.least === Number.POSITIVE_INFINITY);
  if (alone) return { lost: { kind, reason: `no machine the answers allow serves «${alone.role}» alone` } };
  if (least >= toBeat) {
    return { lost: { kind, reason: 'two pools, each with its spare, need more machines', leastUsdPerMonth: least } };
  }
  const sized: { role: string; requirement: ServingRequirement; evaluator: Evaluator; solution: Solution }[] = [];
  let leftPeak = whole.ceilingUsdPerMonth ?? Number.POSITIVE_INFINITY;
  let left = toBeat * sizedUpTo;
  let others = least;
  for (const { role, requirement: part, evaluator, choices, least: own } of bounded) {
    const requirement = Number.isFinite(leftPeak) ? { ...part, ceilingUsdPerMonth: leftPeak } : part;
    others -= own;
    const solution = searchCheapest(requirement, evaluator, choices, true, left - others).best;
    if (!solution) {
      const reason =
        'two pools, each with its spare, cost half as much again or more, or break the ceiling or the quota';
      return { lost: { kind, reason, leastUsdPerMonth: Math.max(least, toBeat) } };
    }
    left -= solution.placement.usdPerMonth;
    leftPeak -= solution.placement.usdPerMonthPeak;
    sized.push({ role, requirement, evaluator, solution });
  }
  const solutions = sized.map(({ solution }) => solution);
  const usdPerMonth = solutions.reduce((sum, { placement }) => sum + placement.usdPerMonth, 0);
  const figures = {
    pools: sized.map(({ role, requirement, evaluator, solution }) => ({
      role,
      candidate: buildCandidate(requirement, evaluator, solution, false),
    })),
    usdPerMonth,
    ...(kind === 'prefill-decode' ? { cacheMoveSeconds: moveSeconds(whole, best.choice) } : {}),
  };
  const lost = (reason: string): Verdict => ({ lost: { kind, reason, ...figures } });
  // A tie, to the dollar, is no saving.
  if (usdPerMonth > toBeat - 1) return lost('two pools, each with its spare, need more machines');
  if (!withinQuota(whole, solutions)) return lost('the two pools together need more GPUs than the quota allows');
  return {
    split: {
      kind,
      ...figures,
      usdPerMonthPeak: solutions.reduce((sum, { placement }) => sum + placement.usdPerMonthPeak, 0),
      savesUsdPerMonth: toBeat - usdPerMonth,
    },
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
export function splitBySize(requirement: ServingRequirement, share: number): readonly [Pool, Pool] | string {
  const { load, inputTokens, outputTokens } = requirement;
  if (load.kind !== 'online') return 'the load is no traffic';
  if (inputTokens.kind === 'constant') return 'every prompt is of the same length';
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
  if (short.input.length === 0 || long.input.length === 0) return 'nearly every prompt is of the same length';
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
    pool(
      `up to ${grouped(threshold)} input tokens`,
      short,
      Math.min(requirement.maxModelLen, threshold + longestOutput),
    ),
    pool(`above ${grouped(threshold)} input tokens`, long, requirement.maxModelLen),
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

function moveSeconds({ inputTokens }: ServingRequirement, { deployment }: Choice): number {
  return cacheTransferSeconds(deployment.model, deployment.kvPrecision, quantileTokens(inputTokens, 0.95));
}

/**
 * Prefill in one pool (each request ends with its first token), decode in the other (each prompt arrives computed). The
 * move of the cache is taken off the goal of the first token.
 */
export function splitByPhase(requirement: ServingRequirement, choice: Choice): readonly [Pool, Pool] | string {
  const { slo, load } = requirement;
  const { kvPrecision } = choice.deployment;
  if (load.kind !== 'online') return 'the load is no traffic';
  if (slo.endToEndSeconds?.p50 !== undefined || slo.endToEndSeconds?.p95 !== undefined) {
    return 'the goal is end to end, which no single phase can be held to';
  }
  const move = moveSeconds(requirement, choice);
  const ttft = slo.ttftSeconds;
  const less = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : seconds - move;
  const p50 = less(ttft?.p50);
  const p95 = less(ttft?.p95);
  if ((p50 !== undefined && p50 <= 0) || (p95 !== undefined && p95 <= 0)) {
    return `moving a prompt’s cache alone takes ${move.toFixed(2)} s, longer than the first token may`;
  }
  const offers = requirement.offers.filter((offer) => (offer.networkBitsPerSecond ?? 0) >= leastNetworkBitsPerSecond);
  if (!offers.some(({ gpu }) => gpu)) return 'no machine the answers allow has a network of 100 Gbit/s';
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

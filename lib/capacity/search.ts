import { type Placement, place } from './placement.ts';
import { loadSeconds } from './replicas.ts';
import type { Evaluator, Miss, ReplicaLoad } from './search-evaluate.ts';
import { goalShare, missWhenIdle, worstMiss } from './search-evaluate.ts';
import type { Choice } from './search-space.ts';
import type { SimulationResult } from './simulate.ts';
import type { ServingRequirement } from './types.ts';
import { grouped, replicaCount } from './words.ts';

/** A choice with machines and replicas that meets every limit. */
export interface Solution {
  readonly choice: Choice;
  /** Replicas that carry the peak with headroom, the spare one not counted. */
  readonly needed: number;
  readonly placement: Placement;
}

export interface Rejection {
  readonly choice: Choice;
  readonly limit: string;
  readonly reason: string;
  readonly usdPerMonth?: number;
  readonly miss?: Miss;
  /** The one number that would have had to be larger: quota in GPUs, ceiling in USD. */
  readonly wanted?: number;
}

export type Verdict =
  | { readonly kind: 'solution'; readonly solution: Solution }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** Replicas beyond this are not looked at: no ceiling or quota of a real account reaches it. */
const mostReplicas = 4096;

/** Peak load of the requirement with headroom taken off: what all needed replicas carry together. */
export function sizingLoad(requirement: ServingRequirement): number {
  switch (requirement.load.kind) {
    case 'online':
      return requirement.load.peakRequestsPerSecond / (1 - requirement.headroom);
    case 'closed-loop':
      return requirement.load.concurrency;
    case 'batch':
      return requirement.load.requestsPerRun;
  }
}

export function replicaLoad(requirement: ServingRequirement, replicas: number, load: number): ReplicaLoad {
  switch (requirement.load.kind) {
    case 'online':
      return { kind: 'rate', requestsPerSecond: load / replicas };
    case 'closed-loop':
      return { kind: 'concurrency', requests: Math.ceil(load / replicas) };
    case 'batch':
      return { kind: 'saturated' };
  }
}

/** Order among solutions: cost, cost at peak, place in the enumeration. Total, so that the best is one. */
export function compareSolutions(a: Solution, b: Solution): number {
  return (
    a.placement.usdPerMonth - b.placement.usdPerMonth ||
    a.placement.usdPerMonthPeak - b.placement.usdPerMonthPeak ||
    a.choice.rank - b.choice.rank
  );
}

/** Fewest replicas that could carry the load, by the steady-state bound; `Infinity` when none can. */
export function fewestReplicas(requirement: ServingRequirement, evaluator: Evaluator, choice: Choice): number {
  const load = sizingLoad(requirement);
  switch (requirement.load.kind) {
    case 'closed-loop':
      return 1;
    case 'online':
      return Math.max(1, Math.ceil(load / evaluator.capacityOf(choice) - 1e-9));
    case 'batch': {
      const seconds = batchSeconds(requirement, choice);
      if (seconds <= 0) return Number.POSITIVE_INFINITY;
      return Math.max(1, Math.ceil(load / (evaluator.capacityOf(choice) * batchBoundMargin * seconds) - 1e-9));
    }
  }
}

/** The steady state is an estimate for a finite batch run; pruning leaves it this much room. */
const batchBoundMargin = 1.1;

/** Seconds of a batch run that are left to serve in, loading and headroom taken off. */
export function batchSeconds(requirement: ServingRequirement, choice: Choice): number {
  const { load, headroom } = requirement;
  if (load.kind !== 'batch') return 0;
  return load.finishWithinSeconds * (1 - headroom) - loadSeconds(choice.memory, choice.deployment.layout, 1);
}

function rejected(choice: Choice, rest: Omit<Rejection, 'choice'>): Verdict {
  return { kind: 'rejected', rejection: { choice, ...rest } };
}

export function missReason(miss: Miss): string {
  const milliseconds = (seconds: number): string =>
    `${Number((seconds * 1000).toPrecision(3)).toLocaleString('en-US')} ms`;
  if (!Number.isFinite(miss.found)) return 'its queue grows without end at this load';
  return `${miss.goal} is ${milliseconds(miss.found)} where ${milliseconds(miss.asked)} is asked`;
}

/**
 * Sizes one choice: the fewest replicas that meet every goal, on the cheapest machines that quota and ceiling allow.
 *
 * @param toBeat - when given, stops as soon as the choice cannot be better: one simulation at the most replicas that
 *   would still beat it decides
 * @param below - USD a month the choice must stay below to be of use
 */
export function sizeChoice(
  requirement: ServingRequirement,
  evaluator: Evaluator,
  choice: Choice,
  toBeat: Solution | undefined,
  below = Number.POSITIVE_INFINITY,
): Verdict {
  const engine = evaluator.engineOf(choice);
  const idle = missWhenIdle(engine, choice, requirement, evaluator.shape);
  if (idle) return rejected(choice, { limit: idle.goal, reason: `even idle, ${missReason(idle)}`, miss: idle });
  const fewest = fewestReplicas(requirement, evaluator, choice);
  if (fewest > mostReplicas) {
    return rejected(choice, { limit: 'throughput', reason: `more than ${mostReplicas} replicas would be needed` });
  }
  if (requirement.load.kind === 'batch') return sizeBatch(requirement, evaluator, choice, fewest);

  const solutionAt = (needed: number): Solution | { limit: string; reason: string; wanted: number } => {
    const placed = place(requirement, choice, needed, 1);
    return 'placement' in placed ? { choice, needed, placement: placed.placement } : placed;
  };
  const first = solutionAt(fewest);
  if (!('placement' in first)) {
    return rejected(choice, {
      limit: first.limit,
      reason: `needs at least ${replicaCount(fewest)}: ${first.reason}`,
      wanted: first.wanted,
    });
  }
  const beats = (solution: Solution): boolean =>
    solution.placement.usdPerMonth < below && (!toBeat || compareSolutions(solution, toBeat) < 0);
  if (!beats(first)) {
    const usdPerMonth = first.placement.usdPerMonth;
    return rejected(choice, {
      limit: 'cost',
      reason: `costs at least ${grouped(usdPerMonth)} USD a month with ${replicaCount(fewest)}`,
      usdPerMonth,
    });
  }
  // More replicas cost more and serve better: the useful range is what limits and the best so far leave.
  const most = lastUseful(requirement, fewest, (needed) => {
    const solution = solutionAt(needed);
    return 'placement' in solution && beats(solution);
  });
  const load = sizingLoad(requirement);
  const share = goalShare(engine.stepTime);
  const missAt = (needed: number): Miss | undefined => {
    const result = evaluator.serve(choice, replicaLoad(requirement, needed, load));
    return worstMiss(result, requirement.slo, share);
  };
  const missAtMost = missAt(most);
  if (missAtMost) {
    const beyond = solutionAt(most + 1);
    const limited = !('placement' in beyond);
    const usdPerMonth = 'placement' in beyond ? beyond.placement.usdPerMonth : undefined;
    return rejected(choice, {
      limit: limited ? beyond.limit : toBeat && most < mostReplicas ? 'cost' : missAtMost.goal,
      reason: `with ${replicaCount(most)} ${missReason(missAtMost)}${
        limited
          ? `; more are not possible: ${beyond.reason}`
          : usdPerMonth === undefined
            ? ''
            : `; one more makes it ${grouped(usdPerMonth)} USD a month`
      }`,
      miss: missAtMost,
      ...(usdPerMonth === undefined ? {} : { usdPerMonth }),
      ...(limited ? { wanted: beyond.wanted } : {}),
    });
  }
  let low = fewest;
  let high = most;
  // Gallop from below first: the answer is usually near the bound, and simulations there are the small ones.
  for (let stride = 1; low < high; stride *= 2) {
    const probe = Math.min(high, low + stride - 1);
    if (probe === high) break;
    if (missAt(probe)) low = probe + 1;
    else {
      high = probe;
      break;
    }
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (missAt(middle)) low = middle + 1;
    else high = middle;
  }
  return { kind: 'solution', solution: solutionAt(high) as Solution };
}

/** Most replicas of a choice that quota and ceiling allow; undefined where even the fewest are too many. */
export function mostAffordable(
  requirement: ServingRequirement,
  evaluator: Evaluator,
  choice: Choice,
): number | undefined {
  const fewest = fewestReplicas(requirement, evaluator, choice);
  const fits = (needed: number): boolean => 'placement' in place(requirement, choice, needed, 1);
  if (fewest > mostReplicas || !fits(fewest)) return undefined;
  return lastUseful(requirement, fewest, fits);
}

/** Largest count from `fewest` on that is useful, usefulness ending once. */
function lastUseful(requirement: ServingRequirement, fewest: number, useful: (needed: number) => boolean): number {
  const limit =
    requirement.load.kind === 'closed-loop' ? Math.max(1, Math.ceil(sizingLoad(requirement))) : mostReplicas;
  let low = fewest;
  let high = fewest;
  while (high < limit && useful(Math.min(limit, high * 2))) {
    high = Math.min(limit, high * 2);
    low = high;
  }
  high = Math.min(limit, high * 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (useful(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function sizeBatch(requirement: ServingRequirement, evaluator: Evaluator, choice: Choice, fewest: number): Verdict {
  const seconds = batchSeconds(requirement, choice);
  const result = evaluator.serve(choice, { kind: 'saturated' });
  const miss = worstMiss(result, requirement.slo, goalShare(evaluator.engineOf(choice).stepTime));
  if (miss) return rejected(choice, { limit: miss.goal, reason: missReason(miss), miss });
  const rate = result.requestsPerSecond;
  const needed = Math.max(fewest, Math.ceil(sizingLoad(requirement) / (rate * seconds) - 1e-9));
  if (seconds <= 0 || needed > mostReplicas) {
    return rejected(choice, {
      limit: 'throughput.batch.finishWithinHours',
      reason: 'loading alone takes longer than a run may',
    });
  }
  const placed = place(requirement, choice, needed, rate);
  if (!('placement' in placed))
    return rejected(choice, { limit: placed.limit, reason: placed.reason, wanted: placed.wanted });
  const { placement } = placed;
  return { kind: 'solution', solution: { choice, needed: placement.replicas.peak, placement } };
}

/** Least a choice can cost, or undefined where a limit already refuses it: what the search is ordered and pruned by. */
export function leastCost(requirement: ServingRequirement, evaluator: Evaluator, choice: Choice): number | undefined {
  const fewest = fewestReplicas(requirement, evaluator, choice);
  if (fewest > mostReplicas) return undefined;
  const rate = requirement.load.kind === 'batch' ? evaluator.capacityOf(choice) * batchBoundMargin : 1;
  const placed = place(requirement, choice, fewest, rate);
  return 'placement' in placed ? placed.placement.usdPerMonth : undefined;
}

export interface SearchOutcome {
  readonly best: Solution | undefined;
  /** Every solution that was fully sized on the way, the best one among them. */
  readonly solutions: readonly Solution[];
  readonly rejections: readonly Rejection[];
}

/**
 * The cheapest solution: choices in order of the least they can cost, each sized only as far as it may still win.
 *
 * @param prune - false sizes every choice fully: what a test compares with
 * @param below - USD a month a solution must stay below to be of use
 */
export function searchCheapest(
  requirement: ServingRequirement,
  evaluator: Evaluator,
  choices: readonly Choice[],
  prune = true,
  below = Number.POSITIVE_INFINITY,
): SearchOutcome {
  const ordered = choices
    .map((choice) => ({ choice, least: leastCost(requirement, evaluator, choice) ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => (a.least === b.least ? a.choice.rank - b.choice.rank : a.least - b.least));
  let best: Solution | undefined;
  const solutions: Solution[] = [];
  const rejections: Rejection[] = [];
  for (const { choice, least } of ordered) {
    const bound = Math.min(below, best?.placement.usdPerMonth ?? Number.POSITIVE_INFINITY);
    if (prune && least > bound && Number.isFinite(least)) {
      rejections.push({
        choice,
        limit: 'cost',
        reason: `costs at least ${grouped(least)} USD a month`,
        usdPerMonth: least,
      });
      continue;
    }
    const verdict = sizeChoice(requirement, evaluator, choice, prune ? best : undefined, below);
    if (verdict.kind === 'rejected') {
      rejections.push(verdict.rejection);
      continue;
    }
    solutions.push(verdict.solution);
    if (!best || compareSolutions(verdict.solution, best) < 0) best = verdict.solution;
  }
  return { best, solutions, rejections };
}

/** A prediction of a solution at its peak, without the headroom, on the needed replicas. */
export function serveAtPeak(
  requirement: ServingRequirement,
  evaluator: Evaluator,
  solution: Solution,
): SimulationResult {
  const { load } = requirement;
  const atPeak = load.kind === 'online' ? load.peakRequestsPerSecond : sizingLoad(requirement);
  return evaluator.serve(solution.choice, replicaLoad(requirement, solution.needed, atPeak));
}

import type { Catalog } from '../catalog/catalog.ts';
import { weakestBasis } from '../catalog/source.ts';
import { buildCandidate } from './candidate.ts';
import type { Rejection, Solution } from './search.ts';
import { leastCost, searchCheapest, sizeChoice } from './search.ts';
import type { Evaluator } from './search-evaluate.ts';
import { createEvaluator } from './search-evaluate.ts';
import type { Choice } from './search-space.ts';
import { enumerateChoices } from './search-space.ts';
import { findSplits } from './search-split.ts';
import { findShortfall } from './shortfall.ts';
import type { Candidate, RejectedCandidate, ServingRequirement, SizingResult } from './types.ts';

/** Other GPU types that are sized to the end for the Pareto front, cheapest bound first. */
const paretoGpuTypes = 6;

/**
 * The cheapest plan that meets every goal at peak with headroom and spare, under quota and ceiling; the plans that trade
 * cost for latency or throughput; and why each other candidate lost. Infeasible: the limits that bind, and the nearest
 * change of each answer that would fit.
 *
 * One replica is simulated at its share of the load: with a router that balances, real replicas do a little better.
 */
export function sizeServing(
  requirement: ServingRequirement,
  catalog: Pick<Catalog, 'gpus' | 'calibrations'>,
): SizingResult {
  const space = enumerateChoices(requirement, catalog);
  const evaluator = createEvaluator(requirement, catalog.calibrations);
  const outcome = searchCheapest(requirement, evaluator, space.choices);
  if (!outcome.best) {
    return { feasible: false, shortfall: findShortfall(requirement, catalog, space, evaluator, outcome.rejections) };
  }
  const alternatives = sizeAlternatives(requirement, evaluator, space.choices, outcome.best);
  const solutions = [
    ...new Map([...outcome.solutions, ...alternatives].map((item) => [item.choice.id, item])).values(),
  ];
  const candidates = solutions.map((solution) => buildCandidate(requirement, evaluator, solution));
  const best = outcome.best;
  const chosen = candidates.find((_, index) => solutions[index]?.choice.id === best.choice.id) as Candidate;
  const front = paretoFront(candidates);
  const splits = findSplits(requirement, catalog, best);
  const rejected = [...space.rejected, ...losers(outcome.rejections, solutions, best)];
  return {
    feasible: true,
    plan: {
      chosen,
      ...(splits.length > 0 ? { splits } : {}),
      paretoFront: front,
      rejected,
      basis: weakestBasis(chosen.prediction.basis),
    },
  };
}

/** The best choice of each other GPU type, sized fully: the front would otherwise hold what the search happened to try. */
function sizeAlternatives(
  requirement: ServingRequirement,
  evaluator: Evaluator,
  choices: readonly Choice[],
  best: Solution,
): Solution[] {
  const byGpu = new Map<string, { choice: Choice; least: number }>();
  for (const choice of choices) {
    const gpuId = choice.deployment.gpu.id;
    if (gpuId === best.choice.deployment.gpu.id) continue;
    const least = leastCost(requirement, evaluator, choice);
    if (least === undefined) continue;
    const known = byGpu.get(gpuId);
    if (!known || least < known.least) byGpu.set(gpuId, { choice, least });
  }
  const nearest = [...byGpu.values()].sort((a, b) => a.least - b.least || a.choice.rank - b.choice.rank);
  return nearest.slice(0, paretoGpuTypes).flatMap(({ choice }) => {
    const verdict = sizeChoice(requirement, evaluator, choice, undefined);
    return verdict.kind === 'solution' ? [verdict.solution] : [];
  });
}

/** P95 that people feel first: of the first token where there is a goal for it, else end to end. */
function frontLatency(candidate: Candidate): number {
  return candidate.prediction.ttftSeconds.p95 + candidate.prediction.endToEndSeconds.p95;
}

function capacity(candidate: Candidate): number {
  return candidate.goodputPerReplica * candidate.replicas.peak;
}

/** No other candidate is at least as good in cost, P95 and throughput and better in one. Cheapest first. */
function paretoFront(candidates: readonly Candidate[]): Candidate[] {
  const dominates = (a: Candidate, b: Candidate): boolean =>
    a.usdPerMonth <= b.usdPerMonth &&
    frontLatency(a) <= frontLatency(b) &&
    capacity(a) >= capacity(b) &&
    (a.usdPerMonth < b.usdPerMonth || frontLatency(a) < frontLatency(b) || capacity(a) > capacity(b));
  return candidates
    .filter((candidate) => !candidates.some((other) => dominates(other, candidate)))
    .sort((a, b) => a.usdPerMonth - b.usdPerMonth || (a.id < b.id ? -1 : 1));
}

/** One line for each layout that lost, by its best batch limits. */
function losers(rejections: readonly Rejection[], solutions: readonly Solution[], best: Solution): RejectedCandidate[] {
  const rows = new Map<string, RejectedCandidate>();
  const put = (row: RejectedCandidate): void => {
    const known = rows.get(row.id);
    if (!known || (row.usdPerMonth ?? Number.POSITIVE_INFINITY) < (known.usdPerMonth ?? Number.POSITIVE_INFINITY)) {
      rows.set(row.id, row);
    }
  };
  const bestId = layoutId(best.choice);
  const dearer = (usdPerMonth: number): string =>
    `costs ${Math.round(usdPerMonth)} USD a month, ${Math.round(usdPerMonth - best.placement.usdPerMonth)} more`;
  for (const { choice, placement } of solutions) {
    if (layoutId(choice) === bestId) continue;
    put({
      id: layoutId(choice),
      limit: 'cost',
      reason: dearer(placement.usdPerMonth),
      usdPerMonth: placement.usdPerMonth,
    });
  }
  for (const { choice, limit, reason, usdPerMonth } of rejections) {
    if (layoutId(choice) === bestId || solutions.some((item) => layoutId(item.choice) === layoutId(choice))) continue;
    put({ id: layoutId(choice), limit, reason, ...(usdPerMonth === undefined ? {} : { usdPerMonth }) });
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The id without batch limits. */
export function layoutId(choice: Choice): string {
  return choice.id.slice(0, choice.id.lastIndexOf('/'));
}

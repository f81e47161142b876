import type { Catalog } from '../catalog/catalog.ts';
import { weakestBasis } from '../catalog/source.ts';
import { buildCandidate } from './candidate.ts';
import { rejectedCandidates } from './rejections.ts';
import type { Solution } from './search.ts';
import { leastCost, searchCheapest, sizeChoice } from './search.ts';
import type { Evaluator } from './search-evaluate.ts';
import { createEvaluator } from './search-evaluate.ts';
import type { Choice } from './search-space.ts';
import { enumerateChoices } from './search-space.ts';
import { findSplits } from './search-split.ts';
import { findShortfall } from './shortfall.ts';
import { findStandIn } from './stand-in.ts';
import type { Candidate, ServingRequirement, SizingResult } from './types.ts';

/** Other GPU types that are sized to the end for the Pareto front, cheapest bound first. */
const paretoGpuTypes = 5;

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
  const candidates = solutions.map((solution) => buildCandidate(requirement, evaluator, solution, false));
  const best = outcome.best;
  const cheapest = candidates.find((_, index) => solutions[index]?.choice.id === best.choice.id) as Candidate;
  const chosen = candidates.filter((candidate) => isTie(candidate, cheapest)).sort(compareLatency)[0] ?? cheapest;
  const front = paretoFront(candidates, chosen);
  const { splits, lost } = findSplits(requirement, catalog, best, evaluator.stepTimes);
  const kept = solutions[candidates.indexOf(chosen)] ?? best;
  const measured = withSecondType(requirement, evaluator, space.choices, kept);
  const rejected = rejectedCandidates(requirement, space, outcome.rejections, solutions, kept);
  return {
    feasible: true,
    plan: {
      chosen: measured,
      ...(splits.length > 0 ? { splits } : {}),
      ...(lost.length > 0 ? { splitsLost: lost } : {}),
      paretoFront: front.map((candidate) => (candidate === chosen ? measured : candidate)),
      rejected,
      basis: weakestBasis(chosen.prediction.basis),
    },
  };
}

/**
 * The chosen candidate with its goodput. A pool of one machine type has no way out when that type is sold out: it gets
 * another GPU that holds the same sizing, or the reason why there is none.
 */
function withSecondType(
  requirement: ServingRequirement,
  evaluator: Evaluator,
  choices: readonly Choice[],
  solution: Solution,
): Candidate {
  const candidate = buildCandidate(requirement, evaluator, solution, true);
  if (candidate.machines.length > 1) return candidate;
  const second = findStandIn(requirement, choices, evaluator, solution);
  if ('because' in second) return { ...candidate, oneTypeBecause: second.because };
  const { machine } = second;
  return {
    ...candidate,
    instanceTypes: [...candidate.instanceTypes, machine.instanceType],
    machines: [...candidate.machines, machine],
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

/** The same model in the same precision at the same price: then the faster one is better. */
function isTie(a: Candidate, b: Candidate): boolean {
  return (
    a.usdPerMonth === b.usdPerMonth &&
    a.usdPerMonthPeak === b.usdPerMonthPeak &&
    a.modelId === b.modelId &&
    a.precision === b.precision &&
    a.kvPrecision === b.kvPrecision
  );
}

function compareLatency(a: Candidate, b: Candidate): number {
  return frontLatency(a) - frontLatency(b) || (a.id < b.id ? -1 : 1);
}

/** No other candidate is at least as good in cost, P95 and throughput and better in one. Cheapest first. */
function paretoFront(candidates: readonly Candidate[], chosen: Candidate): Candidate[] {
  const dominates = (a: Candidate, b: Candidate): boolean =>
    a.usdPerMonth <= b.usdPerMonth &&
    frontLatency(a) <= frontLatency(b) &&
    capacity(a) >= capacity(b) &&
    (a.usdPerMonth < b.usdPerMonth || frontLatency(a) < frontLatency(b) || capacity(a) > capacity(b));
  return candidates
    .filter((candidate) => candidate === chosen || !candidates.some((other) => dominates(other, candidate)))
    .sort((a, b) => a.usdPerMonth - b.usdPerMonth || (a.id < b.id ? -1 : 1));
}

import type { Catalog } from '../catalog/catalog.ts';
import type { Solution } from './search.ts';
import { mostAffordable, replicaLoad, searchCheapest, sizingLoad } from './search.ts';
import type { Evaluator } from './search-evaluate.ts';
import { createEvaluator, goalShare, worstMiss } from './search-evaluate.ts';
import type { SearchSpace } from './search-space.ts';
import { enumerateChoices } from './search-space.ts';
import type { SimulationResult } from './simulate.ts';
import type { Relaxation, ServiceLevels, ServingRequirement } from './types.ts';

type Latency = 'ttft' | 'tpot' | 'endToEnd';
type Quantile = 'p50' | 'p95';

const latencies: readonly Latency[] = ['ttft', 'tpot', 'endToEnd'];
const levelKeys = { ttft: 'ttftSeconds', tpot: 'tpotSeconds', endToEnd: 'endToEndSeconds' } as const;

function pathOf(latency: Latency, quantile: Quantile): string {
  return `latency.${latency}Ms.${quantile}`;
}

export function usd(value: number): string {
  return `${Math.ceil(value)} USD/month`;
}

/** Rounded up to two figures that a person would ask for. */
function printedMilliseconds(seconds: number): number {
  const value = seconds * 1000;
  const unit = 10 ** (Math.floor(Math.log10(Math.max(value, 1e-3))) - 1);
  return Number((Math.ceil(value / unit - 1e-9) * unit).toPrecision(6));
}

export function milliseconds(seconds: number): string {
  return `${printedMilliseconds(seconds)} ms`;
}

/** For each answer that can give way alone: how far it must, and the cheapest plan then. Cheapest first. */
export function findRelaxations(
  requirement: ServingRequirement,
  catalog: Pick<Catalog, 'gpus' | 'calibrations'>,
  space: SearchSpace,
  evaluator: Evaluator,
): readonly Relaxation[] {
  const found = [
    ...relaxCeiling(requirement, space, evaluator),
    ...relaxQuota(requirement, space, evaluator),
    ...relaxLatency(requirement, space, evaluator),
    ...relaxLoad(requirement, space, evaluator),
    ...relaxDeadline(requirement, catalog, space),
    ...relaxContext(requirement, catalog),
    ...relaxAllowList(requirement, catalog),
  ];
  return found.sort((a, b) => a.usdPerMonth - b.usdPerMonth || (a.path < b.path ? -1 : 1));
}

function cheapest(requirement: ServingRequirement, space: SearchSpace, evaluator: Evaluator): Solution | undefined {
  return searchCheapest(requirement, evaluator, space.choices).best;
}

function relaxCeiling(requirement: ServingRequirement, space: SearchSpace, evaluator: Evaluator): Relaxation[] {
  const { ceilingUsdPerMonth: ceiling } = requirement;
  if (ceiling === undefined) return [];
  const { ceilingUsdPerMonth: _, ...without } = requirement;
  // The ceiling must hold the peak: the nearest one is that of the plan whose peak costs least.
  const { load } = without;
  const alwaysPeak =
    load.kind === 'online'
      ? { ...without, load: { ...load, expectedRequestsPerSecond: load.peakRequestsPerSecond } }
      : without;
  const atPeak = cheapest(alwaysPeak, space, evaluator);
  if (!atPeak) return [];
  const nearest = atPeak.placement.usdPerMonthPeak;
  const best = cheapest({ ...requirement, ceilingUsdPerMonth: nearest }, space, evaluator);
  if (!best) return [];
  const { usdPerMonth } = best.placement;
  return [{ path: 'infrastructure.costCeilingUsdPerMonth', from: usd(ceiling), to: usd(nearest), usdPerMonth }];
}

function relaxQuota(requirement: ServingRequirement, space: SearchSpace, evaluator: Evaluator): Relaxation[] {
  if (Object.keys(requirement.gpuQuota).length === 0) return [];
  const best = cheapest({ ...requirement, gpuQuota: {} }, space, evaluator);
  if (!best) return [];
  const { gpu } = best.choice.deployment;
  const quota = requirement.gpuQuota[gpu.id];
  if (quota === undefined) return [];
  const gpus = best.placement.nodes.peak * best.placement.offer.gpusPerNode;
  return [
    {
      path: 'infrastructure.gpu.quota',
      from: `${quota} × ${gpu.id}`,
      to: `${gpus} × ${gpu.id}`,
      usdPerMonth: best.placement.usdPerMonth,
    },
  ];
}

/**
 * Each latency goal alone: the least it must be raised to. A goal given up entirely would buy a queue, not a service.
 *
 * More replicas serve better, so what a choice reaches at most is what it reaches with all that quota and ceiling allow:
 * one simulation a choice, shared by all goals.
 */
function relaxLatency(requirement: ServingRequirement, space: SearchSpace, evaluator: Evaluator): Relaxation[] {
  if (requirement.load.kind === 'batch') return [];
  const load = sizingLoad(requirement);
  const reached = space.choices.flatMap((choice) => {
    const most = mostAffordable(requirement, evaluator, choice);
    if (most === undefined) return [];
    const result = evaluator.serve(choice, replicaLoad(requirement, most, load));
    return [{ result, share: goalShare(evaluator.engineOf(choice).stepTime) }];
  });
  const found: Relaxation[] = [];
  for (const latency of latencies) {
    const levels = requirement.slo[levelKeys[latency]];
    const before = found.length;
    /** Gives up these quantiles of the latency, and asks for the least that some choice reaches instead. */
    const relax = (
      quantiles: readonly Quantile[],
      path: string,
      text: (of: (quantile: Quantile) => number) => string,
    ): void => {
      const others = quantiles.reduce((slo, quantile) => withGoal(slo, latency, quantile, undefined), requirement.slo);
      const last = quantiles.at(-1) as Quantile;
      let nearest: SimulationResult | undefined;
      let nearestShare = 1;
      for (const { result, share } of reached) {
        if (worstMiss(result, others, share)) continue;
        const seconds = (one: SimulationResult, its: number): number => one[levelKeys[latency]][last] / its;
        if (nearest && seconds(result, share) >= seconds(nearest, nearestShare)) continue;
        nearest = result;
        nearestShare = share;
      }
      if (!nearest) return;
      const served = nearest[levelKeys[latency]];
      // Rounded up as it will be printed, so that the printed figure is one that fits.
      const goal = (quantile: Quantile): number =>
        Math.max(levels?.[quantile] ?? 0, printedMilliseconds(served[quantile] / nearestShare) / 1000);
      const slo = quantiles.reduce(
        (all, quantile) => withGoal(all, latency, quantile, goal(quantile)),
        requirement.slo,
      );
      const best = cheapest({ ...requirement, slo }, space, evaluator);
      if (!best) return;
      const { usdPerMonth } = best.placement;
      found.push({ path, from: text((quantile) => levels?.[quantile] ?? 0), to: text(goal), usdPerMonth });
    };
    for (const quantile of ['p50', 'p95'] as const) {
      if (levels?.[quantile] === undefined) continue;
      relax([quantile], pathOf(latency, quantile), (of) => milliseconds(of(quantile)));
    }
    // Median and tail of one latency go together: where neither alone helps, both are named.
    if (found.length === before && levels?.p50 !== undefined && levels.p95 !== undefined) {
      relax(['p50', 'p95'], `latency.${latency}Ms`, (of) => `${milliseconds(of('p50'))} / ${milliseconds(of('p95'))}`);
    }
  }
  return found;
}

function withGoal(
  slo: ServiceLevels,
  latency: Latency,
  quantile: Quantile,
  seconds: number | undefined,
): ServiceLevels {
  const key = levelKeys[latency];
  const { [quantile]: _, ...rest } = slo[key] ?? {};
  return { ...slo, [key]: seconds === undefined ? rest : { ...rest, [quantile]: seconds } };
}

/** Halvings of the load: the figure is within 3% of the load that was asked. */
const loadSteps = 5;

/** The largest share of the load that fits. */
function relaxLoad(requirement: ServingRequirement, space: SearchSpace, evaluator: Evaluator): Relaxation[] {
  const { load } = requirement;
  if (load.kind === 'closed-loop') return [];
  const scaled = (share: number): ServingRequirement => ({
    ...requirement,
    load:
      load.kind === 'online'
        ? {
            ...load,
            peakRequestsPerSecond: load.peakRequestsPerSecond * share,
            expectedRequestsPerSecond: Math.min(load.expectedRequestsPerSecond, load.peakRequestsPerSecond * share),
          }
        : { ...load, requestsPerRun: Math.max(1, Math.floor(load.requestsPerRun * share)) },
  });
  let low = 0;
  let high = 1;
  let best: Solution | undefined;
  for (let step = 0; step < loadSteps; step++) {
    const middle = (low + high) / 2;
    const solution = cheapest(scaled(middle), space, evaluator);
    if (solution) {
      low = middle;
      best = solution;
    } else {
      high = middle;
    }
  }
  if (!best) return [];
  const { usdPerMonth } = best.placement;
  if (load.kind === 'online') {
    const rate = (value: number): string => `${Number(value.toPrecision(3))} requests/s`;
    return [
      {
        path: 'throughput.requestsPerSecond.peak',
        from: rate(load.peakRequestsPerSecond),
        to: rate(load.peakRequestsPerSecond * low),
        usdPerMonth,
      },
    ];
  }
  return [
    {
      path: 'throughput.batch.requestsPerRun',
      from: `${load.requestsPerRun} requests`,
      to: `${Math.floor(load.requestsPerRun * low)} requests`,
      usdPerMonth,
    },
  ];
}

function relaxDeadline(
  requirement: ServingRequirement,
  catalog: Pick<Catalog, 'calibrations'>,
  space: SearchSpace,
): Relaxation[] {
  const { load } = requirement;
  if (load.kind !== 'batch') return [];
  for (let factor = 1.25; factor <= 64; factor *= 1.25) {
    const longer: ServingRequirement = {
      ...requirement,
      load: { ...load, finishWithinSeconds: load.finishWithinSeconds * factor },
    };
    const best = cheapest(longer, space, createEvaluator(longer, catalog.calibrations));
    if (best) {
      const hours = (seconds: number): string => `${Number((seconds / 3600).toPrecision(3))} h`;
      return [
        {
          path: 'throughput.batch.finishWithinHours',
          from: hours(load.finishWithinSeconds),
          to: hours(load.finishWithinSeconds * factor),
          usdPerMonth: best.placement.usdPerMonth,
        },
      ];
    }
  }
  return [];
}

/** The longest context that fits, where memory is what refuses. */
function relaxContext(requirement: ServingRequirement, catalog: Pick<Catalog, 'gpus' | 'calibrations'>): Relaxation[] {
  for (let length = requirement.maxModelLen / 2; length >= 1024; length /= 2) {
    const shorter: ServingRequirement = { ...requirement, maxModelLen: Math.floor(length) };
    const space = enumerateChoices(shorter, catalog);
    if (space.choices.length === 0) continue;
    const best = cheapest(shorter, space, createEvaluator(shorter, catalog.calibrations));
    if (!best) return [];
    return [
      {
        path: 'model.maxContextTokens',
        from: `${requirement.maxModelLen} tokens`,
        to: `${Math.floor(length)} tokens`,
        usdPerMonth: best.placement.usdPerMonth,
      },
    ];
  }
  return [];
}

function relaxAllowList(
  requirement: ServingRequirement,
  catalog: Pick<Catalog, 'gpus' | 'calibrations'>,
): Relaxation[] {
  const { gpuAllowList } = requirement;
  if (!gpuAllowList) return [];
  const { gpuAllowList: _, ...without } = requirement;
  const best = cheapest(without, enumerateChoices(without, catalog), createEvaluator(without, catalog.calibrations));
  if (!best) return [];
  const gpuId = best.choice.deployment.gpu.id;
  if (gpuAllowList.includes(gpuId)) return [];
  return [
    {
      path: 'infrastructure.gpu.allow',
      from: gpuAllowList.join(', '),
      to: [...gpuAllowList, gpuId].join(', '),
      usdPerMonth: best.placement.usdPerMonth,
    },
  ];
}

import type { Catalog } from '../catalog/catalog.ts';
import { rejectedCandidates } from './rejections.ts';
import { findRelaxations, milliseconds, usd } from './relaxations.ts';
import type { Rejection } from './search.ts';
import type { Evaluator, Miss } from './search-evaluate.ts';
import type { SearchSpace } from './search-space.ts';
import type { CapacityShortfall, ServingRequirement } from './types.ts';

/**
 * Why nothing fits, and what would: each limit with the best any candidate reaches, and for each answer the cheapest
 * plan that fits when that answer alone gives way, with the figure it has to give way to.
 */
export function findShortfall(
  requirement: ServingRequirement,
  catalog: Pick<Catalog, 'gpus' | 'calibrations'>,
  space: SearchSpace,
  evaluator: Evaluator,
  rejections: readonly Rejection[],
): CapacityShortfall {
  const relaxations = findRelaxations(requirement, catalog, space, evaluator);
  return {
    limits: bindingLimits(requirement, space, rejections),
    relaxations,
    rejected: rejectedCandidates(requirement, space, rejections, [], undefined),
  };
}

/** The best figure any candidate reached against each limit that stopped one. */
function bindingLimits(
  requirement: ServingRequirement,
  space: SearchSpace,
  rejections: readonly Rejection[],
): { limit: string; asked: string; best: string }[] {
  const limits: { limit: string; asked: string; best: string }[] = [];
  const misses = new Map<string, Miss>();
  let leastCost = Number.POSITIVE_INFINITY;
  let leastGpus = Number.POSITIVE_INFINITY;
  let quotaGpu = '';
  for (const { limit, miss, wanted, choice } of rejections) {
    if (miss && Number.isFinite(miss.found)) {
      const known = misses.get(miss.goal);
      if (!known || miss.found < known.found) misses.set(miss.goal, miss);
    }
    if (limit === 'infrastructure.costCeilingUsdPerMonth' && wanted !== undefined) {
      leastCost = Math.min(leastCost, wanted);
    }
    if (limit === 'infrastructure.gpu.quota' && wanted !== undefined && wanted < leastGpus) {
      leastGpus = wanted;
      quotaGpu = choice.deployment.gpu.id;
    }
  }
  if (Number.isFinite(leastCost)) {
    limits.push({
      limit: 'infrastructure.costCeilingUsdPerMonth',
      asked: usd(requirement.ceilingUsdPerMonth ?? 0),
      best: usd(leastCost),
    });
  }
  if (Number.isFinite(leastGpus)) {
    limits.push({
      limit: 'infrastructure.gpu.quota',
      asked: `${requirement.gpuQuota[quotaGpu] ?? 0} × ${quotaGpu}`,
      best: `${leastGpus} × ${quotaGpu}`,
    });
  }
  for (const miss of [...misses.values()].sort((a, b) => (a.goal < b.goal ? -1 : 1))) {
    limits.push({ limit: miss.goal, asked: milliseconds(miss.asked), best: milliseconds(miss.found) });
  }
  if (space.choices.length === 0) {
    const memory = space.rejected.filter(({ limit }) => limit === 'limit.gpu-memory');
    const last = memory.at(-1) ?? space.rejected.at(-1);
    limits.push({
      limit: memory.length > 0 ? 'limit.gpu-memory' : (last?.limit ?? 'limit.offers'),
      asked: `${requirement.models.map(({ id }) => id).join(', ')} with ${requirement.maxModelLen} tokens of context`,
      best:
        last?.reason ?? `no GPU machine of ${requirement.cloud} in ${requirement.regions.join(', ') || 'any region'}`,
    });
  }
  return limits.length > 0 ? limits : [loadLimit(requirement, rejections)];
}

/** No goal, quota or ceiling stopped it: the load itself does, beyond what any number of machines looked at carries. */
function loadLimit(
  { load }: ServingRequirement,
  rejections: readonly Rejection[],
): { limit: string; asked: string; best: string } {
  const best = rejections[0]?.reason ?? 'no candidate carries it';
  switch (load.kind) {
    case 'online':
      return {
        limit: 'throughput.requestsPerSecond.peak',
        asked: `${load.peakRequestsPerSecond} requests/s`,
        best,
      };
    case 'closed-loop':
      return { limit: 'throughput.concurrency', asked: `${load.concurrency} requests at once`, best };
    case 'batch':
      return {
        limit: 'throughput.batch.finishWithinHours',
        asked: `${Number((load.finishWithinSeconds / 3600).toPrecision(3))} h`,
        best,
      };
  }
}

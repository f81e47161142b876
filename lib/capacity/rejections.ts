import type { Rejection, Solution } from './search.ts';
import type { SearchSpace } from './search-space.ts';
import { layoutId } from './search-space.ts';
import type { RejectedCandidate, ServingRequirement } from './types.ts';
import { grouped } from './words.ts';

/** Reasons that no figure measures, the more telling first. */
const structural = ['limit.gpu-memory', 'limit.gpu-support', 'limit.price', 'limit.whole-gpu'];

/** Share by which a candidate lost or missed: 0.1 is 10% too dear, too slow or too many. */
function missedBy(rejection: Rejection, requirement: ServingRequirement, best: Solution | undefined): number {
  const { limit, miss, usdPerMonth, wanted, choice } = rejection;
  if (limit === 'cost' && usdPerMonth !== undefined && best && best.placement.usdPerMonth > 0) {
    return usdPerMonth / best.placement.usdPerMonth - 1;
  }
  if (limit === 'infrastructure.costCeilingUsdPerMonth' && wanted !== undefined && requirement.ceilingUsdPerMonth) {
    return wanted / requirement.ceilingUsdPerMonth - 1;
  }
  if (limit === 'infrastructure.gpu.quota' && wanted !== undefined) {
    return wanted / Math.max(1, requirement.gpuQuota[choice.deployment.gpu.id] ?? 1) - 1;
  }
  if (miss) return miss.found / miss.asked - 1;
  return Number.MAX_VALUE;
}

/**
 * One row a layout that lost, with the reason of its best batch limits: those that lost or missed by least first, then
 * what could never serve, and machines with a shared card as one row at the end.
 */
export function rejectedCandidates(
  requirement: ServingRequirement,
  space: SearchSpace,
  rejections: readonly Rejection[],
  solutions: readonly Solution[],
  best: Solution | undefined,
): readonly RejectedCandidate[] {
  const nearest = new Map<string, { by: number; row: RejectedCandidate }>();
  const chosenId = best && layoutId(best.choice);
  const put = (by: number, row: RejectedCandidate): void => {
    if (row.id === chosenId) return;
    const known = nearest.get(row.id);
    if (!known || by < known.by) nearest.set(row.id, { by, row });
  };
  for (const { choice, placement } of solutions) {
    const { usdPerMonth } = placement;
    const more = best ? usdPerMonth - best.placement.usdPerMonth : 0;
    put(best && best.placement.usdPerMonth > 0 ? more / best.placement.usdPerMonth : more, {
      id: layoutId(choice),
      limit: 'cost',
      reason:
        more > 0
          ? `costs ${grouped(usdPerMonth)} USD a month, ${grouped(more)} more`
          : `costs the same ${grouped(usdPerMonth)} USD a month; the chosen one is faster, or comes first in the order asked`,
      usdPerMonth,
    });
  }
  for (const rejection of rejections) {
    const { choice, limit, reason, usdPerMonth } = rejection;
    put(missedBy(rejection, requirement, best), {
      id: layoutId(choice),
      limit,
      reason,
      ...(usdPerMonth === undefined ? {} : { usdPerMonth }),
    });
  }
  const measured = [...nearest.values()]
    .sort((a, b) => a.by - b.by || (a.row.id < b.row.id ? -1 : 1))
    .map(({ row }) => row);
  return [...measured, ...structuralRows(space)];
}

function structuralRows(space: SearchSpace): RejectedCandidate[] {
  const order = (row: RejectedCandidate): number => structural.indexOf(row.limit);
  const rows = space.rejected
    .filter(({ limit }) => limit !== 'limit.whole-gpu')
    .sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1));
  const shared = space.rejected.filter(({ limit }) => limit === 'limit.whole-gpu').map(({ id }) => id);
  if (shared.length === 0) return rows;
  const types = [...shared].sort().join(', ');
  return [
    ...rows,
    { id: types, limit: 'limit.whole-gpu', reason: 'has a part of a card: a shared card cannot be planned for' },
  ];
}

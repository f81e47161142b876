import { commitmentOf } from './cost.ts';
import { type OfferGroup, offerGroups } from './offer-groups.ts';
import type { Solution } from './search.ts';
import { batchSeconds, missReason, replicaLoad, sizingLoad } from './search.ts';
import { type Evaluator, goalShare, missWhenIdle, worstMiss } from './search-evaluate.ts';
import type { Choice } from './search-space.ts';
import type { Machine, ServingRequirement } from './types.ts';
import { replicaCount } from './words.ts';

/** A second machine type for a pool that has one, or why there is none. */
export type StandIn = { readonly machine: Machine } | { readonly because: string };

/** Machines that were looked at and named in the reason. */
const mostNamed = 3;

/**
 * A machine with another GPU that may start where the pool's only type cannot be had: the same GPU count, region and way
 * of buying, and the same replicas of the same layout meet every goal on it at the load they were sized for. The weaker of
 * the two binds, since each is shown to hold alone. The cheapest that does is taken.
 */
export function findStandIn(
  requirement: ServingRequirement,
  choices: readonly Choice[],
  evaluator: Evaluator,
  solution: Solution,
): StandIn {
  const { offer, nodes } = solution.placement;
  const [first] = offer.machines;
  const { purchase, region, gpusPerNode } = offer;
  if (purchase === 'owned') return { because: 'the machines are your own' };
  if (requirement.heldTypes?.includes(first.instanceType)) {
    return { because: `the answers hold a reservation of ${first.instanceType}: another type would be paid beside it` };
  }
  if (purchase === commitmentOf(purchase)) {
    return { because: `every machine is committed as ${first.instanceType}: another type would be paid beside it` };
  }
  const gpus = gpusPerNode === 1 ? 'one GPU' : `${gpusPerNode} GPUs`;
  // What stands in for a committed machine runs on demand.
  const way = commitmentOf(purchase) ? 'on-demand' : purchase;
  const groups = offerGroups({ ...requirement, purchases: [way] })
    .groups.filter(
      (group) =>
        group.gpuId !== offer.gpuId &&
        group.gpusPerNode === gpusPerNode &&
        group.region === region &&
        group.architecture === offer.architecture,
    )
    .sort((a, b) => a.usdPerNodeHour - b.usdPerNodeHour || (a.gpuId < b.gpuId ? -1 : 1));
  const runs: string[] = [];
  const others: string[] = [];
  for (const group of groups) {
    const [machine] = group.machines;
    const name = `${machine.instanceType} (${group.gpuId})`;
    const twin = twinOf(solution.choice, choices, group.gpuId);
    if (!twin) {
      others.push(`${name} does not run it in this precision and layout`);
      continue;
    }
    const refusal = refuse(requirement, twin, evaluator, solution, group, nodes.peak * gpusPerNode);
    if (refusal === undefined) return { machine: longerRun(machine, requirement, twin, evaluator, solution) };
    runs.push(`on ${name} ${refusal}`);
  }
  const tried = [...runs, ...others];
  if (tried.length === 0) return { because: `${region} offers no other machine with ${gpus} that the answers allow` };
  const more = tried.length - mostNamed;
  const named = tried.slice(0, mostNamed).join('; ');
  return {
    because: `no other machine with ${gpus} in ${region} holds this sizing: ${named}${more > 0 ? `; and ${more} more` : ''}`,
  };
}

/** A batch run takes longer on a slower machine: its hour counts for as much more. */
function longerRun(
  machine: Machine,
  { load }: ServingRequirement,
  twin: Choice,
  evaluator: Evaluator,
  { choice }: Solution,
): Machine {
  if (load.kind !== 'batch') return machine;
  const rate = (of: Choice): number => evaluator.serve(of, { kind: 'saturated' }).requestsPerSecond;
  const longer = Math.max(1, rate(choice) / rate(twin));
  return {
    ...machine,
    usdPerHour: machine.usdPerHour * longer,
    usdPerHourAtMost: machine.usdPerHourAtMost * longer,
  };
}

/** Why a group cannot stand in; undefined when it can. */
function refuse(
  requirement: ServingRequirement,
  twin: Choice,
  evaluator: Evaluator,
  solution: Solution,
  group: OfferGroup,
  gpusAtPeak: number,
): string | undefined {
  const { needed, placement } = solution;
  if (placement.packing.nodesPerReplica > 1 && !group.canSpanNodes) return 'machines cannot work together';
  const quota = requirement.gpuQuota[group.gpuId];
  if (quota !== undefined && quota < gpusAtPeak) return `${gpusAtPeak} GPUs are needed, the quota is ${quota}`;
  const engine = evaluator.engineOf(twin);
  const idle = missWhenIdle(engine, twin, requirement, evaluator.shape);
  if (idle) return `even idle, ${missReason(idle)}`;
  const { load } = requirement;
  if (load.kind === 'batch') {
    const result = evaluator.serve(twin, { kind: 'saturated' });
    const inTime = result.requestsPerSecond * placement.replicas.peak * batchSeconds(requirement, twin);
    if (inTime < load.requestsPerRun) return 'a run does not finish in time';
    const miss = worstMiss(result, requirement.slo, goalShare(engine.stepTime));
    return miss && missReason(miss);
  }
  const whole = sizingLoad(requirement);
  if (load.kind === 'online' && whole / needed > evaluator.capacityOf(twin))
    return `${replicaCount(needed)} cannot carry the load`;
  const miss = worstMiss(
    evaluator.serve(twin, replicaLoad(requirement, needed, whole)),
    requirement.slo,
    goalShare(engine.stepTime),
  );
  return miss && missReason(miss);
}

/** The same model, precisions, layout and batch limits on another GPU of the same vendor. */
function twinOf(choice: Choice, choices: readonly Choice[], gpuId: string): Choice | undefined {
  const key = ({ deployment }: Choice): string => {
    const { model, precision, kvPrecision, layout, limits } = deployment;
    const { maxNumSeqs, maxNumBatchedTokens } = limits;
    return JSON.stringify([model.id, precision, kvPrecision, layout, maxNumSeqs, maxNumBatchedTokens]);
  };
  const asked = key(choice);
  return choices.find(
    (other) =>
      other.deployment.gpu.id === gpuId &&
      other.deployment.gpu.vendor === choice.deployment.gpu.vendor &&
      key(other) === asked,
  );
}

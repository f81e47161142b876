import { committedNodes } from './cost.ts';
import { loadSeconds } from './replicas.ts';
import type { Solution } from './search.ts';
import { serveAtPeak, sizingLoad } from './search.ts';
import type { Evaluator } from './search-evaluate.ts';
import { goalShare, worstMiss } from './search-evaluate.ts';
import type { Candidate, Prediction, ServingRequirement } from './types.ts';

/** Halvings of the rate interval when one replica's goodput is measured. */
const goodputSteps = 5;

/**
 * A solution as the plan keeps it: machines, cost, and its prediction at peak.
 *
 * @param measureGoodput - false keeps the rate that sizing proved, a lower bound, and spares the simulations
 */
export function buildCandidate(
  requirement: ServingRequirement,
  evaluator: Evaluator,
  solution: Solution,
  measureGoodput: boolean,
): Candidate {
  const { choice, placement } = solution;
  const { deployment, memory } = choice;
  const engine = evaluator.engineOf(choice);
  const served = serveAtPeak(requirement, evaluator, solution);
  const prediction: Prediction = {
    ttftSeconds: served.ttftSeconds,
    tpotSeconds: served.tpotSeconds,
    itlSeconds: served.itlSeconds,
    endToEndSeconds: served.endToEndSeconds,
    requestsPerSecond: served.requestsPerSecond * solution.needed,
    outputTokensPerSecond: served.outputTokensPerSecond * solution.needed,
    goodputRequestsPerSecond: served.goodputRequestsPerSecond * solution.needed,
    gpuUtilization: served.gpuUtilization,
    kvCacheUtilizationPeak: served.kvCacheUtilizationPeak,
    preemptions: served.preemptions,
    basis: engine.stepTime.basis,
    errorBand: engine.stepTime.errorBand,
  };
  const { offer } = placement;
  const committed = committedNodes(offer.purchase, placement.nodes);
  const names = offer.machines.map(({ instanceType }) => instanceType);
  return {
    id: `${choice.id}/${names[0]}/${offer.purchase}/${offer.region}`,
    modelId: deployment.model.id,
    gpuId: deployment.gpu.id,
    precision: deployment.precision,
    kvPrecision: deployment.kvPrecision,
    layout: deployment.layout,
    limits: deployment.limits,
    gpusPerReplica: choice.gpusPerReplica,
    nodesPerReplica: placement.packing.nodesPerReplica,
    replicas: placement.replicas,
    instanceTypes: names as [string, ...string[]],
    machines: offer.machines,
    nodes: placement.nodes,
    region: offer.region,
    purchase: offer.purchase,
    usdPerNodeHour: offer.usdPerNodeHour,
    ...(offer.committedUsdPerNodeHour === undefined || committed === 0
      ? {}
      : { committed: { nodes: committed, usdPerNodeHour: offer.committedUsdPerNodeHour } }),
    usdPerMonth: placement.usdPerMonth,
    usdPerMonthPeak: placement.usdPerMonthPeak,
    hoursPerMonth: placement.hoursPerMonth,
    memory,
    prediction,
    goodputPerReplica: goodputPerReplica(requirement, evaluator, solution, measureGoodput ? goodputSteps : 0),
    loadSeconds: loadSeconds(memory, deployment.layout, placement.packing.nodesPerReplica),
  };
}

/** Largest rate one replica carries inside every goal, between what the plan proved and what the steady state bounds. */
function goodputPerReplica(
  requirement: ServingRequirement,
  evaluator: Evaluator,
  solution: Solution,
  steps: number,
): number {
  const { choice, needed } = solution;
  const { load, slo } = requirement;
  if (load.kind !== 'online') {
    return serveAtPeak(requirement, evaluator, solution).goodputRequestsPerSecond;
  }
  const share = goalShare(evaluator.engineOf(choice).stepTime);
  let low = sizingLoad(requirement) / needed;
  let high =
    needed > 1
      ? Math.min(sizingLoad(requirement) / (needed - 1), evaluator.capacityOf(choice))
      : evaluator.capacityOf(choice);
  for (let step = 0; step < steps && high > low * 1.03; step++) {
    const middle = (low + high) / 2;
    const result = evaluator.serve(choice, { kind: 'rate', requestsPerSecond: middle });
    if (worstMiss(result, slo, share)) high = middle;
    else low = middle;
  }
  return low;
}

import { hoursPerMonth } from '../catalog/prices.ts';
import { monthlyCost } from './cost.ts';
import type { OfferGroup } from './offer-groups.ts';
import { loadSeconds, type Packing, packReplica, planReplicas } from './replicas.ts';
import type { Choice } from './search-space.ts';
import type { ServingRequirement } from './types.ts';
import { grouped } from './words.ts';

/** Machines for a number of replicas: the cheapest offer that quota and ceiling allow. */
export interface Placement {
  readonly offer: OfferGroup;
  readonly packing: Packing;
  readonly replicas: { readonly minimum: number; readonly expected: number; readonly peak: number };
  readonly nodes: { readonly minimum: number; readonly expected: number; readonly peak: number };
  readonly usdPerMonth: number;
  readonly usdPerMonthPeak: number;
  readonly hoursPerMonth: number;
}

/** Seconds one run takes on that many replicas, loading included. */
function runSeconds(requests: number, replicas: number, requestsPerSecond: number, loading: number): number {
  return loading + requests / (replicas * requestsPerSecond);
}

/**
 * The cheapest machines for `needed` replicas of a choice.
 *
 * @param batchRate - requests a second of one replica in a batch run; it sets the hours that are paid
 * @returns the placement, or the limit that no offer meets
 */
export function place(
  requirement: ServingRequirement,
  choice: Choice,
  needed: number,
  batchRate: number,
): { placement: Placement } | { limit: string; reason: string; wanted: number } {
  const { load, spareReplicas, gpuQuota, ceilingUsdPerMonth } = requirement;
  let best: Placement | undefined;
  let leastGpus = Number.POSITIVE_INFINITY;
  let leastPeak = Number.POSITIVE_INFINITY;
  const quota = gpuQuota[choice.deployment.gpu.id] ?? Number.POSITIVE_INFINITY;
  const ceiling = ceilingUsdPerMonth ?? Number.POSITIVE_INFINITY;
  for (const offer of choice.offers) {
    const packing = packReplica(choice.deployment.layout, offer.gpusPerNode);
    if (!packing) continue;
    const spare = load.kind === 'batch' ? 0 : spareReplicas;
    // A batch node is paid by the hour whatever runs on it: replicas fill it, and the run is over sooner.
    const { replicasPerNode } = packing;
    const used = load.kind === 'batch' ? Math.ceil(needed / replicasPerNode) * replicasPerNode : needed;
    const peak = planReplicas(used, spare, packing);
    const neededExpected =
      load.kind === 'online'
        ? Math.max(1, Math.ceil((needed * load.expectedRequestsPerSecond) / load.peakRequestsPerSecond - 1e-9))
        : used;
    const expected = planReplicas(Math.min(used, neededExpected), spare, packing);
    const minimum = load.kind === 'batch' ? { replicas: 0, nodes: 0 } : planReplicas(1, spare, packing);
    const gpus = peak.nodes * offer.gpusPerNode;
    leastGpus = Math.min(leastGpus, gpus);
    if (gpus > quota) continue;
    const hours =
      load.kind === 'batch'
        ? (load.runsPerMonth *
            runSeconds(
              load.requestsPerRun,
              used,
              batchRate,
              loadSeconds(choice.memory, choice.deployment.layout, packing.nodesPerReplica),
            )) /
          3600
        : hoursPerMonth;
    const nodes = { minimum: minimum.nodes, expected: expected.nodes, peak: peak.nodes };
    const cost = monthlyCost(nodes, offer, offer.purchase, hours);
    leastPeak = Math.min(leastPeak, cost.peak);
    if (cost.peak > ceiling) continue;
    if (
      best &&
      (cost.expected > best.usdPerMonth || (cost.expected === best.usdPerMonth && cost.peak >= best.usdPerMonthPeak))
    ) {
      continue;
    }
    best = {
      offer,
      packing,
      replicas: { minimum: minimum.replicas, expected: expected.replicas, peak: peak.replicas },
      nodes,
      usdPerMonth: cost.expected,
      usdPerMonthPeak: cost.peak,
      hoursPerMonth: hours,
    };
  }
  if (best) return { placement: best };
  if (leastPeak === Number.POSITIVE_INFINITY) {
    return {
      limit: 'infrastructure.gpu.quota',
      reason: `${leastGpus} × ${choice.deployment.gpu.id} are needed, the quota is ${quota}`,
      wanted: leastGpus,
    };
  }
  return {
    limit: 'infrastructure.costCeilingUsdPerMonth',
    reason: `costs ${grouped(Math.ceil(leastPeak))} USD a month at peak, ${grouped(Math.floor(ceiling))} are left for GPUs`,
    wanted: leastPeak,
  };
}

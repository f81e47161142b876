import type { CapacityPlan } from '../capacity/types.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { CostLine } from '../catalog/products.ts';
import { type Outcome, ok, type Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { ProvisioningChoice } from './decided.ts';
import { capacityModel, count, evidence, type Option, type Ruling, recordOf, settle, usd } from './decision.ts';
import { nodeImageLimits, nodeImageReasons } from './node-image.ts';
import { baseCommitmentReasons, machineTypesReason, purchaseText } from './pool-machines.ts';
import type { Decision } from './record.ts';
import { handOverSource, twoPoolsReasons } from './two-pools.ts';

type Kind = ProvisioningChoice['kind'];

/** Cost line of the provisioner’s own fee. */
export const provisioningFee = 'cluster.provisioning-fee';

const kinds: readonly Kind[] = ['managed-node-groups', 'karpenter', 'auto-mode', 'existing'];

/**
 * D11: how nodes come up and how they are bought, with the fee of each way.
 *
 * @param listUsdPerMonth - what the machines of all pools cost at their on-demand price under a way of provisioning
 */
export function chooseProvisioning(
  requirements: Requirements,
  catalog: Catalog,
  sizing: CapacityPlan | undefined,
  listUsdPerMonth: (kind: Kind) => number,
): Outcome<{ readonly value: ProvisioningChoice; readonly costLines: readonly CostLine[]; readonly record: Decision }> {
  const ways = catalog.products.clouds[requirements.infrastructure.cloud]?.provisioning ?? {};
  const gpuUsd = sizing?.chosen.usdPerMonth ?? 0;
  const fee = (kind: Kind) => {
    const percent = ways[kind]?.feePercentOfInstance ?? 0;
    return percent > 0 ? (listUsdPerMonth(kind) * percent) / 100 : 0;
  };
  const options = kinds.flatMap((kind): readonly Option<Kind>[] => {
    const facts = ways[kind];
    if (!facts && kind !== 'existing') return [];
    return [
      {
        id: kind,
        title: facts?.title ?? 'The nodes of the existing cluster',
        pros: facts?.pros ?? ['Nothing to provision.'],
        cons: facts?.cons ?? ['Limits, taints and drivers are the cluster’s own.'],
        unmet: [...provisioningLimits(kind, requirements, sizing), ...nodeImageLimits(kind, requirements, catalog)],
        usdPerMonth: fee(kind),
      },
    ];
  });
  const settled = settle('D11', requirements.pins, options, provisioningRuling(requirements, sizing));
  if (!settled.ok) return settled;
  const kind = settled.value.choice;
  const feePercent = ways[kind]?.feePercentOfInstance ?? 0;
  const feeUsd = fee(kind);
  const band = interruptionBand(catalog, sizing);
  const value: ProvisioningChoice = {
    kind,
    purchase: sizing?.chosen.purchase ?? (requirements.infrastructure.owned.length ? 'owned' : 'on-demand'),
    reservationIds: requirements.infrastructure.reservations.flatMap((row) => row.reservationId ?? []),
    feePercentOfInstance: feePercent,
    feeUsdPerMonth: feeUsd,
    ...(band ? { interruptionBand: band } : {}),
    batchOnSpot: sizing?.chosen.purchase === 'spot',
  };
  const record = recordOf(requirements, settled.value, {
    id: 'D11',
    title: 'Node provisioning',
    question: 'How do nodes come up, and how are they bought?',
    reasons: [
      ...purchaseReasons(requirements, catalog, sizing, value),
      ...(sizing ? [machineTypesReason(sizing.chosen), ...twoPoolsReasons(sizing)] : []),
      ...nodeImageReasons(kind, requirements, catalog),
    ],
    reads: [
      'infrastructure.provisioning',
      'infrastructure.purchases',
      'infrastructure.reservations',
      'infrastructure.discountPercent',
      'infrastructure.existing.clusterName',
      'infrastructure.nodeOperatingSystem',
      'infrastructure.isolated',
      'operations.availabilityPercent',
      'operations.environment',
      'throughput.pattern',
    ],
    evidence: [
      ...(ways[kind]?.sources ?? []).map((source) =>
        evidence(source.note ?? `Fee of ${ways[kind]?.title}: ${feePercent}% of the instance.`, 'measured', source),
      ),
      evidence(
        `The machines of the model cost ${usd(gpuUsd)} a month as bought${sizing ? `, for ${count(sizing.chosen.hoursPerMonth)} hours` : ''}; ${feeUsd > 0 ? `the fee, ${feePercent}% of the on-demand price of every machine in every pool, adds ${usd(feeUsd)}` : 'no fee comes on top'}.`,
        sizing?.chosen.prediction.basis ?? 'assumed',
        capacityModel,
      ),
      ...(sizing?.splits?.some(({ kind }) => kind === 'prefill-decode')
        ? [evidence('The engine calls the hand-over from prefill to decode experimental.', 'measured', handOverSource)]
        : []),
    ],
    parameters: {
      purchase: value.purchase,
      feePercentOfInstance: feePercent,
      feeUsdPerMonth: Math.round(feeUsd),
      ...(band ? { interruptionBand: band } : {}),
      reservationIds: [...value.reservationIds],
    },
    consequences: [
      'A GPU quota must be granted.',
      ...(sizing && sizing.chosen.machines.length > 1
        ? ['Machine types of equal GPU count fill the pool, so that one may be sold out.']
        : []),
    ],
    effort: 'Hours: stack or manifests are generated.',
    risk: ways[kind]?.cons[0] ?? 'Capacity is the cluster’s own.',
    reversal: ways[kind]?.reversal ?? 'Generate again with another way of provisioning.',
    migration: 'Bring the new pool up beside the old, cordon the old nodes, let the disruption budget move the pods.',
  });
  const beyond = beyondReservation(requirements, catalog, sizing);
  return ok({
    value,
    costLines: beyond ? [beyond] : [],
    record,
  });
}

function provisioningRuling(requirements: Requirements, sizing: CapacityPlan | undefined): Ruling<Kind> {
  const { infrastructure, operations, throughput } = requirements;
  const rule = (admits: readonly Kind[], because: string): Ruling<Kind> => ({
    rows: ['D11'],
    admits,
    because,
    ranking: 'order',
  });
  if (infrastructure.cloud === 'on-premises') return rule(['existing'], 'the machines stand in a cluster of your own.');
  if (infrastructure.provisioning) return rule([infrastructure.provisioning], 'it is how nodes come up today.');
  if (infrastructure.existing.clusterName) return rule(['existing', 'karpenter'], 'the cluster is there already.');
  if (infrastructure.reservations.some((row) => row.reservationId))
    return rule(['managed-node-groups', 'karpenter'], 'reserved capacity is targeted by fixed groups.');
  const elastic =
    throughput.pattern === 'batch' ||
    operations.environment !== 'prod' ||
    (sizing !== undefined && sizing.chosen.nodes.peak > 2 * sizing.chosen.nodes.minimum);
  return elastic
    ? rule(
        ['karpenter', 'managed-node-groups'],
        'the load comes and goes, so nodes should too, over several instance types.',
      )
    : rule(
        ['managed-node-groups', 'karpenter'],
        'a steady pool with a fixed maximum keeps the ceiling provable and needs no controller.',
      );
}

function provisioningLimits(
  kind: Kind,
  requirements: Requirements,
  sizing: CapacityPlan | undefined,
): readonly Reason[] {
  const { infrastructure } = requirements;
  const reasons: Reason[] = [];
  const ownCluster = infrastructure.cloud === 'on-premises' || infrastructure.existing.clusterName !== undefined;
  if (kind === 'existing' && !ownCluster) {
    reasons.push({
      path: 'infrastructure.existing.clusterName',
      asked: 'an existing cluster',
      found: 'none is named',
      change: 'Name the cluster, or choose how nodes come up.',
    });
  }
  if (kind === 'auto-mode' && (sizing?.chosen.nodesPerReplica ?? 1) > 1) {
    reasons.push({
      path: 'limit.nodes-per-replica',
      asked: `${sizing?.chosen.nodesPerReplica} machines a replica`,
      found: 'auto mode allows no kubelet settings, which huge pages and EFA need',
      change: 'Choose node groups or Karpenter.',
    });
  }
  const types = sizing?.chosen.instanceTypes ?? [];
  if (kind === 'karpenter' && types.length > 0 && types.every((type) => reportsNoGpu.test(type))) {
    reasons.push({
      path: 'limit.instance-type',
      asked: types.join(', '),
      found: 'these report no GPU to Karpenter',
      change: 'Choose node groups, or another instance type.',
    });
  }
  return reasons;
}

/** Types that show 0 GPUs to the provisioner: fractional cards, and the smallest H100 machine. */
const reportsNoGpu = /^(g6f|gr6f)\.|^p5\.4xlarge$/;

function interruptionBand(catalog: Catalog, sizing: CapacityPlan | undefined): string | undefined {
  const chosen = sizing?.chosen;
  if (!chosen) return undefined;
  const offer = catalog.offers.find((row) => row.instanceType === chosen.instanceTypes[0]);
  return offer?.prices.find((price) => price.region === chosen.region)?.spotInterruptionBand;
}

function purchaseReasons(
  requirements: Requirements,
  catalog: Catalog,
  sizing: CapacityPlan | undefined,
  value: ProvisioningChoice,
): readonly string[] {
  const { infrastructure, throughput } = requirements;
  const spotAsked = infrastructure.purchases.includes('spot');
  const chosen = sizing?.chosen;
  const price =
    chosen &&
    catalog.offers
      .find((row) => row.instanceType === chosen.instanceTypes[0])
      ?.prices.find((row) => row.region === chosen.region);
  const hours = chosen ? chosen.hoursPerMonth * chosen.nodes.expected : 0;
  const month = (rate: number) => usd(rate * hours);
  const list =
    chosen && price
      ? [
          `On demand: ${month(price.onDemandUsdPerHour)} a month`,
          ...(price.reserved1yNoUpfrontUsdPerHour === undefined
            ? []
            : [`reserved for a year: ${month(price.reserved1yNoUpfrontUsdPerHour)}`]),
          ...(price.reserved3yNoUpfrontUsdPerHour === undefined
            ? []
            : [`for three: ${month(price.reserved3yNoUpfrontUsdPerHour)}`]),
          ...(price.spotUsdPerHour === undefined ? [] : [`spot: ${month(price.spotUsdPerHour)}`]),
        ]
      : [];
  return [
    ...(list.length > 1 ? [`${list.join(', ')}.`] : []),
    ...(chosen ? baseCommitmentReasons(chosen, price) : []),
    `Bought ${chosen ? purchaseText(chosen) : value.purchase}${infrastructure.discountPercent ? `, ${infrastructure.discountPercent}% below list` : ''}.`,
    ...(spotAsked && throughput.pattern !== 'batch'
      ? ['Spot is allowed by the answers and not used: this traffic is under a latency goal.']
      : []),
    ...(value.batchOnSpot
      ? [`Spot interruptions (${value.interruptionBand ?? 'band unknown'}) only delay a batch.`]
      : []),
    ...(value.reservationIds.length
      ? [`Capacity reservations ${value.reservationIds.join(', ')} are used first.`]
      : []),
  ];
}

/** Machines above the reserved count pay the list price; sizing prices all of a type at the reserved rate. */
function beyondReservation(
  { infrastructure }: Requirements,
  catalog: Catalog,
  sizing: CapacityPlan | undefined,
): CostLine | undefined {
  const chosen = sizing?.chosen;
  const reserved = infrastructure.reservations.find((row) => row.instanceType === chosen?.instanceTypes[0]);
  if (!chosen || !reserved) return undefined;
  const list = catalog.offers
    .find((row) => row.instanceType === reserved.instanceType)
    ?.prices.find((price) => price.region === chosen.region);
  const difference =
    (list?.onDemandUsdPerHour ?? reserved.usdPerHour) * (1 - infrastructure.discountPercent / 100) -
    reserved.usdPerHour;
  const extra = (nodes: number) => Math.max(0, nodes - reserved.count) * chosen.hoursPerMonth * Math.max(0, difference);
  if (!list || extra(chosen.nodes.peak) === 0) return undefined;
  return {
    id: 'cluster.beyond-reservation',
    title: `${reserved.instanceType} beyond the ${reserved.count} reserved: list price less the reserved rate`,
    group: 'cluster',
    quantity: Math.max(0, chosen.nodes.expected - reserved.count),
    unit: 'node-month',
    usdPerUnit: difference * chosen.hoursPerMonth,
    usdPerMonth: {
      minimum: extra(chosen.nodes.minimum),
      expected: extra(chosen.nodes.expected),
      maximum: extra(chosen.nodes.peak),
    },
    basis: 'modelled',
    source: list.sources[0],
  };
}

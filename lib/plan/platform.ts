import type { Catalog, Offer } from '../catalog/catalog.ts';
import type { Decided } from '../decisions/decided.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { NodePool, Plan, ServedModel } from './plan.ts';
import { helperPool } from './served-models.ts';

const gib = 2 ** 30;
const gb = 1e9;

/** Controllers, DNS, monitoring, log and secret agents of any cluster; the gateway comes on top. */
const systemNeed = { millicores: 3000, memoryGiB: 8 } as const;
const gatewayNeed = { millicores: 1000, memoryGiB: 2 } as const;

/** Images and unpacked layers of a GPU server. */
const imageDiskGiB = 60;

function onDemand(offer: Offer, region: string): number | undefined {
  return offer.prices.find((price) => price.region === region)?.onDemandUsdPerHour;
}

/** What system agents take of a node before the first pod. */
const nodeAgents = { millicores: 400, memoryGiB: 2 } as const;

/**
 * Two cheapest general machines of one processor architecture, of four processors or more, that hold the largest pod:
 * a store's pod is not divided over nodes, however many there are.
 */
function generalMachines(
  catalog: Catalog,
  cloud: string,
  region: string,
  largestPod: { readonly millicores: number; readonly memoryGiB: number },
): readonly Offer[] {
  const holds = (offer: Offer) =>
    (offer.allocatableMillicores ?? offer.vcpus * 970) - nodeAgents.millicores >= largestPod.millicores &&
    (offer.allocatableMemoryBytes ?? offer.memoryBytes * 0.92) / gib - nodeAgents.memoryGiB >= largestPod.memoryGiB;
  const fitting = catalog.offers
    .filter((offer) => offer.cloud === cloud && !offer.gpu && offer.vcpus >= 4 && offer.memoryBytes >= 15 * gib)
    .filter(holds)
    .filter((offer) => !/^t\d/.test(offer.instanceType));
  const price = (offer: Offer) =>
    onDemand(offer, region) ?? offer.prices[0]?.onDemandUsdPerHour ?? Number.POSITIVE_INFINITY;
  const sorted = [...fitting].sort((a, b) => price(a) - price(b) || a.instanceType.localeCompare(b.instanceType));
  const first = sorted[0];
  return first ? sorted.filter((offer) => offer.architecture === first.architecture).slice(0, 2) : [];
}

/** The pool without GPUs: gateway, stores on Kubernetes, controllers. One node a zone at least in production. */
function generalPool(requirements: Requirements, decided: Placed, catalog: Catalog, zones: number): NodePool {
  const { cloud } = requirements.infrastructure;
  const store = decided.vectorStore?.target === 'kubernetes' ? decided.vectorStore.size : undefined;
  const cpuServers = decided.served.filter((choice) => choice.placement === 'cpu');
  const machines = generalMachines(catalog, cloud, decided.region, {
    millicores: Math.max(
      gatewayNeed.millicores,
      store?.millicores ?? 0,
      ...cpuServers.map((choice) => choice.millicoresPerReplica),
    ),
    memoryGiB: Math.max(
      gatewayNeed.memoryGiB,
      (store?.memoryBytes ?? 0) / gib,
      ...cpuServers.map((choice) => choice.memoryGiBPerReplica),
    ),
  });
  const gateways = requirements.operations.environment === 'homelab' ? 1 : 2;
  const millicores =
    systemNeed.millicores +
    gateways * gatewayNeed.millicores +
    (store ? store.millicores * store.nodes : 0) +
    cpuServers.reduce((sum, choice) => sum + choice.millicoresPerReplica * (choice.replicas?.expected ?? 1), 0);
  const memoryGiB =
    systemNeed.memoryGiB +
    gateways * gatewayNeed.memoryGiB +
    (store ? (store.memoryBytes / gib) * store.nodes : 0) +
    cpuServers.reduce((sum, choice) => sum + choice.memoryGiBPerReplica * (choice.replicas?.expected ?? 1), 0);
  const machine = machines[0];
  const price = (offer: Offer | undefined) =>
    offer ? (onDemand(offer, decided.region) ?? offer.prices[0]?.onDemandUsdPerHour ?? 0) : 0;
  const nodes = machine
    ? Math.max(
        zones,
        // Copies of a store stand on nodes of their own.
        store?.nodes ?? 0,
        Math.ceil(millicores / (machine.vcpus * 1000 * 0.85)),
        Math.ceil(memoryGiB / ((machine.memoryBytes / gib) * 0.85)),
      )
    : 1;
  return {
    id: 'general',
    purpose: 'gateway, stores, controllers',
    gpusPerNode: 0,
    instanceTypes: machines.length > 0 ? machines.map((offer) => offer.instanceType) : ['owned'],
    purchase: machine ? 'on-demand' : 'owned',
    nodes: { minimum: nodes, expected: nodes, maximum: machine ? nodes + zones : nodes },
    gpuLimit: 0,
    diskGiB: 100,
    usdPerNodeHour: price(machine),
    usdPerNodeHourAtMost: Math.max(0, ...machines.map(price)),
    ...(machines.length < 2 && {
      oneTypeBecause: machine ? 'no second general machine holds the largest pod' : 'the machines are your own',
    }),
    reservationIds: [],
    efa: false,
    localNvme: false,
    architecture: machine?.architecture ?? 'amd64',
  };
}

function offerOf(catalog: Catalog, instanceType: string | undefined): Offer | undefined {
  return catalog.offers.find((offer) => offer.instanceType === instanceType);
}

function everyHasNvme(catalog: Catalog, instanceTypes: readonly string[]): boolean {
  return instanceTypes.every((type) => (offerOf(catalog, type)?.localNvmeBytes ?? 0) > 100 * gb);
}

function chatPool(model: ServedModel, requirements: Requirements, decided: Placed, catalog: Catalog): NodePool {
  const chosen = decided.sizing?.chosen;
  if (!chosen) throw new Error(`served model ${model.role} runs on a GPU and the plan has no sizing`);
  const offer = offerOf(catalog, chosen.instanceTypes[0]);
  const other = chosen.machines.find(({ gpuId }) => gpuId !== chosen.gpuId);
  const gpusPerNode = offer?.gpu?.apiCount ?? Math.max(1, Math.floor(chosen.gpusPerReplica / chosen.nodesPerReplica));
  const reservations = requirements.infrastructure.reservations.filter((row) =>
    chosen.instanceTypes.includes(row.instanceType),
  );
  return {
    id: model.nodePool,
    purpose: `serves ${model.role}`,
    gpuId: chosen.gpuId,
    gpusPerNode,
    instanceTypes: [...chosen.instanceTypes],
    purchase: chosen.purchase,
    nodes: { minimum: chosen.nodes.minimum, expected: chosen.nodes.expected, maximum: chosen.nodes.peak },
    gpuLimit: chosen.nodes.peak * gpusPerNode,
    diskGiB: Math.ceil((imageDiskGiB + (model.weightBytes / gib) * 1.3) / 10) * 10,
    usdPerNodeHour: chosen.usdPerNodeHour,
    usdPerNodeHourAtMost: Math.max(...chosen.machines.map((machine) => machine.usdPerHourAtMost)),
    ...(chosen.committed && { committed: chosen.committed }),
    ...(other && { standIn: { instanceType: other.instanceType, gpuId: other.gpuId } }),
    ...(chosen.oneTypeBecause !== undefined && { oneTypeBecause: chosen.oneTypeBecause }),
    reservationIds: reservations.flatMap((row) => row.reservationId ?? []),
    efa: chosen.nodesPerReplica > 1 && (offer?.efaInterfaces ?? 0) > 0,
    localNvme: everyHasNvme(catalog, chosen.instanceTypes),
    architecture: offer?.architecture ?? 'amd64',
  };
}

function helperPools(decided: Placed, catalog: Catalog): NodePool[] {
  const onGpu = decided.served.filter((choice) => choice.placement === 'gpu' && choice.instanceTypes);
  const pools = new Map<string, NodePool>();
  for (const choice of onGpu) {
    const [first, ...rest] = choice.instanceTypes ?? [];
    if (first === undefined) continue;
    const offer = offerOf(catalog, first);
    const gpusPerNode = offer?.gpu?.apiCount || 1;
    const replicas = choice.replicas ?? { minimum: 1, expected: 1, maximum: 1 };
    const before = pools.get(helperPool(choice))?.nodes ?? { minimum: 0, expected: 0, maximum: 0 };
    const nodes = {
      minimum: before.minimum + Math.ceil(replicas.minimum / gpusPerNode),
      expected: before.expected + Math.ceil(replicas.expected / gpusPerNode),
      maximum: before.maximum + Math.ceil(replicas.maximum / gpusPerNode),
    };
    pools.set(helperPool(choice), {
      id: helperPool(choice),
      purpose: `serves ${onGpu
        .filter((other) => helperPool(other) === helperPool(choice))
        .map((other) => other.role)
        .join(' and ')}`,
      ...(choice.gpuId !== undefined && { gpuId: choice.gpuId }),
      gpusPerNode,
      instanceTypes: [first, ...rest],
      purchase: decided.provisioning.purchase === 'owned' ? 'owned' : 'on-demand',
      nodes,
      gpuLimit: nodes.maximum * gpusPerNode,
      diskGiB: 100,
      usdPerNodeHour: choice.usdPerNodeHour ?? 0,
      usdPerNodeHourAtMost: choice.usdPerNodeHourAtMost ?? choice.usdPerNodeHour ?? 0,
      ...(rest.length === 0 && {
        oneTypeBecause: `${decided.region} offers no other machine with one ${choice.gpuId ?? 'GPU'}`,
      }),
      reservationIds: [],
      efa: false,
      localNvme: everyHasNvme(catalog, [first, ...rest]),
      architecture: offer?.architecture ?? 'amd64',
    });
  }
  return [...pools.values()];
}

/** Zones by availability goal: three from 99.9% on, two from 99.5%, one below; never more than the region has. */
function zonesFor(requirements: Requirements, regionZones: number): number {
  const { availabilityPercent, environment } = requirements.operations;
  if (environment === 'homelab') return 1;
  // A control plane and an Aurora cluster want subnets in two zones whatever the goal is.
  return Math.min(regionZones, availabilityPercent >= 99.9 ? 3 : 2);
}

/** The part of a decided plan that says where things run; a reserve is computed before the chat model is sized. */
export type Placed = Pick<Decided, 'region' | 'served' | 'vectorStore' | 'sizing' | 'provisioning'>;

export interface PlatformGuards {
  readonly fips: boolean;
  readonly crossRegionBackup: boolean;
}

/** Copies go to the next region the answers name; only where they name no other, to one of the same jurisdiction. */
function recoveryOf<
  Row extends { readonly id: string; readonly partition: string; readonly residency: readonly string[] },
>(named: readonly string[], home: Row | undefined, rows: readonly Row[]): Row | undefined {
  const others = rows.filter((row) => row.id !== home?.id && row.partition === home?.partition);
  const byName = named.flatMap((id) => others.find((row) => row.id === id) ?? []);
  return byName[0] ?? others.find((row) => sharesResidency(row.residency, home?.residency ?? []));
}

/** Region, zones, pools: where everything runs (P1, P2). */
export function platformPlan(
  requirements: Requirements,
  decided: Placed,
  models: readonly ServedModel[],
  guards: PlatformGuards,
  catalog: Catalog,
): Plan['platform'] {
  const { infrastructure, operations } = requirements;
  const cloud = catalog.products.clouds[infrastructure.cloud];
  const region = cloud?.regions.find((row) => row.id === decided.region);
  const zones = infrastructure.existing.availabilityZones?.length ?? zonesFor(requirements, region?.zones ?? 1);
  const chat = models.filter(
    (model) => (model.role === 'chat' || model.role === 'chat-fallback') && model.gpusPerReplica > 0 && decided.sizing,
  );
  const chatPools = chat.map((model) => chatPool(model, requirements, decided, catalog));
  const helpers = helperPools(decided, catalog).filter((pool) => !chatPools.some((other) => other.id === pool.id));
  const copies = operations.crossRegionCopies || guards.crossRegionBackup;
  const recovery =
    copies || operations.rtoHours < 1 ? recoveryOf(infrastructure.regions, region, cloud?.regions ?? []) : undefined;
  return {
    cloud: infrastructure.cloud,
    region: decided.region,
    partition: region?.partition ?? 'none',
    ...(recovery && copies && { recoveryRegion: recovery.id }),
    environment: operations.environment,
    availabilityZones: zones,
    natGateways:
      infrastructure.isolated || infrastructure.cloud === 'on-premises'
        ? 0
        : operations.availabilityPercent >= 99.9
          ? zones
          : 1,
    isolated: infrastructure.isolated,
    ipv6: infrastructure.ipv6,
    fips: guards.fips,
    kubernetesVersion: cloud?.kubernetesVersion ?? '1.36',
    provisioning: decided.provisioning.kind,
    nodeOperatingSystem: infrastructure.nodeOperatingSystem,
    nodePools: [generalPool(requirements, decided, catalog, zones), ...chatPools, ...helpers],
    existing: {
      ...(infrastructure.existing.vpcId !== undefined && { vpcId: infrastructure.existing.vpcId }),
      ...(infrastructure.existing.privateSubnetIds && { privateSubnetIds: infrastructure.existing.privateSubnetIds }),
      ...(infrastructure.existing.availabilityZones && {
        availabilityZones: infrastructure.existing.availabilityZones,
      }),
      ...(infrastructure.existing.clusterName !== undefined && { clusterName: infrastructure.existing.clusterName }),
      ...(infrastructure.existing.clusterSecurityGroupId !== undefined && {
        clusterSecurityGroupId: infrastructure.existing.clusterSecurityGroupId,
      }),
      ...(infrastructure.existing.kmsKeyArn !== undefined && { kmsKeyArn: infrastructure.existing.kmsKeyArn }),
      ...(infrastructure.existing.hostedZoneId !== undefined && { hostedZoneId: infrastructure.existing.hostedZoneId }),
      ...(infrastructure.existing.hostedZoneName !== undefined && {
        hostedZoneName: infrastructure.existing.hostedZoneName,
      }),
    },
    tags: {
      'groundplan:platform': requirements.name,
      'groundplan:environment': operations.environment,
      'groundplan:owner': operations.onCall?.pages ?? requirements.name,
    },
  };
}

function sharesResidency(left: readonly string[], right: readonly string[]): boolean {
  return left.some((place) => right.includes(place));
}

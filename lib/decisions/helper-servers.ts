import type { Catalog, Offer } from '../catalog/catalog.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import { hoursPerMonth } from '../catalog/prices.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { ServedChoice } from './decided.ts';
import { onPremises } from './places.ts';
import { offersFor } from './serving-requirement.ts';

/** Share of the dense 16-bit peak an encoder reaches on a few thousand tokens. Assumed, 0.35 to 0.5. */
const encoderEfficiency = 0.45;
/** Dense 16-bit FLOP/s of one vCPU behind an encoder runtime with AVX-512. Assumed, 40e9 to 120e9. */
const flopsPerSecondPerVcpu = 80e9;
const cpuVcpus = 4;
const requestOverheadMilliseconds = 3;
/** Ampere: the attention kernels of today's servers start there. */
const oldestComputeCapability = 8;
/** Above this share of one machine another replica is started. */
const targetUtilization = 0.6;
/** Longest time the first embedding of a corpus may take on the serving machines. */
const bulkHours = 72;

export interface HelperServer {
  readonly served: ServedChoice;
  readonly millisecondsPerCall: number;
  readonly usdPerMonth: number;
}

/** What an encoder is asked to do. */
export interface HelperLoad {
  readonly callsPerSecond: number;
  readonly tokensPerCall: number;
  /** Longest a call may take; the cheapest machine inside it is chosen, the fastest where none is. */
  readonly allowedMilliseconds: number;
  /** Tokens to work through once: the corpus, for an embedding model. */
  readonly bulkTokens: number;
}

/** Registry keys of the servers helpers run on. */
export interface HelperProducts {
  readonly gpu: string;
  readonly cpu: string;
}

/** Machines helpers may take: single whole GPUs by price, and what four cores cost. Computed once a decision. */
export interface HelperMachines {
  readonly gpus: readonly {
    readonly gpu: Gpu;
    readonly offers: readonly [Offer, ...Offer[]];
    readonly usdPerHour: number;
  }[];
  readonly cpuUsdPerHour: number;
}

export function helperMachines(requirements: Requirements, catalog: Catalog, region: string): HelperMachines {
  const { infrastructure } = requirements;
  const perVcpu = catalog.offers
    .filter((offer) => offer.cloud === infrastructure.cloud && !offer.gpu && offer.vcpus >= cpuVcpus)
    .flatMap((offer) => {
      const price = offer.prices.find((row) => row.region === region);
      return price ? [price.onDemandUsdPerHour / offer.vcpus] : [];
    });
  // Owned GPUs carry the large model; helpers share the processors.
  const owned = infrastructure.cloud === onPremises || infrastructure.owned.length > 0;
  return {
    gpus: owned || infrastructure.cpuOnly ? [] : singleGpus(requirements, catalog, region),
    cpuUsdPerHour: perVcpu.length ? Math.min(...perVcpu) * cpuVcpus : 0,
  };
}

function singleGpus(requirements: Requirements, catalog: Catalog, region: string): HelperMachines['gpus'] {
  const { allow, quota } = requirements.infrastructure.gpu;
  const byGpu = new Map<string, Offer[]>();
  for (const offer of offersFor(requirements, catalog, [region])) {
    if (offer.gpu?.apiCount !== 1 || offer.gpu.count !== 1 || offer.architecture !== 'amd64') continue;
    byGpu.set(offer.gpu.id, [...(byGpu.get(offer.gpu.id) ?? []), offer]);
  }
  return [...byGpu].flatMap(([id, offers]) => {
    const gpu = catalog.gpus.find((row) => row.id === id);
    const allowed = gpu?.vendor === 'nvidia' && (!allow?.length || allow.includes(id)) && quota?.[id] !== 0;
    if (!gpu || !allowed || (gpu.computeCapability ?? 0) < oldestComputeCapability) return [];
    const [first, ...rest] = offers.toSorted(
      (a, b) => hourly(a) - hourly(b) || (a.instanceType < b.instanceType ? -1 : 1),
    );
    return first ? [{ gpu, offers: [first, ...rest.slice(0, 1)] as const, usdPerHour: hourly(first) }] : [];
  });
}

function hourly(offer: Offer): number {
  return offer.prices[0]?.onDemandUsdPerHour ?? Number.POSITIVE_INFINITY;
}

/**
 * Sizes an encoder (embedding or reranking). FLOPs a call = 2 × parameters without the token table × tokens. Of the
 * machines that answer in time the cheapest is taken, ties by GPU id; the fastest where none does. Processors only where
 * there is no GPU to have: their server wants a converted copy of the model.
 */
export function helperServer(
  role: 'embedding' | 'reranker',
  model: Model,
  load: HelperLoad,
  machines: HelperMachines,
  products: HelperProducts,
  requirements: Requirements,
): HelperServer {
  const onGpus = machines.gpus.flatMap((machine) => onGpu(role, model, load, machine, products, requirements));
  const options = onGpus.length ? onGpus : [onCpu(role, model, load, machines, products, requirements)];
  const inTime = options.filter(
    (option) => option.millisecondsPerCall <= load.allowedMilliseconds && option.bulkHours <= bulkHours,
  );
  const id = (option: HelperServer) => option.served.gpuId ?? '';
  const [best] = inTime.length
    ? inTime.toSorted((a, b) => a.usdPerMonth - b.usdPerMonth || (id(a) < id(b) ? -1 : 1))
    : options.toSorted((a, b) => a.millisecondsPerCall - b.millisecondsPerCall || (id(a) < id(b) ? -1 : 1));
  if (!best) throw new Error(`no machine for ${role}`);
  return best;
}

type TimedServer = HelperServer & { readonly bulkHours: number };

function onCpu(
  role: ServedChoice['role'],
  model: Model,
  load: HelperLoad,
  machines: HelperMachines,
  products: HelperProducts,
  requirements: Requirements,
): TimedServer {
  const timed = timeOf(role, model, load, flopsPerSecondPerVcpu * cpuVcpus, requirements);
  return {
    ...timed,
    usdPerMonth: timed.replicas.expected * machines.cpuUsdPerHour * hoursPerMonth,
    served: {
      ...common(role, model, products.cpu, timed.replicas),
      placement: 'cpu',
      millicoresPerReplica: cpuVcpus * 1000,
      memoryGiBPerReplica: Math.ceil((model.parameters * 4) / 2 ** 30 + 2),
    },
  };
}

function onGpu(
  role: ServedChoice['role'],
  model: Model,
  load: HelperLoad,
  { gpu, offers, usdPerHour }: HelperMachines['gpus'][number],
  products: HelperProducts,
  requirements: Requirements,
): readonly TimedServer[] {
  const peak = gpu.denseFlopsPerSecond.fp16 ?? gpu.denseFlopsPerSecond.bf16;
  const memory = gpu.memoryBytesDriver ?? gpu.memoryBytesNominal;
  if (peak === undefined || memory < model.parameters * 2 * 1.3) return [];
  const timed = timeOf(role, model, load, peak * encoderEfficiency, requirements);
  return [
    {
      ...timed,
      usdPerMonth: timed.replicas.expected * usdPerHour * hoursPerMonth,
      served: {
        ...common(role, model, products.gpu, timed.replicas),
        placement: 'gpu',
        gpuId: gpu.id,
        instanceTypes: offers.map((offer) => offer.instanceType),
        usdPerNodeHour: usdPerHour,
        usdPerNodeHourAtMost: Math.max(...offers.map(hourly)),
        millicoresPerReplica: 2000,
        memoryGiBPerReplica: Math.ceil((model.parameters * 2) / 2 ** 30 + 4),
      },
    },
  ];
}

function timeOf(
  role: ServedChoice['role'],
  model: Model,
  load: HelperLoad,
  flopsPerSecond: number,
  requirements: Requirements,
) {
  const flopsPerToken = 2 * Math.max(model.parameters * 0.1, model.activeParameters - tokenTable(model));
  const millisecondsPerCall =
    ((flopsPerToken * load.tokensPerCall) / flopsPerSecond) * 1000 + requestOverheadMilliseconds;
  const replicas = replicasFor(role, requirements, load.callsPerSecond, millisecondsPerCall);
  const bulk = (flopsPerToken * load.bulkTokens) / (flopsPerSecond * replicas.expected) / 3600;
  return { millisecondsPerCall, replicas, bulkHours: bulk };
}

/** The token table is looked up, not multiplied. */
function tokenTable(model: Model): number {
  return model.vocabularySize * model.hiddenSize;
}

function common(
  role: ServedChoice['role'],
  model: Model,
  server: string,
  replicas: NonNullable<ServedChoice['replicas']>,
) {
  return {
    role,
    modelId: model.id,
    server,
    precision: 'fp16',
    kvPrecision: 'fp16',
    replicas,
    maxModelLen: Math.min(model.maxPositionEmbeddings, 8192),
  } as const;
}

function replicasFor(
  role: ServedChoice['role'],
  { operations, throughput }: Requirements,
  callsPerSecond: number,
  milliseconds: number,
): NonNullable<ServedChoice['replicas']> {
  // Without its reranker a search keeps the fused order; without its embedding it finds nothing.
  const mustStay = role === 'embedding' && operations.availabilityPercent >= 99.5;
  const spare = mustStay && operations.environment === 'prod' ? 1 : 0;
  const needed = (rate: number) => Math.max(1, Math.ceil((rate * milliseconds) / 1000 / targetUtilization));
  const expected = throughput.requestsPerSecond?.expected ?? callsPerSecond;
  const minimum = Math.min(needed(expected), needed(callsPerSecond)) + spare;
  return { minimum, expected: minimum, maximum: Math.max(minimum, needed(callsPerSecond) + spare) };
}

import type { Catalog, Offer } from '../catalog/catalog.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { ServedChoice } from './decided.ts';
import { offersFor } from './serving-requirement.ts';

/** Share of the dense peak that encoders of a few hundred tokens reach; encoders batch well but are small. Assumed, 0.3 to 0.5. */
const encoderEfficiency = 0.35;
/** Dense 16-bit FLOP/s of one server core with AVX-512 or AMX behind an encoder runtime. Assumed, 50e9 to 200e9. */
const flopsPerSecondPerCore = 80e9;
const cpuCores = 4;
const requestOverheadMilliseconds = 3;
/** Above this share of one machine another replica is started. */
const targetUtilization = 0.6;
/** A query that waits longer for its embedding on a CPU is moved to a GPU. */
const slowestOnCpuMilliseconds = 60;
const hoursPerMonth = 730;

export interface HelperServer {
  readonly served: ServedChoice;
  readonly millisecondsPerCall: number;
  readonly usdPerMonth: number;
}

/**
 * Sizes an encoder (embedding or reranking): FLOPs = 2 × parameters without the token table × tokens a call. Runs on
 * the general pool where one call stays short there, else on the cheapest single GPU. Undefined: no machine is priced.
 */
export function helperServer(
  role: 'embedding' | 'reranker',
  model: Model,
  server: string,
  requirements: Requirements,
  catalog: Catalog,
  regions: readonly string[],
  callsPerSecond: number,
  tokensPerCall: number,
): HelperServer {
  const flopsPerCall = 2 * computeParameters(model) * tokensPerCall;
  const onCpu = (flopsPerCall / (flopsPerSecondPerCore * cpuCores)) * 1000 + requestOverheadMilliseconds;
  const machine =
    onCpu <= slowestOnCpuMilliseconds ? undefined : cheapestSingleGpu(requirements, catalog, regions, model);
  if (!machine) {
    const replicas = replicasFor(requirements, callsPerSecond, onCpu);
    return {
      served: {
        ...common(role, model, server, replicas),
        placement: 'cpu',
        precision: 'fp16',
        millicoresPerReplica: cpuCores * 1000,
        memoryGiBPerReplica: Math.ceil((model.parameters * 4) / 2 ** 30 + 2),
      },
      millisecondsPerCall: onCpu,
      usdPerMonth: replicas.expected * cpuReplicaUsdPerMonth(catalog, requirements, regions),
    };
  }
  const { offers, gpu } = machine;
  const peak = gpu.denseFlopsPerSecond.fp16 ?? gpu.denseFlopsPerSecond.bf16 ?? 0;
  const milliseconds = (flopsPerCall / (peak * encoderEfficiency)) * 1000 + requestOverheadMilliseconds;
  const replicas = replicasFor(requirements, callsPerSecond, milliseconds);
  const usdPerNodeHour = offers[0]?.prices[0]?.onDemandUsdPerHour ?? 0;
  return {
    served: {
      ...common(role, model, server, replicas),
      placement: 'gpu',
      precision: 'fp16',
      gpuId: gpu.id,
      instanceTypes: offers.map((offer) => offer.instanceType),
      usdPerNodeHour,
      millicoresPerReplica: 2000,
      memoryGiBPerReplica: Math.ceil((model.parameters * 2) / 2 ** 30 + 4),
    },
    millisecondsPerCall: milliseconds,
    usdPerMonth: replicas.expected * usdPerNodeHour * hoursPerMonth,
  };
}

function common(
  role: 'embedding' | 'reranker',
  model: Model,
  server: string,
  replicas: NonNullable<ServedChoice['replicas']>,
) {
  return {
    role,
    modelId: model.id,
    server,
    kvPrecision: 'fp16',
    replicas,
    maxModelLen: Math.min(model.maxPositionEmbeddings, 8192),
  } as const;
}

/** The token table is looked up, not multiplied. */
function computeParameters(model: Model): number {
  return Math.max(model.parameters * 0.1, model.activeParameters - model.vocabularySize * model.hiddenSize);
}

function replicasFor(
  { operations, throughput }: Requirements,
  callsPerSecond: number,
  milliseconds: number,
): NonNullable<ServedChoice['replicas']> {
  const spare = operations.availabilityPercent >= 99.5 && operations.environment === 'prod' ? 1 : 0;
  const needed = (rate: number) => Math.max(1, Math.ceil((rate * milliseconds) / 1000 / targetUtilization));
  const expected = throughput.requestsPerSecond?.expected ?? callsPerSecond;
  const minimum = Math.min(needed(expected), needed(callsPerSecond)) + spare;
  return { minimum, expected: minimum, maximum: Math.max(minimum, needed(callsPerSecond) + spare) };
}

function cheapestSingleGpu(
  requirements: Requirements,
  catalog: Catalog,
  regions: readonly string[],
  model: Model,
): { readonly offers: readonly Offer[]; readonly gpu: Gpu } | undefined {
  const gpuOf = (offer: Offer) => catalog.gpus.find((gpu) => gpu.id === offer.gpu?.id);
  const allow = requirements.infrastructure.gpu.allow;
  const quota = requirements.infrastructure.gpu.quota;
  const priced = offersFor(requirements, catalog, regions.slice(0, 1))
    .filter((offer) => offer.gpu?.apiCount === 1 && offer.gpu.count === 1)
    .filter((offer) => {
      const gpu = gpuOf(offer);
      if (gpu?.vendor !== 'nvidia' || (allow?.length && !allow.includes(gpu.id))) return false;
      const memory = gpu.memoryBytesDriver ?? gpu.memoryBytesNominal;
      return quota?.[gpu.id] !== 0 && memory > model.parameters * 2 * 1.3 && gpu.denseFlopsPerSecond.fp16 !== undefined;
    })
    .toSorted(
      (a, b) =>
        (a.prices[0]?.onDemandUsdPerHour ?? 0) - (b.prices[0]?.onDemandUsdPerHour ?? 0) ||
        (a.instanceType < b.instanceType ? -1 : 1),
    );
  const first = priced[0];
  const gpu = first && gpuOf(first);
  if (!first || !gpu) return undefined;
  return {
    offers: priced.filter((offer) => offer.gpu?.id === gpu.id && offer.architecture === first.architecture).slice(0, 2),
    gpu,
  };
}

/** Four cores of the cheapest general machine of the region; zero where machines are owned or not priced. */
function cpuReplicaUsdPerMonth(catalog: Catalog, { infrastructure }: Requirements, regions: readonly string[]): number {
  const perCore = catalog.offers
    .filter((offer) => offer.cloud === infrastructure.cloud && !offer.gpu && offer.vcpus >= cpuCores)
    .flatMap((offer) =>
      offer.prices
        .filter((price) => price.region === regions[0])
        .map((price) => price.onDemandUsdPerHour / offer.vcpus),
    );
  return perCore.length ? Math.min(...perCore) * cpuCores * hoursPerMonth : 0;
}

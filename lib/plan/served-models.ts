import type { Candidate } from '../capacity/types.ts';
import type { Catalog, Offer } from '../catalog/catalog.ts';
import { hoursPerMonth } from '../catalog/prices.ts';
import type { Decided, ServedChoice } from '../decisions/decided.ts';
import { registryId } from '../decisions/validation.ts';
import { monthlyVolume } from '../decisions/volume.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { ServedModel } from './plan.ts';

const gib = 2 ** 30;
/** Left on every GPU node for the kubelet, device plugin, monitoring and log agents. */
const nodeReserve = { millicores: 500, memoryGiB: 2 } as const;

/** A replica's share of its smallest node; a pool of several types must fit its smallest. */
function hostShare(offers: readonly Offer[], gpusPerReplica: number): { millicores: number; memoryGiB: number } {
  const shares = offers.map((offer) => {
    const gpus = offer.gpu?.apiCount || 1;
    const replicasPerNode = Math.max(1, Math.floor(gpus / Math.min(gpus, gpusPerReplica)));
    const millicores = (offer.allocatableMillicores ?? offer.vcpus * 1000 * 0.97) - nodeReserve.millicores;
    const memoryGiB = (offer.allocatableMemoryBytes ?? offer.memoryBytes * 0.92) / gib - nodeReserve.memoryGiB;
    return {
      millicores: Math.floor(millicores / replicasPerNode / 100) * 100,
      memoryGiB: Math.floor(memoryGiB / replicasPerNode),
    };
  });
  return {
    millicores: Math.max(500, Math.min(...shares.map((share) => share.millicores))),
    memoryGiB: Math.max(1, Math.min(...shares.map((share) => share.memoryGiB))),
  };
}

/** One GPU needs 1 GiB of /dev/shm; collectives over several need 8 to 20. */
function sharedMemoryGiB(tensorParallelSize: number): number {
  return tensorParallelSize === 1 ? 1 : Math.min(20, Math.max(8, 4 * tensorParallelSize));
}

/** Median ratio of output to input price over the hosted models of the catalogue: how a token bill is split. */
export function outputToInputPriceRatio(catalog: Catalog): number {
  const ratios = catalog.hostedModels
    .filter((model) => model.inputUsdPerMillionTokens > 0 && model.outputUsdPerMillionTokens > 0)
    .map((model) => model.outputUsdPerMillionTokens / model.inputUsdPerMillionTokens)
    .sort((left, right) => left - right);
  return ratios[Math.floor(ratios.length / 2)] ?? 4;
}

/** Requests and tokens a month at the expected load, whatever pattern the answers give it in. */
export function monthlyTokens(requirements: Requirements): { requests: number; input: number; output: number } {
  const { requestsPerMonth: requests, inputTokensPerRequest, outputTokensPerRequest } = monthlyVolume(requirements);
  return { requests, input: requests * inputTokensPerRequest, output: requests * outputTokensPerRequest };
}

interface TokenPrices {
  readonly usdPerMillionInputTokens: number;
  readonly usdPerMillionOutputTokens: number;
}

/** Splits a model's monthly machines over its tokens, so that a gateway's budgets trip for it too (P5, P24). */
function tokenPrices(usdPerMonth: number, requirements: Requirements, catalog: Catalog): TokenPrices {
  const { input, output } = monthlyTokens(requirements);
  const ratio = outputToInputPriceRatio(catalog);
  const perInputToken = usdPerMonth / Math.max(1, input + ratio * output);
  const round = (usd: number) => Number(usd.toPrecision(4));
  return {
    usdPerMillionInputTokens: round(perInputToken * 1e6),
    usdPerMillionOutputTokens: round(perInputToken * ratio * 1e6),
  };
}

function chatModel(choice: ServedChoice, chosen: Candidate, requirements: Requirements, catalog: Catalog): ServedModel {
  const offers = catalog.offers.filter((offer) => chosen.instanceTypes.includes(offer.instanceType));
  const host =
    offers.length > 0
      ? hostShare(offers, chosen.gpusPerReplica)
      : { millicores: choice.millicoresPerReplica, memoryGiB: choice.memoryGiBPerReplica };
  const output = requirements.throughput.outputTokens;
  const revision = requirements.model.revision ?? catalog.models.find(({ id }) => id === choice.modelId)?.revision;
  const { ttftSeconds, tpotSeconds, endToEndSeconds } = chosen.prediction;
  const longest = ttftSeconds.p99 + 2 * (output?.p95 ?? 512) * tpotSeconds.p99;
  return {
    role: choice.role,
    modelId: choice.modelId,
    servedName: choice.role,
    registryId: registryId(choice.modelId, revision),
    ...(revision !== undefined && { revision }),
    server: choice.server,
    precision: choice.precision,
    kvPrecision: choice.kvPrecision,
    layout: chosen.layout,
    gpusPerReplica: chosen.gpusPerReplica,
    nodesPerReplica: chosen.nodesPerReplica,
    nodePool: choice.role,
    replicas: { minimum: chosen.replicas.minimum, expected: chosen.replicas.expected, maximum: chosen.replicas.peak },
    limits: {
      maxNumSeqs: chosen.limits.maxNumSeqs,
      maxNumBatchedTokens: chosen.limits.maxNumBatchedTokens,
      maxModelLen: chosen.limits.maxModelLen,
      gpuMemoryUtilization: chosen.limits.gpuMemoryUtilization,
      prefixCaching: chosen.limits.prefixCaching,
    },
    ...(chosen.limits.speculative && {
      speculative: { draftModelId: chosen.limits.speculative.draftModelId, tokens: chosen.limits.speculative.tokens },
    }),
    weightBytes: Math.round(chosen.memory.weightBytes * chosen.gpusPerReplica),
    memoryGiBPerReplica: host.memoryGiB,
    millicoresPerReplica: host.millicores,
    sharedMemoryGiB: sharedMemoryGiB(chosen.layout.tensorParallelSize),
    loadSeconds: Math.ceil(chosen.loadSeconds),
    longestGenerationSeconds: Math.ceil(Math.min(3600, Math.max(30, longest))),
    ...tokenPrices(chosen.usdPerMonth, requirements, catalog),
    scaleAtRequestsPerReplica: Math.max(1, Math.floor(0.8 * chosen.goodputPerReplica * endToEndSeconds.mean)),
  };
}

/** Embedding and reranking servers and the like: one GPU or none, sized by their decision. */
function helperModel(choice: ServedChoice, requirements: Requirements, catalog: Catalog): ServedModel {
  const replicas = choice.replicas ?? { minimum: 1, expected: 1, maximum: 1 };
  const model = catalog.models.find((row) => row.id === choice.modelId);
  const weightBytes = model ? (model.weightFileBytes ?? model.parameters * 2) : 0;
  const revision = model?.revision;
  const usdPerMonth = (choice.usdPerNodeHour ?? 0) * hoursPerMonth * replicas.expected;
  return {
    role: choice.role,
    modelId: choice.modelId,
    servedName: choice.role,
    registryId: registryId(choice.modelId, revision),
    ...(revision !== undefined && { revision }),
    server: choice.server,
    precision: choice.precision,
    kvPrecision: choice.kvPrecision,
    layout: { tensorParallelSize: 1, pipelineParallelSize: 1, dataParallelSize: 1, expertParallelSize: 1 },
    gpusPerReplica: choice.placement === 'gpu' ? 1 : 0,
    nodesPerReplica: 1,
    nodePool: choice.placement === 'cpu' ? 'general' : helperPool(choice),
    replicas,
    limits: {
      maxNumSeqs: 64,
      maxNumBatchedTokens: Math.max(2048, choice.maxModelLen),
      maxModelLen: choice.maxModelLen,
      gpuMemoryUtilization: 0.9,
      prefixCaching: false,
    },
    weightBytes,
    memoryGiBPerReplica: choice.memoryGiBPerReplica,
    millicoresPerReplica: choice.millicoresPerReplica,
    sharedMemoryGiB: 1,
    loadSeconds: Math.ceil(20 + weightBytes / 0.5e9),
    longestGenerationSeconds: 10,
    ...tokenPrices(usdPerMonth, requirements, catalog),
    usdPerMillionOutputTokens: 0,
    scaleAtRequestsPerReplica: 48,
  };
}

/** Helpers of the same machine type share a pool named for their work. */
export function helperPool(choice: ServedChoice): string {
  return choice.role === 'chat-fallback' ? 'chat-fallback' : 'retrieval';
}

/** Every model the platform serves itself, chat first. */
export function servedModels(
  requirements: Requirements,
  decided: Pick<Decided, 'served' | 'sizing'>,
  catalog: Catalog,
): ServedModel[] {
  return decided.served.map((choice) => {
    const follows = (choice.role === 'chat' || choice.role === 'chat-fallback') && choice.placement === 'gpu';
    return follows && decided.sizing
      ? chatModel(choice, decided.sizing.chosen, requirements, catalog)
      : helperModel(choice, requirements, catalog);
  });
}

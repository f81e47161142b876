import { kvBytesPerSequence } from './kv-cache.ts';
import type { Deployment, MemoryLedger } from './types.ts';
import { weightBytesPerGpu, weightGroups } from './weights.ts';

const GiB = 2 ** 30;

/** Memory the driver keeps for itself: an H100 that nvidia-smi shows with 79.65 GiB gives CUDA 79.18 (ledger). */
export const driverReserveBytes = 0.467 * GiB;

/**
 * Bytes of sampling scratch for one logit in the profile run: 16-bit and 32-bit logits, sorted copies, 64-bit indices,
 * probabilities, their sums and the sort's own buffers. Every text-only H100 row of the ledger gives 38.2, for vocabularies of
 * 128,256 to 201,088.
 */
export const samplerBytesPerLogit = 38.2;

/** Hidden-state tensors alive beside the sampler: the ledger's Llama 8B and 70B differ by 1.28 of them. */
export const hiddenCopiesAtSampling = 1.28;

/** Memory outside PyTorch: CUDA context, and communication buffers that grow with the ranks (measured at 1 and 2). */
export const contextBytes = 0.13 * GiB;
export const communicatorBytes = 0.42 * GiB;

/**
 * CUDA graphs. The ledger shows −0.9 to +1.0 GiB, most of it memory returned between two readings. Releases up to 0.19
 * do not take it from the KV cache; later ones do.
 */
export const graphBytesTypical = 0.4 * GiB;
const graphsCountedFrom = 20;

/**
 * Memory of one GPU of a deployment as vLLM's profile run splits it.
 *
 *   KV cache = (driver memory − reserve) × gpu-memory-utilization
 *              − weights − activation peak − memory outside PyTorch [− graphs]
 *
 * @returns `fits` when the cache holds one sequence of max-model-len
 */
export function computeMemory(deployment: Deployment): MemoryLedger {
  const { gpu, model, layout, limits, kvPrecision } = deployment;
  const { tensorParallelSize, pipelineParallelSize } = layout;
  const visibleBytes = (gpu.memoryBytesDriver ?? gpu.memoryBytesNominal) - driverReserveBytes;
  const requestedBytes = visibleBytes * limits.gpuMemoryUtilization;
  const weightBytes = weightBytesPerGpu(deployment) + draftBytes(deployment) + adapterBytes(deployment);
  const activationBytes = activationPeakBytes(deployment);
  const ranks = tensorParallelSize * layout.dataParallelSize;
  const nonTorchBytes = contextBytes + communicatorBytes * Math.log2(Math.max(1, ranks));
  const minor = Number(/^v?0\.(\d+)/.exec(limits.engineVersion ?? '0.31')?.[1] ?? graphsCountedFrom);
  const graphBytes = minor >= graphsCountedFrom ? graphBytesTypical : 0;
  const left = requestedBytes - weightBytes - activationBytes - nonTorchBytes - graphBytes;
  const kvCacheBytes = Math.max(0, left);
  const sequenceBytes = (target: Deployment['model']) =>
    kvBytesPerSequence(target, limits.maxModelLen, tensorParallelSize, pipelineParallelSize, kvPrecision);
  const drafted = deployment.draftModel ? sequenceBytes(deployment.draftModel) : 0;
  const kvCacheBytesPerToken = (sequenceBytes(model) + drafted) / limits.maxModelLen;
  const kvCacheTokens = Math.floor(kvCacheBytes / kvCacheBytesPerToken) * layout.dataParallelSize;
  return {
    requestedBytes,
    weightBytes,
    activationBytes,
    nonTorchBytes,
    graphBytes,
    kvCacheBytes,
    kvCacheBytesPerToken,
    kvCacheTokens,
    fits: kvCacheTokens >= limits.maxModelLen * layout.dataParallelSize,
  };
}

/**
 * Peak of the profile run: a forward pass over max-num-batched-tokens, then sampling for every sequence at once.
 *
 *   forward  = tokens × (3 × feed-forward width ÷ ranks + 6 × hidden) × 2 bytes
 *   sampling = sequences × vocabulary × 38.2 bytes + tokens × hidden × 1.28 × 2 bytes    (logits are whole on each rank)
 *
 * Sampling wins with the engine's default of 1,024 sequences, whatever the model: that is why the ledger's activations
 * follow the vocabulary and not the size.
 */
export function activationPeakBytes({ model, layout, limits }: Deployment): number {
  const tokens = limits.maxNumBatchedTokens;
  const sequences = Math.min(limits.maxNumSeqs, tokens);
  const active = model.moe
    ? model.moe.moeIntermediateSize * (model.moe.expertsPerToken + model.moe.sharedExperts)
    : model.intermediateSize;
  const forward = tokens * ((3 * active) / layout.tensorParallelSize + 6 * model.hiddenSize) * 2;
  const hidden = tokens * model.hiddenSize * hiddenCopiesAtSampling * 2;
  return Math.max(forward, sequences * model.vocabularySize * samplerBytesPerLogit + hidden);
}

/** A draft model beside the target: cut by the same ranks, in 16 bit. */
function draftBytes({ draftModel, layout }: Deployment): number {
  if (!draftModel) return 0;
  const elements = weightGroups(draftModel).reduce((sum, group) => sum + group.elements, 0);
  return (elements * 2) / layout.tensorParallelSize;
}

/** Slots for LoRA adapters on every attention and feed-forward matrix: rank × (inputs + outputs), 16 bit. */
function adapterBytes({ model, adapters, layout }: Deployment): number {
  if (!adapters) return 0;
  const { hiddenSize: hidden } = model;
  const attention = 4 * 2 * hidden;
  const feedForward = 3 * (hidden + model.intermediateSize);
  return (adapters.count * adapters.rank * model.numLayers * (attention + feedForward) * 2) / layout.tensorParallelSize;
}

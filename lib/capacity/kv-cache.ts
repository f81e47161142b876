import type { Model } from '../catalog/model.ts';
import type { KvPrecision } from './types.ts';

/** Bytes of one cached element. */
export function kvElementBytes(kvPrecision: KvPrecision): number {
  return kvPrecision === 'fp8' ? 1 : 2;
}

/**
 * KV bytes one token occupies in one attention layer on one GPU.
 *
 *   grouped-query:  2 (key, value) × max(1, ceil(numKvHeads / tensorParallelSize)) × headDim × bytesPerElement
 *   latent:         (kvLoraRank + qkRopeHeadDim + indexerHeadDim) × bytesPerElement   (whole on each rank)
 *
 * With fewer KV heads than ranks each rank keeps one whole head, so sharding further saves nothing.
 */
export function kvBytesPerTokenPerLayer(model: Model, tensorParallelSize: number, kvPrecision: KvPrecision): number {
  const element = kvElementBytes(kvPrecision);
  const { attention } = model;
  if (attention.kind === 'latent') {
    return (attention.kvLoraRank + attention.qkRopeHeadDim + (attention.indexerHeadDim ?? 0)) * element;
  }
  return 2 * Math.max(1, Math.ceil(attention.numKvHeads / tensorParallelSize)) * attention.headDim * element;
}

/**
 * KV bytes one sequence of a length holds on one GPU of a replica: full-attention layers keep every token, sliding
 * layers their window, linear layers a fixed state (16-bit, one headDim × headDim matrix a head).
 */
export function kvBytesPerSequence(
  model: Model,
  tokens: number,
  tensorParallelSize: number,
  pipelineParallelSize: number,
  kvPrecision: KvPrecision,
): number {
  const perToken = kvBytesPerTokenPerLayer(model, tensorParallelSize, kvPrecision);
  const window = Math.min(tokens, model.slidingWindowTokens ?? tokens);
  const cached = (model.attentionLayers.full * tokens + model.attentionLayers.sliding * window) * perToken;
  return (cached + linearStateBytes(model, tensorParallelSize)) / pipelineParallelSize;
}

/** Recurrent state of the linear-attention layers of one sequence on one GPU. */
export function linearStateBytes(model: Model, tensorParallelSize: number): number {
  if (model.attentionLayers.linear === 0) return 0;
  const headDim = 128;
  const heads = Math.ceil((2 * model.hiddenSize) / headDim / tensorParallelSize);
  return model.attentionLayers.linear * heads * headDim * headDim * 2;
}

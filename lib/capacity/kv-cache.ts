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
 * @param span - full and sliding layers differ in a few models; the catalogue then gives both counts
 */
export function kvBytesPerTokenPerLayer(
  model: Model,
  tensorParallelSize: number,
  kvPrecision: KvPrecision,
  span: 'full' | 'sliding' = 'full',
): number {
  const element = kvElementBytes(kvPrecision);
  const { attention } = model;
  if (attention.kind === 'latent') {
    return (attention.kvLoraRank + attention.qkRopeHeadDim + (attention.indexerHeadDim ?? 0)) * element;
  }
  const elements = model.kvElementsPerTokenPerLayer?.[span];
  if (elements) return Math.ceil(elements / Math.min(tensorParallelSize, attention.numKvHeads)) * element;
  return 2 * Math.max(1, Math.ceil(attention.numKvHeads / tensorParallelSize)) * attention.headDim * element;
}

/**
 * KV bytes one sequence of a length holds on one GPU of a replica: full-attention layers keep every token, sliding
 * layers their window, linear layers a fixed state. Exact but for the last, partly filled block of 16 tokens.
 */
export function kvBytesPerSequence(
  model: Model,
  tokens: number,
  tensorParallelSize: number,
  pipelineParallelSize: number,
  kvPrecision: KvPrecision,
): number {
  const full = kvBytesPerTokenPerLayer(model, tensorParallelSize, kvPrecision, 'full');
  const sliding = kvBytesPerTokenPerLayer(model, tensorParallelSize, kvPrecision, 'sliding');
  const window = Math.min(tokens, model.slidingWindowTokens ?? tokens);
  const cached = model.attentionLayers.full * tokens * full + model.attentionLayers.sliding * window * sliding;
  return (cached + linearStateBytes(model, tensorParallelSize)) / pipelineParallelSize;
}

/**
 * Recurrent state of the linear-attention or state-space layers of one sequence on one GPU, kept in 16 bit. Where the
 * catalogue lacks its size: one 128 × 128 matrix a head over twice the hidden width, the usual gated delta shape.
 */
export function linearStateBytes(model: Model, tensorParallelSize: number): number {
  const { linear } = model.attentionLayers;
  if (linear === 0) return 0;
  const usual = 2 * model.hiddenSize * 128;
  return (linear * (model.linearStateElementsPerLayer ?? usual) * 2) / tensorParallelSize;
}

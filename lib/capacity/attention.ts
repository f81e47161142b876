import type { Model } from '../catalog/model.ts';
import { kvBytesPerTokenPerLayer, kvElementBytes } from './kv-cache.ts';
import type { Deployment } from './types.ts';

/** What attention costs per token of context, on one GPU, over all layers. */
export interface AttentionWork {
  /** Layers that run an attention kernel over a KV cache. */
  readonly kernelLayers: number;
  readonly linearLayers: number;
  /** KV bytes read for one context token by the layers that keep everything. */
  readonly fullBytesPerToken: number;
  /** KV bytes read for one context token by the sliding layers, up to the window. */
  readonly slidingBytesPerToken: number;
  readonly slidingWindowTokens: number;
  /** FLOPs of one pair (new token, token attended) in prefill. */
  readonly fullFlopsPerPair: number;
  readonly slidingFlopsPerPair: number;
  /** FLOPs of one context token in decode: the latent form reads little and computes much. */
  readonly decodeFlopsPerToken: number;
  readonly isLatent: boolean;
}

/** Attention work of one rank. Prefill of MLA runs on unfolded heads, its decode on the latent. */
export function attentionWork(deployment: Deployment): AttentionWork {
  const { model, layout } = deployment;
  const { full, sliding, linear } = model.attentionLayers;
  const perLayer = (span: 'full' | 'sliding') =>
    kvBytesPerTokenPerLayer(model, layout.tensorParallelSize, deployment.kvPrecision, span);
  const heads = model.numAttentionHeads / layout.tensorParallelSize;
  const flopsPerPair = 2 * heads * pairElements(model);
  const { attention } = model;
  if (attention.kind === 'latent' && attention.indexerHeadDim) return sparseWork(deployment, attention, full, heads);
  return {
    kernelLayers: full + sliding,
    linearLayers: linear,
    fullBytesPerToken: full * perLayer('full'),
    slidingBytesPerToken: sliding * perLayer('sliding'),
    slidingWindowTokens: model.slidingWindowTokens ?? Number.MAX_SAFE_INTEGER,
    fullFlopsPerPair: full * flopsPerPair,
    slidingFlopsPerPair: sliding * flopsPerPair,
    decodeFlopsPerToken: full * 2 * heads * decodeElements(model),
    isLatent: model.attention.kind === 'latent',
  };
}

/** Tokens sparse attention reads once its indexer has chosen them (index_topk of DeepSeek V3.2 and its kin). */
const chosenTokens = 2048;

/**
 * Sparse attention: an indexer with one short 8-bit key a token looks at all the context, the latent attention at the
 * chosen tokens alone, which is a window as far as cost goes.
 */
function sparseWork(
  { kvPrecision, model }: Deployment,
  attention: Extract<Model['attention'], { kind: 'latent' }>,
  layers: number,
  heads: number,
): AttentionWork {
  const indexer = attention.indexerHeadDim ?? 0;
  const latent = (attention.kvLoraRank + attention.qkRopeHeadDim) * kvElementBytes(kvPrecision);
  return {
    kernelLayers: 2 * layers,
    linearLayers: model.attentionLayers.linear,
    fullBytesPerToken: layers * indexer,
    slidingBytesPerToken: layers * latent,
    slidingWindowTokens: chosenTokens,
    fullFlopsPerPair: layers * 2 * indexerHeads * indexer,
    slidingFlopsPerPair: layers * 2 * heads * pairElements(model),
    decodeFlopsPerToken: layers * 2 * indexerHeads * indexer,
    isLatent: true,
  };
}

/** Heads of the indexer, whole on each rank (DeepSeek V3.2: 64). */
const indexerHeads = 64;

function pairElements({ attention }: Model): number {
  if (attention.kind === 'grouped-query') return 2 * attention.headDim;
  return attention.qkNopeHeadDim + attention.qkRopeHeadDim + attention.vHeadDim;
}

function decodeElements({ attention }: Model): number {
  if (attention.kind === 'grouped-query') return 2 * attention.headDim;
  return 2 * attention.kvLoraRank + attention.qkRopeHeadDim;
}

import type { Attention } from './model.ts';

/** Layers without attention over the past: gated delta networks (Qwen3-Next) or state spaces (Mamba 2). */
export type Recurrence =
  | {
      readonly kind: 'gated-delta';
      readonly keyHeads: number;
      readonly valueHeads: number;
      readonly keyHeadDim: number;
      readonly valueHeadDim: number;
      readonly convKernel: number;
    }
  | {
      readonly kind: 'mamba2';
      readonly heads: number;
      readonly headDim: number;
      readonly stateSize: number;
      readonly groups: number;
      readonly convKernel: number;
    };

/** What a parameter count needs to know of a decoder. */
export interface DecoderShape {
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  readonly tiedEmbeddings: boolean;
  readonly numAttentionHeads: number;
  readonly attention: Attention;
  readonly layers: {
    readonly attention: number;
    readonly recurrent: number;
    readonly dense: number;
    readonly experts: number;
    /** Blocks with a norm in front: two a decoder layer, one a layer where blocks alternate. */
    readonly norms: number;
  };
  readonly intermediateSize: number;
  readonly feedForwardMatrices: 2 | 3;
  readonly recurrence?: Recurrence;
  readonly experts?: {
    readonly count: number;
    readonly perToken: number;
    readonly intermediateSize: number;
    /** Width of all shared experts of a layer together. */
    readonly sharedIntermediateSize: number;
    readonly sharedGate: boolean;
    readonly biases: boolean;
    /** Experts work in a narrower space (Nemotron 3): its width. */
    readonly latentSize?: number;
  };
  readonly biases: { readonly qkv: boolean; readonly output: boolean };
  readonly queryKeyNorm: 'none' | 'per-head' | 'per-layer';
  /** Queries carry a gate of their own size (Qwen3-Next). */
  readonly outputGate: boolean;
  /** One learned sink logit a head (gpt-oss). */
  readonly sinks: boolean;
  readonly indexer?: { readonly heads: number; readonly headDim: number };
}

function attentionParameters(shape: DecoderShape): number {
  const { hiddenSize: hidden, numAttentionHeads: heads, attention } = shape;
  if (attention.kind === 'latent') {
    const { kvLoraRank, qLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = attention;
    const queryDim = heads * (qkNopeHeadDim + qkRopeHeadDim);
    const query = qLoraRank ? hidden * qLoraRank + qLoraRank + qLoraRank * queryDim : hidden * queryDim;
    const latent = hidden * (kvLoraRank + qkRopeHeadDim) + kvLoraRank;
    const unfold = kvLoraRank * heads * (qkNopeHeadDim + vHeadDim);
    const index = shape.indexer
      ? (qLoraRank ?? hidden) * shape.indexer.heads * shape.indexer.headDim +
        hidden * shape.indexer.headDim +
        2 * shape.indexer.headDim +
        hidden * shape.indexer.heads
      : 0;
    return query + latent + unfold + heads * vHeadDim * hidden + index;
  }
  const { numKvHeads, headDim } = attention;
  const queryDim = heads * headDim;
  const kvDim = numKvHeads * headDim;
  const projections = hidden * (queryDim * (shape.outputGate ? 3 : 2) + 2 * kvDim);
  const biases = (shape.biases.qkv ? queryDim + 2 * kvDim : 0) + (shape.biases.output ? hidden : 0);
  const norms =
    shape.queryKeyNorm === 'per-head' ? 2 * headDim : shape.queryKeyNorm === 'per-layer' ? queryDim + kvDim : 0;
  return projections + biases + norms + (shape.sinks ? heads : 0);
}

function recurrentParameters(hidden: number, recurrence: Recurrence): number {
  if (recurrence.kind === 'gated-delta') {
    const keys = recurrence.keyHeads * recurrence.keyHeadDim;
    const values = recurrence.valueHeads * recurrence.valueHeadDim;
    const inputs = hidden * (2 * keys + 2 * values + 2 * recurrence.valueHeads);
    const convolution = (2 * keys + values) * recurrence.convKernel;
    return inputs + convolution + 2 * recurrence.valueHeads + recurrence.valueHeadDim + values * hidden;
  }
  const inner = recurrence.heads * recurrence.headDim;
  const groups = 2 * recurrence.groups * recurrence.stateSize;
  const convolution = (inner + groups) * (recurrence.convKernel + 1);
  return hidden * (2 * inner + groups + recurrence.heads) + convolution + 3 * recurrence.heads + inner + inner * hidden;
}

/** State one sequence keeps in one recurrent layer: the matrix memory and the convolution's tail. */
export function recurrentStateElements(recurrence: Recurrence): number {
  if (recurrence.kind === 'gated-delta') {
    const channels = 2 * recurrence.keyHeads * recurrence.keyHeadDim + recurrence.valueHeads * recurrence.valueHeadDim;
    const memory = recurrence.valueHeads * recurrence.keyHeadDim * recurrence.valueHeadDim;
    return memory + channels * (recurrence.convKernel - 1);
  }
  const channels = recurrence.heads * recurrence.headDim + 2 * recurrence.groups * recurrence.stateSize;
  return recurrence.heads * recurrence.headDim * recurrence.stateSize + channels * (recurrence.convKernel - 1);
}

/** One expert layer: what stands in memory, and what one token reads. */
function expertParameters(shape: DecoderShape, experts: NonNullable<DecoderShape['experts']>) {
  const { hiddenSize: hidden, feedForwardMatrices: matrices } = shape;
  const width = experts.latentSize ?? hidden;
  const bias = experts.biases ? 2 * experts.intermediateSize + hidden : 0;
  const one = matrices * width * experts.intermediateSize + bias;
  const common =
    hidden * experts.count +
    (experts.biases ? experts.count : 0) +
    matrices * hidden * experts.sharedIntermediateSize +
    (experts.sharedGate ? hidden : 0) +
    (experts.latentSize ? 2 * hidden * experts.latentSize : 0);
  return { all: common + experts.count * one, read: common + experts.perToken * one };
}

/**
 * Weights of a decoder by its shapes: the embedding table, an untied head, and the layers. Vision towers and
 * multi-token-prediction blocks are not counted.
 *
 * @returns `active`: read for one decoded token; the head and the routed experts, not the input table
 */
export function countParameters(shape: DecoderShape): { readonly total: number; readonly active: number } {
  const { hiddenSize: hidden, layers } = shape;
  const table = shape.vocabularySize * hidden;
  const experts = shape.experts ? expertParameters(shape, shape.experts) : { all: 0, read: 0 };
  const common =
    layers.attention * attentionParameters(shape) +
    (shape.recurrence ? layers.recurrent * recurrentParameters(hidden, shape.recurrence) : 0) +
    layers.dense * shape.feedForwardMatrices * hidden * shape.intermediateSize +
    (layers.norms + 1) * hidden;
  return {
    total: table * (shape.tiedEmbeddings ? 1 : 2) + common + layers.experts * experts.all,
    active: table + common + layers.experts * experts.read,
  };
}

import type { Model } from '../catalog/model.ts';
import type { Deployment, Precision } from './types.ts';

/**
 * Where a group of weights sits: `tensor` is cut by the tensor-parallel ranks, `experts` by tensor or expert ranks
 * alike, `replicated` is whole on each rank.
 */
export type Placement = 'tensor' | 'experts' | 'replicated';

/** Weights of one kind over all layers of the model. */
export interface WeightGroup {
  readonly name:
    | 'embedding'
    | 'head'
    | 'norms'
    | 'attention'
    | 'linear-attention'
    | 'mlp'
    | 'router'
    | 'shared-expert'
    | 'experts';
  readonly elements: number;
  readonly placement: Placement;
}

/** A quantization scheme: bytes per weight with its scales, and what it leaves in 16 bit. */
export interface WeightScheme {
  readonly bytesPerElement: number;
  /** The groups it compresses; every other group stays in 16 bit. */
  readonly compresses: readonly WeightGroup['name'][];
  /** The groups it compresses in a mixture-of-experts model, where that differs. */
  readonly compressesWithExperts?: readonly WeightGroup['name'][];
  readonly note: string;
}

const linears = ['attention', 'linear-attention', 'mlp', 'shared-expert', 'experts'] as const;
const table = ['embedding', 'head', ...linears] as const;

/**
 * Storage of each scheme. Scales: FP8 one per output channel or per 128 × 128 block (nothing to count); AWQ and GPTQ
 * one 16-bit scale and a 4-bit zero per 128 weights; NVFP4 one FP8 scale per 16; MXFP4 one 8-bit exponent per 32; NF4
 * one doubly quantized scale per 64; GGUF as the block layouts of llama.cpp.
 */
export const weightSchemes = {
  bf16: { bytesPerElement: 2, compresses: [], note: 'nothing is compressed' },
  fp8: { bytesPerElement: 1, compresses: linears, note: 'embeddings, head, norms and router stay in 16 bit' },
  int8: { bytesPerElement: 1, compresses: linears, note: 'as FP8' },
  awq: { bytesPerElement: 0.5 + 2.5 / 128, compresses: linears, note: 'group of 128: scale and zero' },
  gptq: { bytesPerElement: 0.5 + 2.5 / 128, compresses: linears, note: 'group of 128: scale and zero' },
  'int4-experts': {
    bytesPerElement: 0.5 + 2 / 32,
    compresses: ['experts'],
    note: 'compressed-tensors, group of 32, experts only (Kimi K2)',
  },
  nvfp4: {
    bytesPerElement: 0.5 + 1 / 16,
    compresses: linears,
    compressesWithExperts: ['mlp', 'shared-expert', 'experts'],
    note: 'dense models: every linear layer; mixtures of experts: the feed-forward part, attention stays in 16 bit',
  },
  mxfp4: { bytesPerElement: 0.5 + 1 / 32, compresses: ['experts'], note: 'experts only (gpt-oss)' },
  nf4: { bytesPerElement: 0.5 + 0.127 / 8, compresses: linears, note: 'bitsandbytes with double quantization' },
  'gguf-q4-k-m': { bytesPerElement: 4.85 / 8, compresses: table, note: 'llama.cpp, embeddings compressed too' },
  'gguf-q5-k-m': { bytesPerElement: 5.7 / 8, compresses: table, note: 'llama.cpp, embeddings compressed too' },
  'gguf-q8-0': { bytesPerElement: 8.5 / 8, compresses: table, note: 'llama.cpp: one 16-bit scale per 32 weights' },
} as const satisfies Record<string, WeightScheme>;

export type WeightSchemeId = keyof typeof weightSchemes;

/** The scheme a precision means when the answers name none. */
export function defaultScheme(precision: Precision, model: Model): WeightSchemeId {
  switch (precision) {
    case 'bf16':
    case 'fp16':
      return 'bf16';
    case 'fp8':
      return 'fp8';
    case 'int8':
      return 'int8';
    case 'int4':
      return model.nativeDtype.startsWith('int4') ? 'int4-experts' : 'awq';
    case 'nvfp4':
      return 'nvfp4';
    case 'mxfp4':
      return 'mxfp4';
    case 'nf4':
      return 'nf4';
  }
}

/** Bytes of one weight of a group under a scheme; 2 where the scheme leaves the group in 16 bit. */
export function bytesPerWeight(scheme: WeightScheme, group: WeightGroup['name'], hasExperts: boolean): number {
  const compressed = (hasExperts && scheme.compressesWithExperts) || scheme.compresses;
  return compressed.includes(group) ? scheme.bytesPerElement : 2;
}

/** Layers that hold routed experts; the others hold a dense feed-forward part. */
export function expertLayers(model: Model): number {
  if (!model.moe) return 0;
  if (model.moe.moeLayers !== undefined) return model.moe.moeLayers;
  return Math.ceil((model.numLayers - model.moe.firstDenseLayers) / model.moe.moeLayerStep);
}

/**
 * Layers with a dense feed-forward part. Usually every layer has one beside its attention; hybrids with fewer mixers
 * than layers (Nemotron-H) give it layers of its own.
 */
export function denseLayers(model: Model): number {
  const { full, sliding, linear } = model.attentionLayers;
  const mixers = full + sliding + linear;
  const feedForward = mixers < model.numLayers ? model.numLayers - mixers : model.numLayers;
  return Math.max(0, feedForward - expertLayers(model));
}

/** Matrices of a feed-forward part: gate, up and down, or two without a gate. */
export function feedForwardMatrices(model: Model): number {
  return model.feedForwardMatrices ?? 3;
}

/** Width a routed expert reads: the hidden size, or the latent that some models project it to first. */
function expertInputs(model: Model): number {
  return model.moe?.latentSize ?? model.hiddenSize;
}

/** One routed expert as one rank stores it. */
export interface ExpertShape {
  /** Width it reads and writes. */
  readonly inputs: number;
  /** Width between its matrices, cut among the ranks. */
  readonly width: number;
  /** Matrices of `inputs` × `width`: gate, up and down, or two. */
  readonly matrices: number;
}

/**
 * MXFP4 kernels want the hidden width in multiples of 256 (2,880 is stored as 3,072; the ledger's gpt-oss rows show it)
 * and the cut width in multiples of 64.
 */
export function expertShape(model: Model, precision: Precision, ranks: number): ExpertShape {
  const width = (model.moe?.moeIntermediateSize ?? 0) / ranks;
  const inputs = expertInputs(model);
  const matrices = feedForwardMatrices(model);
  if (precision !== 'mxfp4') return { inputs, width, matrices };
  return { inputs: roundUp(inputs, 256), width: roundUp(width, 64), matrices };
}

function expertElements(model: Model, precision: Precision, ranks: number): number {
  const { inputs, width, matrices } = expertShape(model, precision, ranks);
  return matrices * inputs * width;
}

function roundUp(value: number, multiple: number): number {
  return multiple * Math.ceil(value / multiple);
}

/** Weights of one full-attention layer, by its projections. */
export function attentionElements(model: Model): number {
  const { hiddenSize: hidden, numAttentionHeads: heads, attention } = model;
  if (attention.kind === 'grouped-query') {
    return hidden * attention.headDim * (2 * heads + 2 * attention.numKvHeads);
  }
  const queryHeadDim = attention.qkNopeHeadDim + attention.qkRopeHeadDim;
  const query = attention.qLoraRank
    ? hidden * attention.qLoraRank + attention.qLoraRank * heads * queryHeadDim
    : hidden * heads * queryHeadDim;
  const latent = hidden * (attention.kvLoraRank + attention.qkRopeHeadDim);
  const unfold = attention.kvLoraRank * heads * (attention.qkNopeHeadDim + attention.vHeadDim);
  return query + latent + unfold + heads * attention.vHeadDim * hidden;
}

/**
 * The model's weights by kind. Groups sum to `model.parameters`: what the shapes do not explain (biases, gates, the
 * projections of linear-attention layers) goes to `linear-attention` where such layers exist, else to `norms`.
 */
export function weightGroups(model: Model): readonly WeightGroup[] {
  const { hiddenSize: hidden, vocabularySize: vocabulary, moe } = model;
  const fullLayers = model.attentionLayers.full + model.attentionLayers.sliding;
  const moeLayers = expertLayers(model);
  const matrices = feedForwardMatrices(model);
  const groups: WeightGroup[] = [
    { name: 'embedding', elements: vocabulary * hidden, placement: 'tensor' },
    { name: 'attention', elements: fullLayers * attentionElements(model), placement: 'tensor' },
    {
      name: 'mlp',
      elements: denseLayers(model) * matrices * hidden * model.intermediateSize,
      placement: 'tensor',
    },
  ];
  if (!model.tiedEmbeddings) groups.push({ name: 'head', elements: vocabulary * hidden, placement: 'tensor' });
  if (moe) {
    const shared = moe.sharedExperts * (moe.sharedExpertIntermediateSize ?? moe.moeIntermediateSize);
    groups.push(
      { name: 'router', elements: moeLayers * hidden * moe.numExperts, placement: 'replicated' },
      { name: 'shared-expert', elements: moeLayers * matrices * hidden * shared, placement: 'tensor' },
      {
        name: 'experts',
        elements: moeLayers * moe.numExperts * matrices * expertInputs(model) * moe.moeIntermediateSize,
        placement: 'experts',
      },
    );
  }
  const explained = groups.reduce((sum, group) => sum + group.elements, 0);
  const rest = Math.max(2 * model.numLayers * hidden, model.parameters - explained);
  groups.push(
    model.attentionLayers.linear > 0
      ? { name: 'linear-attention', elements: rest, placement: 'tensor' }
      : { name: 'norms', elements: rest, placement: 'replicated' },
  );
  return groups;
}

/**
 * Weight bytes on the fullest GPU of a layout. Where a published checkpoint is loaded as it is and its file size is
 * known, what the shapes leave out (vision tower, extra heads) is added, whole on each rank.
 */
export function weightBytesPerGpu(deployment: Deployment): number {
  const { model, layout, precision } = deployment;
  const scheme: WeightScheme = weightSchemes[deployment.weightScheme ?? defaultScheme(precision, model)];
  const hasExperts = model.moe !== undefined;
  let bytes = 0;
  let whole = 0;
  for (const group of weightGroups(model)) {
    const groupBytes = group.elements * bytesPerWeight(scheme, group.name, hasExperts);
    whole += groupBytes;
    bytes += (groupBytes * padding(group.name, deployment)) / ranksOf(group.placement, layout);
  }
  const unexplained = isNative(model, precision) ? (model.weightFileBytes ?? 0) - whole : 0;
  // More than a fifth is not a tower but a second copy of the weights in the repository.
  const extra = unexplained > 0 && unexplained < whole / 5 ? unexplained : 0;
  return bytes / layout.pipelineParallelSize + extra;
}

/** Whether the published files hold the weights as the engine keeps them. */
function isNative(model: Model, precision: Precision): boolean {
  const native = model.nativeDtype.toLowerCase();
  if (precision === 'bf16' || precision === 'fp16') return native === 'bfloat16' || native === 'float16';
  return native.startsWith(precision);
}

function padding(group: WeightGroup['name'], { model, precision, layout }: Deployment): number {
  if (group !== 'experts' || !model.moe) return 1;
  const ranks = layout.expertParallelSize > 1 ? 1 : layout.tensorParallelSize;
  const bare = feedForwardMatrices(model) * expertInputs(model) * model.moe.moeIntermediateSize;
  return (expertElements(model, precision, ranks) * ranks) / bare;
}

function ranksOf(placement: Placement, layout: Deployment['layout']): number {
  switch (placement) {
    case 'tensor':
      return layout.tensorParallelSize;
    case 'experts':
      return Math.max(layout.tensorParallelSize * layout.dataParallelSize, layout.expertParallelSize);
    case 'replicated':
      return 1;
  }
}

import type { Model } from '../catalog/model.ts';
import type { Gemm } from './gemm.ts';
import type { Deployment, ParallelLayout } from './types.ts';
import {
  bytesPerWeight,
  defaultScheme,
  denseLayers,
  expertLayers,
  feedForwardMatrices,
  type WeightGroup,
  weightGroups,
  weightSchemes,
} from './weights.ts';

/** The dense multiplications of one step on one GPU, and how many small kernels stand between them. */
export interface LayerWork {
  /** Every multiplication over all the tokens of a step, except the head. */
  readonly gemms: readonly Gemm[];
  /** The head, run on one token a sequence. */
  readonly head: Gemm;
  /** Norms, rope, activations, cache writes over all layers. */
  readonly elementwiseKernels: number;
  /** Bytes those kernels move for one token. */
  readonly elementwiseBytesPerToken: number;
  readonly moeLayers: number;
}

/**
 * The multiplications of one model on one rank. Tensor parallelism cuts outputs of the first and inputs of the second
 * multiplication of each pair; attention under data parallelism is whole on each rank.
 */
export function layerWork(deployment: Deployment): LayerWork {
  const { model, layout } = deployment;
  const ranks = layout.tensorParallelSize;
  const { hiddenSize: hidden, attention } = model;
  const moeLayers = expertLayers(model);
  const dense = denseLayers(model);
  const attentionLayers = model.attentionLayers.full + model.attentionLayers.sliding;
  const scheme = weightSchemes[deployment.weightScheme ?? defaultScheme(deployment.precision, model)];
  const bytes = (group: WeightGroup['name']) => bytesPerWeight(scheme, group, model.moe !== undefined);
  const gemms: Gemm[] = [];
  const add = (outputs: number, inputs: number, count: number, group: WeightGroup['name']) => {
    if (count > 0 && outputs > 0 && inputs > 0) gemms.push({ outputs, inputs, count, weightBytes: bytes(group) });
  };

  if (attention.kind === 'grouped-query') {
    const heads = model.numAttentionHeads / ranks + 2 * Math.max(1, attention.numKvHeads / ranks);
    add(heads * attention.headDim, hidden, attentionLayers, 'attention');
    add(hidden, (model.numAttentionHeads / ranks) * attention.headDim, attentionLayers, 'attention');
  } else {
    const heads = model.numAttentionHeads / ranks;
    const query = heads * (attention.qkNopeHeadDim + attention.qkRopeHeadDim);
    const latent = attention.kvLoraRank + attention.qkRopeHeadDim;
    add((attention.qLoraRank ?? 0) + latent, hidden, attentionLayers, 'attention');
    add(query, attention.qLoraRank ?? hidden, attentionLayers, 'attention');
    // In decode the unfolding is absorbed: query into latent space, result out of it. Same weights, same count.
    add(heads * attention.qkNopeHeadDim, attention.kvLoraRank, attentionLayers, 'attention');
    add(heads * attention.vHeadDim, attention.kvLoraRank, attentionLayers, 'attention');
    add(hidden, heads * attention.vHeadDim, attentionLayers, 'attention');
  }
  const linearLayers = model.attentionLayers.linear;
  if (linearLayers > 0) {
    const elements = weightGroups(model).find((group) => group.name === 'linear-attention')?.elements ?? 0;
    const width = elements / linearLayers / hidden / ranks;
    add(width * 0.75, hidden, linearLayers, 'linear-attention');
    add(hidden, width * 0.25, linearLayers, 'linear-attention');
  }
  const inward = feedForwardMatrices(model) - 1;
  add((inward * model.intermediateSize) / ranks, hidden, dense, 'mlp');
  add(hidden, model.intermediateSize / ranks, dense, 'mlp');
  const { moe } = model;
  if (moe) {
    add(moe.numExperts, hidden, moeLayers, 'router');
    const shared = moe.sharedExperts * (moe.sharedExpertIntermediateSize ?? moe.moeIntermediateSize);
    add((inward * shared) / ranks, hidden, moeLayers, 'shared-expert');
    add(hidden, shared / ranks, moeLayers, 'shared-expert');
  }
  return {
    gemms,
    head: { outputs: model.vocabularySize / ranks, inputs: hidden, count: 1, weightBytes: bytes('head') },
    elementwiseKernels: elementwiseKernels(model),
    elementwiseBytesPerToken: elementwiseBytesPerToken(model, ranks, expertRanksOf(layout), residentShareOf(layout)),
    moeLayers,
  };
}

/** Ranks that share the routed experts of one layer, whole or cut. */
export function expertRanksOf(layout: ParallelLayout): number {
  return Math.max(layout.tensorParallelSize * layout.dataParallelSize, layout.expertParallelSize);
}

/** Share of the experts one rank holds: all of them, cut, unless experts are dealt out whole. */
export function residentShareOf(layout: ParallelLayout): number {
  return layout.expertParallelSize > 1 ? 1 / expertRanksOf(layout) : 1;
}

/** Small kernels of one step: two norms, rope and cache write, an activation; MLA adds two norms and copies. */
function elementwiseKernels(model: Model): number {
  const perLayer = model.attention.kind === 'latent' ? 8 : 5;
  return model.numLayers * perLayer + model.attentionLayers.linear * 3 + 4;
}

/** Bytes the small kernels move for one token: residual and norm traffic, rope, activation. */
function elementwiseBytesPerToken(model: Model, ranks: number, expertRanks: number, residentShare: number): number {
  const norms = 2 * 4 * model.hiddenSize * 2;
  const activation = (3 * model.intermediateSize * 2) / ranks;
  const { moe } = model;
  if (!moe) return model.numLayers * (norms + activation);
  const shared = moe.sharedExperts * (moe.sharedExpertIntermediateSize ?? moe.moeIntermediateSize);
  const expertActivation = (3 * (moe.expertsPerToken * moe.moeIntermediateSize + shared) * 2) / expertRanks;
  // Each assignment's result is as wide as the model on every rank that holds a cut of the expert.
  const summed = (moe.expertsPerToken * residentShare + 1) * model.hiddenSize * 2;
  const routed = expertActivation + summed;
  return model.numLayers * norms + denseLayers(model) * activation + expertLayers(model) * routed;
}

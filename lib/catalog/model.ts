import type { Source } from './source.ts';

/** How a layer remembers the past; decides KV bytes per token. */
export type Attention =
  | { readonly kind: 'grouped-query'; readonly numKvHeads: number; readonly headDim: number }
  | {
      readonly kind: 'latent';
      readonly kvLoraRank: number;
      readonly qLoraRank?: number;
      readonly qkNopeHeadDim: number;
      readonly qkRopeHeadDim: number;
      readonly vHeadDim: number;
      /** DeepSeek sparse attention keeps an index key beside the latent. */
      readonly indexerHeadDim?: number;
    };

export interface MixtureOfExperts {
  readonly numExperts: number;
  readonly expertsPerToken: number;
  readonly sharedExperts: number;
  readonly moeIntermediateSize: number;
  readonly sharedExpertIntermediateSize?: number;
  readonly firstDenseLayers: number;
  /** 1: every layer after the first dense ones; 2: every second layer. */
  readonly moeLayerStep: number;
  /** Layers with experts where the two numbers above do not give them (hybrids with layers that hold no experts). */
  readonly moeLayers?: number;
  /** Experts work in a narrower space behind two projections: its width (Nemotron 3 Super and Ultra). */
  readonly latentSize?: number;
}

/** A model by its shapes; one row of the catalogue, or a user's own `config.json`. */
export interface Model {
  /** Hugging Face id. */
  readonly id: string;
  readonly family: string;
  readonly kind: 'chat' | 'embedding' | 'reranker' | 'guard';
  readonly architecture: string;
  readonly modalities: readonly string[];
  /** Every weight of the language model by its shapes; vision towers and multi-token prediction are not counted. */
  readonly parameters: number;
  /** Weights read for one decoded token. */
  readonly activeParameters: number;
  /** Size of the published weight files where a source has it; wins over `parameters` for memory in native precision. */
  readonly weightFileBytes?: number;
  readonly numLayers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numAttentionHeads: number;
  readonly attention: Attention;
  /** Layers by attention span. */
  readonly attentionLayers: { readonly full: number; readonly sliding: number; readonly linear: number };
  readonly slidingWindowTokens?: number;
  /**
   * Cached elements (K and V) one token takes in one layer, where full and sliding layers differ in their heads.
   * Absent: both follow from `attention`.
   */
  readonly kvElementsPerTokenPerLayer?: { readonly full: number; readonly sliding: number };
  /** Elements of recurrent state one sequence keeps in one linear-attention or state-space layer. */
  readonly linearStateElementsPerLayer?: number;
  /** Matrices of one feed-forward part: 3 (gate, up, down) unless stated; 2 without a gate. */
  readonly feedForwardMatrices?: 2 | 3;
  readonly vocabularySize: number;
  readonly maxPositionEmbeddings: number;
  readonly tiedEmbeddings: boolean;
  readonly moe?: MixtureOfExperts;
  /** Precision of the published checkpoint as its source prints it: `bfloat16`, `fp8 over bfloat16`, `mxfp4`, … */
  readonly nativeDtype: string;
  readonly embeddingDimension?: number;
  readonly licence?: string;
  readonly gated?: boolean;
  /** Commit of its repository to mirror where the answers name none (P3); without one the answers must. */
  readonly revision?: string;
  readonly releaseDate?: string;
  readonly sources: readonly [Source, ...Source[]];
  readonly notes?: string;
}

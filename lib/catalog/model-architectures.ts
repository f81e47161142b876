import { z } from 'zod';
import type { DecoderShape } from './model-parameters.ts';

const size = z.number().int().positive().max(100_000_000);
const maybe = size.nullish();
const count = z.number().int().min(0).max(100_000).nullish();

/** The fields of a Hugging Face `config.json` that shapes follow from; every other one is passed over. */
export const configSchema = z.looseObject({
  hidden_size: size,
  num_hidden_layers: size.max(10_000).nullish(),
  num_attention_heads: size,
  vocab_size: size,
  max_position_embeddings: size,
  num_key_value_heads: maybe,
  head_dim: maybe,
  attention_head_dim: maybe,
  intermediate_size: maybe,
  intermediate_size_mlp: maybe,
  dense_intermediate_size: maybe,
  tie_word_embeddings: z.boolean().nullish(),
  attention_bias: z.boolean().nullish(),
  use_qk_norm: z.boolean().nullish(),
  sliding_window: maybe,
  sliding_window_pattern: maybe,
  use_sliding_window: z.boolean().nullish(),
  attention_chunk_size: maybe,
  layer_types: z.array(z.string()).max(10_000).nullish(),
  layers_block_type: z.array(z.string()).max(10_000).nullish(),
  full_attention_interval: maybe,
  hybrid_override_pattern: z.string().max(10_000).nullish(),
  kv_lora_rank: maybe,
  q_lora_rank: maybe,
  qk_nope_head_dim: maybe,
  qk_rope_head_dim: maybe,
  v_head_dim: maybe,
  index_head_dim: maybe,
  index_n_heads: maybe,
  num_local_experts: maybe,
  num_experts: maybe,
  n_routed_experts: maybe,
  num_experts_per_tok: maybe,
  experts_per_token: maybe,
  n_shared_experts: count,
  moe_intermediate_size: maybe,
  moe_latent_size: maybe,
  shared_expert_intermediate_size: count,
  shared_intermediate_size: count,
  moe_shared_expert_intermediate_size: count,
  first_k_dense_replace: count,
  decoder_sparse_step: maybe,
  interleave_moe_layer_step: maybe,
  linear_num_key_heads: maybe,
  linear_num_value_heads: maybe,
  linear_key_head_dim: maybe,
  linear_value_head_dim: maybe,
  linear_conv_kernel_dim: maybe,
  mamba_num_heads: maybe,
  mamba_head_dim: maybe,
  ssm_state_size: maybe,
  n_groups: maybe,
  conv_kernel: maybe,
  dtype: z.string().nullish(),
  torch_dtype: z.string().nullish(),
});

export type Config = z.output<typeof configSchema> & { readonly num_hidden_layers: number };

/** What an architecture does that its config does not say. */
export interface Habits {
  readonly family: string;
  readonly queryKeyNorm?: DecoderShape['queryKeyNorm'];
  readonly qkvBias?: boolean;
  readonly tiedByDefault?: boolean;
  /** Norms of one decoder layer: two unless said. */
  readonly normsPerLayer?: number;
  /** Every n-th layer sees everything, the rest a window, where the config lists no layer types. */
  readonly slidingExceptEvery?: number;
  readonly outputGate?: boolean;
  readonly sharedGate?: boolean;
  readonly gptOss?: boolean;
}

/** Architectures whose shapes are understood. Another one is refused: a wrong size is worse than none. */
export const architectures: Readonly<Record<string, Habits>> = {
  LlamaForCausalLM: { family: 'llama' },
  Llama4ForConditionalGeneration: { family: 'llama-4', slidingExceptEvery: 4 },
  Llama4ForCausalLM: { family: 'llama-4', slidingExceptEvery: 4 },
  MistralForCausalLM: { family: 'mistral' },
  Mistral3ForConditionalGeneration: { family: 'mistral' },
  MixtralForCausalLM: { family: 'mixtral' },
  Qwen2ForCausalLM: { family: 'qwen2', qkvBias: true },
  Qwen2MoeForCausalLM: { family: 'qwen2', qkvBias: true, sharedGate: true },
  Qwen3ForCausalLM: { family: 'qwen3', queryKeyNorm: 'per-head' },
  Qwen3MoeForCausalLM: { family: 'qwen3', queryKeyNorm: 'per-head' },
  Qwen3VLForConditionalGeneration: { family: 'qwen3-vl', queryKeyNorm: 'per-head' },
  Qwen3VLMoeForConditionalGeneration: { family: 'qwen3-vl', queryKeyNorm: 'per-head' },
  Qwen3NextForCausalLM: { family: 'qwen3-next', queryKeyNorm: 'per-head', outputGate: true, sharedGate: true },
  Qwen3_5ForConditionalGeneration: { family: 'qwen3.5', queryKeyNorm: 'per-head', outputGate: true, sharedGate: true },
  Qwen3_5MoeForConditionalGeneration: {
    family: 'qwen3.5',
    queryKeyNorm: 'per-head',
    outputGate: true,
    sharedGate: true,
  },
  Gemma2ForCausalLM: { family: 'gemma-2', tiedByDefault: true, normsPerLayer: 4, slidingExceptEvery: 2 },
  Gemma3ForCausalLM: {
    family: 'gemma-3',
    tiedByDefault: true,
    normsPerLayer: 4,
    queryKeyNorm: 'per-head',
    slidingExceptEvery: 6,
  },
  Gemma3ForConditionalGeneration: {
    family: 'gemma-3',
    tiedByDefault: true,
    normsPerLayer: 4,
    queryKeyNorm: 'per-head',
    slidingExceptEvery: 6,
  },
  DeepseekV2ForCausalLM: { family: 'deepseek-v2' },
  DeepseekV3ForCausalLM: { family: 'deepseek-v3' },
  DeepseekV32ForCausalLM: { family: 'deepseek-v3' },
  KimiK25ForConditionalGeneration: { family: 'kimi-k2' },
  GlmMoeDsaForCausalLM: { family: 'glm-5' },
  Glm4MoeForCausalLM: { family: 'glm-4', qkvBias: true, queryKeyNorm: 'none' },
  Glm4MoeLiteForCausalLM: { family: 'glm-4' },
  MiniMaxM2ForCausalLM: { family: 'minimax-m2', queryKeyNorm: 'per-layer' },
  MiniMaxM3ForCausalLM: { family: 'minimax-m3', queryKeyNorm: 'per-head' },
  GptOssForCausalLM: { family: 'gpt-oss', qkvBias: true, gptOss: true, slidingExceptEvery: 2 },
  Phi3ForCausalLM: { family: 'phi' },
  GraniteForCausalLM: { family: 'granite', tiedByDefault: true },
  NemotronHForCausalLM: { family: 'nemotron-h' },
};

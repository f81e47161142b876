import { invalid, type Outcome, ok, type Reason } from '../outcome.ts';
import type { Attention, MixtureOfExperts, Model } from './model.ts';
import { architectures, type Config, configSchema, type Habits } from './model-architectures.ts';
import { countParameters, type Recurrence, recurrentStateElements } from './model-parameters.ts';
import type { Source } from './source.ts';

function refuse(path: string, asked: string, found: string, change: string): Outcome<never> {
  return invalid([{ path, asked, found, change } satisfies Reason]);
}

/**
 * A model by its own Hugging Face `config.json`: shapes, parameters and cache layout. Multimodal configs are read for
 * their `text_config`. An architecture whose shapes are not understood is refused by name.
 *
 * @param identity - `id` to show, and the source that is written beside every figure
 */
export function modelFromConfig(
  json: unknown,
  identity: { readonly id: string; readonly source: Source },
): Outcome<Model> {
  const path = 'model.configFile';
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return refuse(path, 'a Hugging Face config.json', 'no mapping', 'Copy the file from the model’s repository.');
  }
  const outer = json as Readonly<Record<string, unknown>>;
  const nested = outer.text_config;
  const flat = typeof nested === 'object' && nested !== null ? { ...outer, ...nested } : outer;
  const listed = outer.architectures;
  const architecture = Array.isArray(listed) ? String(listed[0]) : 'none';
  const habits = Object.hasOwn(architectures, architecture) ? architectures[architecture] : undefined;
  if (!habits) {
    return refuse(
      `${path} (architectures)`,
      `one of ${Object.keys(architectures).join(', ')}`,
      `«${architecture.slice(0, 60)}»`,
      'Name the nearest model of the catalogue instead; this one’s shapes are not understood.',
    );
  }
  const parsed = configSchema.safeParse(flat);
  if (!parsed.success) {
    const [first, ...rest] = parsed.error.issues.map(
      (issue): Reason => ({
        path: `${path} (${issue.path.join('.')})`,
        asked: 'a size, as a positive whole number',
        found: issue.message,
        change: 'Check that this is the model’s own config.json.',
      }),
    );
    if (first) return invalid([first, ...rest]);
  }
  const numLayers = parsed.data?.num_hidden_layers ?? parsed.data?.layers_block_type?.length;
  if (!parsed.data || !numLayers) {
    return refuse(`${path} (num_hidden_layers)`, 'the number of layers', 'nothing', 'Add it.');
  }
  const config: Config = { ...parsed.data, num_hidden_layers: numLayers };
  const layers = layerKinds(config, habits);
  const moe = mixture(config, layers, architecture);
  if (!moe && !config.intermediate_size) {
    return refuse(`${path} (intermediate_size)`, 'the width of the feed-forward part', 'nothing', 'Add it.');
  }
  return ok(toModel(config, habits, architecture, layers, moe, identity));
}

interface LayerKinds {
  readonly full: number;
  readonly sliding: number;
  readonly recurrent: number;
  /** Set where blocks alternate (`M*-E`): feed-forward blocks are layers of their own. */
  readonly alternating?: { readonly dense: number; readonly experts: number };
}

function layerKinds(config: Config, habits: Habits): LayerKinds {
  const total = config.num_hidden_layers;
  const blocks = config.layers_block_type ?? [...(config.hybrid_override_pattern ?? '')];
  if (blocks.length > 0) {
    const kinds = (...names: string[]) => blocks.filter((block) => names.includes(block)).length;
    return {
      full: kinds('*', 'attention'),
      sliding: 0,
      recurrent: kinds('M', 'mamba'),
      alternating: { dense: kinds('-', 'mlp'), experts: kinds('E', 'moe') },
    };
  }
  if (config.layer_types?.length) {
    const of = (kind: RegExp) => config.layer_types?.filter((name) => kind.test(name)).length ?? 0;
    const sliding = of(/sliding|chunked/);
    const recurrent = of(/linear|mamba/);
    return { full: config.layer_types.length - sliding - recurrent, sliding, recurrent };
  }
  if (config.linear_num_value_heads) {
    const full = Math.floor(total / (config.full_attention_interval ?? 4));
    return { full, sliding: 0, recurrent: total - full };
  }
  const window = config.sliding_window ?? config.attention_chunk_size;
  const every = config.sliding_window_pattern ?? habits.slidingExceptEvery;
  if (window && every) {
    const full = Math.floor(total / every);
    return { full, sliding: total - full, recurrent: 0 };
  }
  const slidesEverywhere =
    Boolean(config.sliding_window) && config.use_sliding_window !== false && habits.family === 'mistral';
  return slidesEverywhere ? { full: 0, sliding: total, recurrent: 0 } : { full: total, sliding: 0, recurrent: 0 };
}

function mixture(config: Config, layers: LayerKinds, architecture: string): MixtureOfExperts | undefined {
  const numExperts = config.n_routed_experts ?? config.num_experts ?? config.num_local_experts;
  if (!numExperts || numExperts === 1) return undefined;
  const expertWidth = config.moe_intermediate_size ?? config.intermediate_size ?? 0;
  const llama4 = architecture.startsWith('Llama4');
  const sharedWidth =
    config.moe_shared_expert_intermediate_size ??
    config.shared_expert_intermediate_size ??
    config.shared_intermediate_size;
  const sharedExperts = config.n_shared_experts ?? (sharedWidth || llama4 ? 1 : 0);
  return {
    numExperts,
    expertsPerToken: config.num_experts_per_tok ?? config.experts_per_token ?? 1,
    sharedExperts,
    moeIntermediateSize: expertWidth,
    ...(sharedWidth && sharedExperts > 0 && { sharedExpertIntermediateSize: sharedWidth / sharedExperts }),
    firstDenseLayers: config.first_k_dense_replace ?? 0,
    moeLayerStep: config.interleave_moe_layer_step ?? config.decoder_sparse_step ?? 1,
    ...(layers.alternating && { moeLayers: layers.alternating.experts }),
    ...(config.moe_latent_size && { latentSize: config.moe_latent_size }),
  };
}

function attentionOf(config: Config): Attention {
  if (config.kv_lora_rank) {
    return {
      kind: 'latent',
      kvLoraRank: config.kv_lora_rank,
      ...(config.q_lora_rank && { qLoraRank: config.q_lora_rank }),
      qkNopeHeadDim: config.qk_nope_head_dim ?? 128,
      qkRopeHeadDim: config.qk_rope_head_dim ?? 64,
      vHeadDim: config.v_head_dim ?? 128,
      ...(config.index_head_dim && { indexerHeadDim: config.index_head_dim }),
    };
  }
  return {
    kind: 'grouped-query',
    numKvHeads: config.num_key_value_heads ?? config.num_attention_heads,
    headDim:
      config.head_dim ?? config.attention_head_dim ?? Math.floor(config.hidden_size / config.num_attention_heads),
  };
}

function recurrenceOf(config: Config): Recurrence | undefined {
  if (config.linear_num_value_heads) {
    return {
      kind: 'gated-delta',
      keyHeads: config.linear_num_key_heads ?? config.linear_num_value_heads,
      valueHeads: config.linear_num_value_heads,
      keyHeadDim: config.linear_key_head_dim ?? 128,
      valueHeadDim: config.linear_value_head_dim ?? 128,
      convKernel: config.linear_conv_kernel_dim ?? 4,
    };
  }
  if (config.mamba_num_heads) {
    return {
      kind: 'mamba2',
      heads: config.mamba_num_heads,
      headDim: config.mamba_head_dim ?? 64,
      stateSize: config.ssm_state_size ?? 128,
      groups: config.n_groups ?? 1,
      convKernel: config.conv_kernel ?? 4,
    };
  }
  return undefined;
}

function toModel(
  config: Config,
  habits: Habits,
  architecture: string,
  layers: LayerKinds,
  moe: MixtureOfExperts | undefined,
  { id, source }: { readonly id: string; readonly source: Source },
): Model {
  const attention = attentionOf(config);
  const recurrence = recurrenceOf(config);
  const tiedEmbeddings = config.tie_word_embeddings ?? habits.tiedByDefault ?? false;
  const expertLayers = moe
    ? (moe.moeLayers ?? Math.ceil((config.num_hidden_layers - moe.firstDenseLayers) / moe.moeLayerStep))
    : 0;
  const denseLayers = layers.alternating?.dense ?? config.num_hidden_layers - expertLayers;
  const intermediateSize =
    config.intermediate_size_mlp ??
    config.dense_intermediate_size ??
    config.intermediate_size ??
    moe?.moeIntermediateSize ??
    0;
  const feedForwardMatrices = layers.alternating ? 2 : 3;
  const bias = config.attention_bias ?? habits.qkvBias ?? false;
  const parameters = countParameters({
    hiddenSize: config.hidden_size,
    vocabularySize: config.vocab_size,
    tiedEmbeddings,
    numAttentionHeads: config.num_attention_heads,
    attention,
    layers: {
      attention: layers.full + layers.sliding,
      recurrent: layers.recurrent,
      dense: denseLayers,
      experts: expertLayers,
      norms: config.num_hidden_layers * (layers.alternating ? 1 : (habits.normsPerLayer ?? 2)),
    },
    intermediateSize,
    feedForwardMatrices,
    ...(recurrence && { recurrence }),
    ...(moe && {
      experts: {
        count: moe.numExperts,
        perToken: moe.expertsPerToken,
        intermediateSize: moe.moeIntermediateSize,
        sharedIntermediateSize: moe.sharedExperts * (moe.sharedExpertIntermediateSize ?? moe.moeIntermediateSize),
        sharedGate: habits.sharedGate ?? false,
        biases: habits.gptOss ?? false,
        ...(moe.latentSize && { latentSize: moe.latentSize }),
      },
    }),
    biases: { qkv: bias, output: Boolean(habits.gptOss) },
    queryKeyNorm: config.use_qk_norm === false ? 'none' : (habits.queryKeyNorm ?? 'none'),
    outputGate: habits.outputGate ?? false,
    sinks: habits.gptOss ?? false,
    ...(config.index_head_dim &&
      config.index_n_heads && { indexer: { heads: config.index_n_heads, headDim: config.index_head_dim } }),
  });
  const window = layers.sliding > 0 ? (config.sliding_window ?? config.attention_chunk_size) : undefined;
  return {
    id,
    family: habits.family,
    kind: 'chat',
    architecture,
    modalities: architecture.endsWith('ForConditionalGeneration') ? ['text', 'image'] : ['text'],
    parameters: parameters.total,
    activeParameters: parameters.active,
    numLayers: config.num_hidden_layers,
    hiddenSize: config.hidden_size,
    intermediateSize,
    numAttentionHeads: config.num_attention_heads,
    attention,
    attentionLayers: { full: layers.full, sliding: layers.sliding, linear: layers.recurrent },
    ...(window && { slidingWindowTokens: window }),
    ...(recurrence && { linearStateElementsPerLayer: recurrentStateElements(recurrence) }),
    ...(feedForwardMatrices === 2 && { feedForwardMatrices }),
    vocabularySize: config.vocab_size,
    maxPositionEmbeddings: config.max_position_embeddings,
    tiedEmbeddings,
    ...(moe && { moe }),
    nativeDtype: nativeDtype(config),
    sources: [source],
  };
}

/** Precision of the checkpoint as its own quantization block says, else the one of its tensors. */
function nativeDtype(config: Config): string {
  const tensors = config.dtype ?? config.torch_dtype ?? 'bfloat16';
  const quantization = config.quantization_config;
  if (typeof quantization !== 'object' || quantization === null) return tensors;
  const method = String((quantization as Readonly<Record<string, unknown>>).quant_method ?? '');
  if (method === 'mxfp4') return 'mxfp4';
  if (method === 'fp8' || method === 'fbgemm_fp8') return `fp8 over ${tensors}`;
  return method === '' ? tensors : `${method} over ${tensors}`;
}

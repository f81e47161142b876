import { present } from './gpus.ts';
import { hybridLayers } from './hybrid-layers.ts';
import { adjustments } from './model-adjustments.ts';
import { SourceTable } from './source-table.ts';

const encoders = /^(Bert|XLMRoberta)/;
const collected = '2026-08-21';

interface ModelRow {
  readonly [key: string]: unknown;
  readonly id: string;
  readonly moe: Readonly<Record<string, number | null>> | null;
  readonly mla: Readonly<Record<string, number | null>> | null;
  readonly attention_layers: Readonly<Record<string, number>> | null;
  readonly kv_elements_per_token: { readonly full_layer: number; readonly sliding_layer: number | null } | null;
}

const known = (value: unknown) => value ?? undefined;
const billions = (value: unknown) => (typeof value === 'number' ? Math.round(value * 1e9) : undefined);

function attention(row: ModelRow) {
  if (row.mla) {
    return present({
      kind: 'latent',
      kvLoraRank: row.mla.kv_lora_rank,
      qLoraRank: known(row.mla.q_lora_rank),
      qkNopeHeadDim: row.mla.qk_nope_head_dim,
      qkRopeHeadDim: row.mla.qk_rope_head_dim,
      vHeadDim: row.mla.v_head_dim,
      indexerHeadDim: known(row.indexer_head_dim),
    });
  }
  return { kind: 'grouped-query', numKvHeads: row.kv_heads, headDim: row.head_dim };
}

function mixture(row: ModelRow) {
  if (!row.moe) return undefined;
  return present({
    numExperts: row.moe.experts,
    expertsPerToken: row.moe.experts_per_token,
    sharedExperts: row.moe.shared_experts ?? 0,
    moeIntermediateSize: row.moe.moe_intermediate_size,
    sharedExpertIntermediateSize: row.moe.shared_expert_intermediate_size || undefined,
    firstDenseLayers: row.moe.first_dense_layers ?? 0,
    moeLayerStep: row.moe.moe_layer_step ?? 1,
    moeLayers: row.attention_layers?.no_attention,
    latentSize: hybridLayers[row.id]?.latentSize,
  });
}

/** Full and sliding layers' cached elements, only where they differ from what the attention's shapes give. */
function kvElements(row: ModelRow) {
  const given = row.kv_elements_per_token;
  if (!given || row.mla) return undefined;
  const shaped = 2 * Number(row.kv_heads) * Number(row.head_dim);
  const sliding = given.sliding_layer ?? given.full_layer;
  return given.full_layer === shaped && sliding === shaped ? undefined : { full: given.full_layer, sliding };
}

/** A dense decoder's figure counts its input table in the file; a mixture's does not. Here neither does. */
function activeParameters(row: ModelRow): number | undefined {
  const active = billions(row.params_active_b);
  const decoder = row.kind === 'chat' || row.kind === 'guard';
  if (active === undefined || row.moe || !decoder || row.tied_embeddings !== false) return active;
  return active - Number(row.vocab_size) * Number(row.hidden_size);
}

const required = [
  'parameters',
  'activeParameters',
  'numLayers',
  'hiddenSize',
  'intermediateSize',
  'numAttentionHeads',
  'attentionLayers',
  'vocabularySize',
  'maxPositionEmbeddings',
  'tiedEmbeddings',
  'nativeDtype',
] as const;

/** models.json → rows. A model with a shape in no source is left out and named: its memory cannot be computed. */
export function modelRows(file: { readonly models: readonly ModelRow[] }) {
  const table = new SourceTable(collected);
  const rows: (Record<string, unknown> & { sources: number[] })[] = [];
  for (const row of file.models) {
    const layers = row.attention_layers;
    const adjustment = adjustments[row.id];
    const converted: Record<string, unknown> & { sources: number[] } = present({
      id: row.id,
      family: row.family,
      kind: row.kind,
      architecture: row.architecture,
      modalities: row.modalities,
      parameters: billions(row.params_total_b),
      activeParameters: activeParameters(row),
      weightFileBytes:
        typeof row.weights_files_gib === 'number' ? Math.round(row.weights_files_gib * 2 ** 30) : undefined,
      numLayers: known(row.layers),
      hiddenSize: known(row.hidden_size),
      intermediateSize: known(row.intermediate_size ?? row.moe?.moe_intermediate_size),
      numAttentionHeads: known(row.attention_heads),
      attention: attention(row),
      attentionLayers: layers
        ? { full: layers.full, sliding: layers.sliding, linear: layers.linear_or_ssm }
        : undefined,
      slidingWindowTokens: known(row.sliding_window),
      kvElementsPerTokenPerLayer: kvElements(row),
      linearStateElementsPerLayer: hybridLayers[row.id]?.state,
      feedForwardMatrices: encoders.test(String(row.architecture)) ? 2 : hybridLayers[row.id]?.matrices,
      vocabularySize: known(row.vocab_size),
      maxPositionEmbeddings: known(row.max_position_embeddings),
      // An encoder has no head of its own to tie or untie.
      tiedEmbeddings: known(row.tied_embeddings ?? (encoders.test(String(row.architecture)) || undefined)),
      moe: mixture(row),
      nativeDtype: known(row.native_dtype),
      embeddingDimension: known(row.embedding_dimension),
      licence: known(row.licence),
      gated: known(row.gated),
      releaseDate: known(row.release_date),
      sources: [row.config_source, row.weights_files_source, row.licence_source]
        .filter((ref): ref is string => typeof ref === 'string')
        .filter((ref, index, all) => all.indexOf(ref) === index)
        .map((ref) => table.index(ref, '', undefined)),
      notes:
        [known(row.notes), ...((row.flags as string[] | undefined) ?? [])].filter((text) => text).join('; ') ||
        undefined,
      ...adjustment?.facts,
    });
    if (adjustment) converted.sources.push(table.index(adjustment.ref, adjustment.date, adjustment.reason));
    const missing = required.filter((key) => converted[key] === undefined);
    if (missing.length > 0) console.log(`left out: ${row.id} (in no source: ${missing.join(', ')})`);
    else rows.push(converted);
  }
  return { sources: table.cells, rows };
}

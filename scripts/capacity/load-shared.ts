// temporary loader until lib/catalog parses the rows
import { readFileSync } from 'node:fs';
import type { Gpu } from '../../lib/catalog/gpu.ts';
import type { Model } from '../../lib/catalog/model.ts';
import { rowsOf } from './csv.ts';
const S = [{ ref: 'x', date: '2026-08' }] as const;
// biome-ignore lint: temporary
type J = any;
export function loadShared(dir: string): { gpus: Gpu[]; models: Model[] } {
  const num = (v: string | undefined, f = 1) => (v ? Number(v) * f : undefined);
  const gpus = rowsOf(readFileSync(`${dir}/gpus.csv`, 'utf8')).map((r): Gpu => ({
    id: r.gpu_id!, name: r.name!, vendor: r.vendor as Gpu['vendor'], architecture: r.architecture!, computeCapability: num(r.compute_capability),
    memoryBytesNominal: Number(r.mem_gb_nominal) * 1e9, memoryBytesDriver: num(r.mem_mib_driver, 2 ** 20), memoryBytesPerSecond: num(r.mem_bw_gbs, 1e9),
    denseFlopsPerSecond: { fp16: num(r.fp16_tflops_dense, 1e12), bf16: num(r.bf16_tflops_dense, 1e12), fp8: num(r.fp8_tflops_dense, 1e12), int8: num(r.int8_tops_dense, 1e12), fp4: num(r.fp4_tflops_dense, 1e12) },
    linkBytesPerSecondPerDirection: num(r.link_gbs_per_direction, 1e9), pcieGeneration: num(r.pcie_gen), sources: S as never }));
  const j: J = JSON.parse(readFileSync(`${dir}/models.json`, 'utf8'));
  const models: Model[] = j.models.filter((m: J) => m.params_total_b && m.layers).map((m: J): Model => ({
    id: m.id, family: m.family, kind: m.kind, architecture: m.architecture, modalities: m.modalities, parameters: m.params_total_b * 1e9, activeParameters: (m.params_active_b ?? m.params_total_b) * 1e9,
    weightFileBytes: m.weights_files_gib ? m.weights_files_gib * 2 ** 30 : undefined, numLayers: m.layers, hiddenSize: m.hidden_size, intermediateSize: m.intermediate_size, numAttentionHeads: m.attention_heads,
    attention: m.mla ? { kind: 'latent', kvLoraRank: m.mla.kv_lora_rank, qLoraRank: m.mla.q_lora_rank ?? undefined, qkNopeHeadDim: m.mla.qk_nope_head_dim, qkRopeHeadDim: m.mla.qk_rope_head_dim, vHeadDim: m.mla.v_head_dim, indexerHeadDim: m.indexer_head_dim ?? undefined } : { kind: 'grouped-query', numKvHeads: m.kv_heads, headDim: m.head_dim },
    attentionLayers: { full: m.attention_layers.full, sliding: m.attention_layers.sliding, linear: m.attention_layers.linear_or_ssm }, slidingWindowTokens: m.sliding_window ?? undefined,
    vocabularySize: m.vocab_size, maxPositionEmbeddings: m.max_position_embeddings, tiedEmbeddings: m.tied_embeddings,
    moe: m.moe ? { numExperts: m.moe.experts, expertsPerToken: m.moe.experts_per_token, sharedExperts: m.moe.shared_experts ?? 0, moeIntermediateSize: m.moe.moe_intermediate_size, sharedExpertIntermediateSize: m.moe.shared_expert_intermediate_size ?? undefined, firstDenseLayers: m.moe.first_dense_layers ?? 0, moeLayerStep: m.moe.moe_layer_step ?? 1 } : undefined,
    nativeDtype: m.native_dtype ?? 'bfloat16', sources: S as never }));
  const dense = (id: string, L: number, h: number, H: number, kv: number, I: number, V: number): Model => ({ id, family: 'x', kind: 'chat', architecture: 'LlamaForCausalLM', modalities: ['text'], parameters: 2 * V * h + L * (h * 128 * (2 * H + 2 * kv) + 3 * h * I), activeParameters: V * h + L * (h * 128 * (2 * H + 2 * kv) + 3 * h * I), numLayers: L, hiddenSize: h, intermediateSize: I, numAttentionHeads: H, attention: { kind: 'grouped-query', numKvHeads: kv, headDim: 128 }, attentionLayers: { full: L, sliding: 0, linear: 0 }, vocabularySize: V, maxPositionEmbeddings: 4096, tiedEmbeddings: false, nativeDtype: 'bfloat16', sources: S as never });
  models.push(dense('meta-llama/Llama-2-7b-hf', 32, 4096, 32, 32, 11008, 32000), dense('01-ai/Yi-34B', 60, 7168, 56, 8, 20480, 64000));
  return { gpus, models };
}

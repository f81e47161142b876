import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import type { FineTuningChoice } from './decided.ts';

const gib = 2 ** 30;

/** Share of the dense 16-bit peak a training step reaches (model FLOPs utilisation). Assumed, 0.3 to 0.45 published for one node. */
const trainingEfficiency = 0.35;
/** QLoRA unpacks 4-bit weights on each use: about a third slower (its paper's own runs). Assumed. */
const qloraSlowdown = 1.35;
/** FLOPs a parameter and token: forward 2, backward 2 for activations and 2 for weights, and one more forward recomputed. */
const flopsPerParameterToken = { lora: 6, qlora: 6, full: 8 } as const;
/** Passes over each example: DPO holds a chosen and a rejected answer and a reference; GRPO samples eight answers. */
const passesOf = { sft: 1, dpo: 2.5, grpo: 10 } as const;
/** Bytes a parameter: 16-bit weights; NF4 with scales; weights, gradients and Adam states in mixed precision. */
const bytesPerParameter = { lora: 2, qlora: 0.55, full: 16 } as const;
/** Gradients and Adam states of one adapter parameter, beside the weight itself. */
const bytesPerAdapterParameter = 16;
const overheadBytes = 3 * gib;

export interface TrainingRun {
  readonly method: FineTuningChoice['method'];
  readonly stage: FineTuningChoice['stage'];
  readonly rank: number;
  readonly sequenceTokens: number;
  readonly batch: number;
  readonly examples: number;
  readonly epochs: number;
}

/** Adapter parameters of a rank on every linear layer: attention and the feed-forward part. */
function adapterParameters(model: Model, rank: number): number {
  const attention = 4 * 2 * model.hiddenSize;
  const feedForward = 3 * (model.hiddenSize + model.intermediateSize);
  return model.numLayers * rank * (attention + feedForward);
}

/**
 * Bytes one GPU holds while training over `gpus` GPUs. Weights are sharded (ZeRO-3) for a full fine-tune and copied for
 * adapters; activations are checkpointed a layer, logits are kept in 32 bit. Errs low by fragmentation (under 10%).
 */
export function trainingMemoryBytes(model: Model, run: TrainingRun, gpus: number): number {
  const weights = (bytesPerParameter[run.method] * model.parameters) / (run.method === 'full' ? gpus : 1);
  const adapter = run.method === 'full' ? 0 : adapterParameters(model, run.rank) * bytesPerAdapterParameter;
  const tokens = run.sequenceTokens * run.batch;
  const checkpoints = model.numLayers * tokens * model.hiddenSize * 2;
  const oneLayer = tokens * (8 * model.hiddenSize + 4 * model.intermediateSize) * 2;
  const logits = tokens * model.vocabularySize * 4;
  return weights + adapter + checkpoints + oneLayer + logits + overheadBytes;
}

/** GPU hours of one run: FLOPs of every token ÷ what the GPU reaches. Undefined: no 16-bit peak in any source. */
export function trainingGpuHours(model: Model, run: TrainingRun, gpu: Gpu): number | undefined {
  const peak = gpu.denseFlopsPerSecond.bf16 ?? gpu.denseFlopsPerSecond.fp16;
  if (peak === undefined) return undefined;
  const tokens = run.examples * run.epochs * run.sequenceTokens * passesOf[run.stage];
  const flops = flopsPerParameterToken[run.method] * model.activeParameters * tokens;
  const slowdown = run.method === 'qlora' ? qloraSlowdown : 1;
  return (flops * slowdown) / (peak * trainingEfficiency) / 3600;
}

/** Host memory of a job, GB: one copy of the weights while loading, and 16 GB a GPU for its workers. */
export function trainingHostMemoryGb(model: Model, gpus: number): number {
  return Math.ceil((model.parameters * 2) / 1e9 + 16 * gpus);
}

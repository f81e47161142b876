import { kvBytesPerTokenPerLayer } from './kv-cache.ts';
import type { Deployment, StepBatch, StepTimeModel } from './types.ts';
import { weightBytesPerGpu } from './weights.ts';

/** Step time of a deployment by a plain roofline. */
export function prepareStepTime(deployment: Deployment): StepTimeModel {
  const { model, gpu, layout, kvPrecision } = deployment;
  if (!gpu.memoryBytesPerSecond) throw new RangeError(`${gpu.id}: no memory bandwidth in the catalogue`);
  const flops = gpu.denseFlopsPerSecond.bf16 ?? gpu.denseFlopsPerSecond.fp16;
  if (!flops) throw new RangeError(`${gpu.id}: no 16-bit compute rate in the catalogue`);
  const gpus = layout.tensorParallelSize * layout.pipelineParallelSize;
  const weightSeconds = weightBytesPerGpu(deployment) / (0.75 * gpu.memoryBytesPerSecond);
  const secondsPerToken = (2 * model.activeParameters) / gpus / (0.6 * flops);
  const kvSecondsPerToken =
    (model.attentionLayers.full * kvBytesPerTokenPerLayer(model, layout.tensorParallelSize, kvPrecision)) /
    (0.7 * gpu.memoryBytesPerSecond);
  const overheadSeconds = 0.002;
  return {
    stepSeconds: (batch: StepBatch) =>
      Math.max(weightSeconds, secondsPerToken * (batch.prefillTokens + batch.decodeSequences)) +
      kvSecondsPerToken * (batch.decodeContextTokens + batch.prefillContextTokens) +
      overheadSeconds,
    requestOverheadSeconds: (inputTokens: number) => 0.01 + 2e-6 * inputTokens,
    basis: 'assumed',
    errorBand: 0.4,
  };
}

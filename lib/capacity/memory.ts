import { kvBytesPerSequence } from './kv-cache.ts';
import type { Deployment, MemoryLedger } from './types.ts';
import { weightBytesPerGpu } from './weights.ts';

const GiB = 2 ** 30;

/** Memory of one GPU of a deployment as vLLM's profile run splits it. */
export function computeMemory(deployment: Deployment): MemoryLedger {
  const { gpu, model, layout, limits, kvPrecision } = deployment;
  const driverBytes = gpu.memoryBytesDriver ?? gpu.memoryBytesNominal;
  const requestedBytes = driverBytes * limits.gpuMemoryUtilization;
  const weightBytes = weightBytesPerGpu(deployment);
  const activationBytes = 5 * GiB;
  const nonTorchBytes = (layout.tensorParallelSize > 1 ? 0.55 : 0.13) * GiB;
  const graphBytes = 0.5 * GiB;
  const kvCacheBytes = Math.max(0, requestedBytes - weightBytes - activationBytes - nonTorchBytes);
  const { tensorParallelSize, pipelineParallelSize } = layout;
  const sequenceBytes = kvBytesPerSequence(
    model,
    limits.maxModelLen,
    tensorParallelSize,
    pipelineParallelSize,
    kvPrecision,
  );
  const kvCacheBytesPerToken = sequenceBytes / limits.maxModelLen;
  const kvCacheTokens = Math.floor(kvCacheBytes / kvCacheBytesPerToken) * layout.dataParallelSize;
  return {
    requestedBytes,
    weightBytes,
    activationBytes,
    nonTorchBytes,
    graphBytes,
    kvCacheBytes,
    kvCacheBytesPerToken,
    kvCacheTokens,
    fits: kvCacheTokens >= limits.maxModelLen,
  };
}

import { loadCatalog } from '../../blueprints/catalog.ts';
import type { Deployment, Precision } from '../../lib/capacity/types.ts';
import type { Gpu } from '../../lib/catalog/gpu.ts';
import type { Model } from '../../lib/catalog/model.ts';

/** The shipped models and GPUs, without a market: for tests against what was published about them. */
export const catalog = loadCatalog({ vectorStores: {}, modelServers: {}, gateways: {}, clouds: {} });

export const chatModels = catalog.models.filter(({ kind, numLayers }) => kind === 'chat' && numLayers > 0);

export function modelOf(id: string): Model {
  const model = catalog.models.find((candidate) => candidate.id === id);
  if (!model) throw new Error(`${id} is not in the catalogue`);
  return model;
}

export function gpuOf(id: string): Gpu {
  const gpu = catalog.gpus.find((candidate) => candidate.id === id);
  if (!gpu) throw new Error(`${id} is not in the catalogue`);
  return gpu;
}

/** One model on one kind of GPU with the engine's usual limits. */
export function deploymentOf(
  modelId: string,
  precision: Precision = 'bf16',
  tensorParallelSize = 1,
  gpu: Gpu = gpuOf('H100-SXM'),
): Deployment {
  return {
    model: modelOf(modelId),
    gpu,
    precision,
    kvPrecision: 'bf16',
    layout: { tensorParallelSize, pipelineParallelSize: 1, dataParallelSize: 1, expertParallelSize: 1 },
    limits: {
      maxNumSeqs: 256,
      maxNumBatchedTokens: 8192,
      maxModelLen: 16384,
      gpuMemoryUtilization: 0.9,
      prefixCaching: true,
    },
  };
}

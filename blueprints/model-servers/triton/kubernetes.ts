import type { k8s } from 'cdk8s-plus-34';
import type { Plan, ServedModel } from '../../../lib/plan/plan.ts';
import type { KubernetesBuilder } from '../../contract.ts';
import { image, modelServerImage } from '../../kubernetes/images.ts';
import { modelDirectory } from '../../kubernetes/model-files.ts';
import { containerSecurity, resources } from '../../kubernetes/pod.ts';
import { addServedModels } from '../../kubernetes/serving.ts';
import { triton } from './index.ts';

/** Engine settings as Triton's vLLM backend reads them from `model.json`: the names of the engine's own arguments. */
export function engineSettings(model: ServedModel): Readonly<Record<string, unknown>> {
  const { layout, limits } = model;
  return {
    model: modelDirectory(model),
    served_model_name: model.servedName,
    max_model_len: limits.maxModelLen,
    max_num_seqs: limits.maxNumSeqs,
    max_num_batched_tokens: limits.maxNumBatchedTokens,
    gpu_memory_utilization: limits.gpuMemoryUtilization,
    tensor_parallel_size: layout.tensorParallelSize,
    ...(layout.pipelineParallelSize > 1 ? { pipeline_parallel_size: layout.pipelineParallelSize } : {}),
    ...(model.kvPrecision === 'fp8' ? { kv_cache_dtype: 'fp8' } : {}),
    enable_prefix_caching: limits.prefixCaching,
  };
}

/** The model repository beside the weights: one model, one version, its engine settings. */
function repository(model: ServedModel): k8s.Container {
  const folder = `/models/repository/${model.servedName}`;
  return {
    name: 'model-repository',
    image: image('awsCli'),
    command: [
      '/bin/sh',
      '-c',
      `set -eu
mkdir -p ${folder}/1
printf '%s\\n' "$ENGINE" > ${folder}/1/model.json
printf 'backend: "vllm"\\ninstance_group [{ count: 1, kind: KIND_MODEL }]\\n' > ${folder}/config.pbtxt`,
    ],
    env: [{ name: 'ENGINE', value: JSON.stringify(engineSettings(model)) }],
    resources: resources(100, '64Mi'),
    securityContext: containerSecurity(),
    volumeMounts: [{ name: 'models', mountPath: '/models' }],
  };
}

export const build: KubernetesBuilder = (app, plan: Plan) =>
  addServedModels(app, plan, 'triton', (model) => ({
    image: modelServerImage('triton', plan),
    command: ['python3'],
    args: triton.arguments(model, plan),
    env: {
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
      VLLM_NO_USAGE_STATS: '1',
      HOME: '/home/server',
      USER: 'server',
    },
    healthPath: '/health/ready',
    metrics: true,
    initContainers: [repository(model)],
  }));

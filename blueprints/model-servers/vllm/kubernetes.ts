import { efaInterfaces } from '../../clouds/aws/machines.ts';
import type { KubernetesBuilder } from '../../contract.ts';
import { modelServerImage } from '../../kubernetes/images.ts';
import { addServedModels } from '../../kubernetes/serving.ts';
import { vllmArguments, vllmGroupArguments } from './arguments.ts';

/** Nothing is fetched or reported at run time; caches live in the pod's own home. */
const environment = {
  HF_HUB_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  VLLM_NO_USAGE_STATS: '1',
  HOME: '/home/server',
  USER: 'server',
} as const;

export const build: KubernetesBuilder = (app, plan) =>
  addServedModels(
    app,
    plan,
    'vllm',
    (model, _plan, rank) => ({
      image: modelServerImage('vllm', plan),
      command: ['vllm', 'serve'],
      args: [...vllmArguments(model, plan), ...(model.nodesPerReplica > 1 ? vllmGroupArguments(model, rank) : [])],
      env: environment,
      healthPath: '/health',
      metrics: true,
    }),
    plan.platform.cloud === 'aws' ? { efaInterfaces } : {},
  );

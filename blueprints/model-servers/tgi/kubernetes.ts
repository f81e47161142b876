import type { KubernetesBuilder } from '../../contract.ts';
import { modelServerImage } from '../../kubernetes/images.ts';
import { addServedModels } from '../../kubernetes/serving.ts';
import { tgi } from './index.ts';

export const build: KubernetesBuilder = (app, plan) =>
  addServedModels(app, plan, 'tgi', (model) => ({
    image: modelServerImage('tgi', plan),
    args: tgi.arguments(model, plan),
    env: {
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
      HF_HUB_DISABLE_TELEMETRY: '1',
      USAGE_STATS: 'off',
      HUGGINGFACE_HUB_CACHE: '/home/server',
      HOME: '/home/server',
      USER: 'server',
    },
    healthPath: '/health',
    metrics: true,
  }));

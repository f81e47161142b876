import type { KubernetesBuilder } from '../../contract.ts';
import { modelServerImage } from '../../kubernetes/images.ts';
import { addServedModels } from '../../kubernetes/serving.ts';
import { llamaCpp } from './index.ts';

export const build: KubernetesBuilder = (app, plan) =>
  addServedModels(app, plan, 'llama-cpp', (model) => ({
    image: modelServerImage('llama-cpp', plan),
    command: ['/app/llama-server'],
    args: llamaCpp.arguments(model, plan),
    env: { HOME: '/home/server' },
    healthPath: '/health',
    metrics: true,
    renameWeights: 'model.gguf',
  }));

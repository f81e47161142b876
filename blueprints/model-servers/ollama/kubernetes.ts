import type { ServedModel } from '../../../lib/plan/plan.ts';
import type { KubernetesBuilder } from '../../contract.ts';
import { modelServerImage } from '../../kubernetes/images.ts';
import { modelDirectory } from '../../kubernetes/model-files.ts';
import { ports } from '../../kubernetes/names.ts';
import { addServedModels } from '../../kubernetes/serving.ts';
import { ollama } from './index.ts';

/** Registers the fetched weights under the name callers use; they are never pulled from a public library. */
const register = (model: ServedModel) => [
  '/bin/sh',
  '-c',
  `until ollama list > /dev/null 2>&1; do sleep 1; done
printf 'FROM ${modelDirectory(model)}/model.gguf\\nPARAMETER num_ctx ${model.limits.maxModelLen}\\n' > /tmp/Modelfile
ollama create ${model.servedName} -f /tmp/Modelfile`,
];

export const build: KubernetesBuilder = (app, plan) =>
  addServedModels(app, plan, 'ollama', (model) => ({
    image: modelServerImage('ollama', plan),
    args: ollama.arguments(model, plan),
    env: {
      OLLAMA_HOST: `0.0.0.0:${ports.modelServer}`,
      OLLAMA_MODELS: '/home/server/models',
      OLLAMA_NUM_PARALLEL: String(model.limits.maxNumSeqs),
      OLLAMA_KEEP_ALIVE: '-1',
      OLLAMA_NO_CLOUD: '1',
      HOME: '/home/server',
    },
    healthPath: '/api/version',
    metrics: false,
    renameWeights: 'model.gguf',
    postStart: register(model),
  }));

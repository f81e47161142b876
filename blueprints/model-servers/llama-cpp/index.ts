import type { ModelServerBlueprint } from '../../contract.ts';
import { versions } from '../../versions.ts';

/** llama.cpp's server: CPU fallback and edge. */
export const llamaCpp: ModelServerBlueprint = {
  title: 'llama.cpp server',
  rows: ['D3.5'],
  version: versions.llamaCpp.version,
  pros: [
    'Runs on CPUs and small devices, GPUs optional',
    'GGUF quantizations down to 4 bits and below',
    'One small binary, OpenAI-compatible API',
  ],
  cons: [
    'Tens of tokens a second on a CPU: a fallback, not a platform',
    'Context is divided among the parallel slots',
    'Models must be converted to GGUF',
  ],
  reversal: 'The API is OpenAI’s: point the gateway route at vLLM once a GPU is there.',
  sources: [versions.llamaCpp.source],
  unmet: ({ model }) =>
    model.kind === 'chat' || model.kind === 'embedding' || model.kind === 'reranker'
      ? []
      : [
          {
            path: 'decisions.D3',
            asked: `a ${model.kind} model`,
            found: 'llama.cpp serves chat, embedding and reranking models',
            change: 'Serve it with vLLM.',
          },
        ],
  metrics: {
    requestsRunning: 'llamacpp:requests_processing',
    requestsWaiting: 'llamacpp:requests_deferred',
    promptTokens: 'llamacpp:prompt_tokens_total',
    generationTokens: 'llamacpp:tokens_predicted_total',
  },
  arguments: (model) => [
    `--model=/models/${model.role}/model.gguf`,
    `--alias=${model.servedName}`,
    '--host=0.0.0.0',
    '--port=8000',
    `--parallel=${model.limits.maxNumSeqs}`,
    `--ctx-size=${model.limits.maxModelLen * model.limits.maxNumSeqs}`,
    `--batch-size=${model.limits.maxNumBatchedTokens}`,
    '--metrics',
    ...(model.gpusPerReplica > 0
      ? ['--n-gpu-layers=999']
      : [`--threads=${Math.ceil(model.millicoresPerReplica / 1000)}`]),
    ...(model.role.startsWith('embedding') ? ['--embeddings'] : []),
    ...(model.role.startsWith('reranker') ? ['--reranking'] : []),
    ...(model.toolParser ? ['--jinja'] : []),
  ],
  runbook: [
    {
      runbook: 'latency-degradation',
      symptom: 'Requests are deferred.',
      check: 'llamacpp:requests_deferred and the slots of GET /slots.',
      action: 'Add a replica, or send the load to the hosted fallback.',
    },
  ],
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

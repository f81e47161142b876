import type { ModelServerBlueprint } from '../../contract.ts';
import { versions } from '../../versions.ts';

/** Ollama: development and one user. */
export const ollama: ModelServerBlueprint = {
  title: 'Ollama',
  rows: ['D3.4'],
  version: versions.ollama.version,
  pros: [
    'Runs in minutes on a desktop GPU, an Apple machine or a CPU',
    'GGUF models with one command',
    'OpenAI-compatible API',
  ],
  cons: [
    'A fixed number of parallel slots: never for many users',
    'No metrics endpoint',
    'Quantized copies by tag rather than by revision',
  ],
  reversal: 'The API is OpenAI’s: point the gateway route at vLLM or llama.cpp.',
  sources: [versions.ollama.source],
  unmet: ({ multiUser, precision }) => [
    ...(multiUser
      ? [
          {
            path: 'throughput.pattern',
            asked: 'several users at once',
            found: 'Ollama serves a fixed number of slots and is for one user',
            change: 'Serve with vLLM, or answer single-user.',
          },
        ]
      : []),
    ...(precision.startsWith('gguf')
      ? []
      : [
          {
            path: 'decisions.D4',
            asked: precision,
            found: 'Ollama reads GGUF',
            change: 'Serve GGUF Q4_K_M, or choose another server.',
          },
        ]),
  ],
  metrics: {},
  arguments: () => ['serve'],
  runbook: [
    {
      runbook: 'latency-degradation',
      symptom: 'Answers start late.',
      check: 'ollama ps: is the model on the GPU, and was it unloaded between requests?',
      action: 'Set OLLAMA_KEEP_ALIVE=-1, and a smaller context or quantization when part of it runs on the CPU.',
    },
  ],
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

import type { ModelServerBlueprint } from '../../contract.ts';
import { versions } from '../../versions.ts';
import { vllmMetrics } from '../vllm/metrics.ts';

/** Triton Inference Server with its vLLM backend: where ensembles with vision or audio models already run. */
export const triton: ModelServerBlueprint = {
  title: 'Triton Inference Server',
  rows: ['D3.3'],
  version: versions.triton.version,
  pros: [
    'One server for language, vision and audio models and ensembles of them',
    'Keeps an existing model repository and its operations',
    'The vLLM backend brings continuous batching and paged KV cache',
  ],
  cons: [
    'The vLLM inside is as old as the container release',
    'A model repository and configuration files beside the flags',
    'The OpenAI-compatible front end is younger than vLLM’s own',
  ],
  reversal: 'The front end speaks OpenAI’s API: point the gateway route at a vLLM deployment of the same model.',
  sources: [versions.triton.source],
  unmet: ({ cpuOnly, precision, vendor }) => [
    ...(cpuOnly || vendor !== 'nvidia'
      ? [
          {
            path: 'infrastructure.gpu.allow',
            asked: cpuOnly ? 'no GPU' : `a GPU of ${vendor}`,
            found: 'the vLLM backend of Triton needs an NVIDIA GPU',
            change: 'Choose an NVIDIA GPU, or serve with llama.cpp.',
          },
        ]
      : []),
    ...(precision.startsWith('gguf')
      ? [
          {
            path: 'decisions.D4',
            asked: precision,
            found: 'the vLLM backend reads GGUF only as an experiment',
            change: 'Choose AWQ, GPTQ, FP8 or BF16.',
          },
        ]
      : []),
  ],
  metrics: {
    ...vllmMetrics,
    requestSuccess: 'nv_inference_request_success',
    queueTime: 'nv_inference_queue_duration_us',
  },
  arguments: (model) => [
    '/opt/tritonserver/python/openai/openai_frontend/main.py',
    '--model-repository=/models/repository',
    `--tokenizer=/models/${model.role}`,
    '--openai-port=8000',
    '--enable-kserve-frontends',
  ],
  runbook: [
    {
      runbook: 'latency-degradation',
      symptom: 'Requests wait in Triton.',
      check: 'nv_inference_queue_duration_us and vllm:num_requests_waiting by pod.',
      action: 'Add a replica; compare max_num_seqs in model.json with the plan.',
    },
  ],
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

import type { ModelServerUse } from '../../../lib/catalog/products.ts';
import type { Reason } from '../../../lib/outcome.ts';
import type { ModelServerBlueprint } from '../../contract.ts';
import { versions } from '../../versions.ts';
import { vllmArguments } from './arguments.ts';
import { vllmMetrics } from './metrics.ts';

function unmet({ cpuOnly, precision, vendor }: ModelServerUse): readonly Reason[] {
  const reasons: Reason[] = [];
  if (cpuOnly) {
    reasons.push({
      path: 'infrastructure.cpuOnly',
      asked: 'no GPU',
      found: 'vLLM is planned on GPUs only',
      change: 'Allow a GPU, or serve a quantized model with llama.cpp.',
    });
  }
  if (precision === 'nf4' || precision === 'q4_k_m' || precision.startsWith('gguf')) {
    reasons.push({
      path: 'decisions.D4',
      asked: precision,
      found: `vLLM ${versions.vllm.version} has no loader for it: bitsandbytes and GGUF have left the engine`,
      change: 'Choose AWQ, GPTQ, FP8 or BF16, or serve with llama.cpp (GGUF) or TGI (NF4).',
    });
  }
  if (vendor === 'aws') {
    reasons.push({
      path: 'infrastructure.gpu.allow',
      asked: 'a Neuron accelerator',
      found: 'the pinned image of vLLM is built for NVIDIA',
      change: 'Choose an NVIDIA GPU.',
    });
  }
  return reasons;
}

/** vLLM: the default for open-weight models under load. */
export const vllm: ModelServerBlueprint = {
  title: 'vLLM',
  rows: ['D3.1'],
  version: versions.vllm.version,
  pros: [
    'Continuous batching, paged KV cache, chunked prefill and prefix caching on by default',
    'Widest coverage of open-weight models, quantizations and parallel layouts',
    'OpenAI-compatible API with tool parsing and guided decoding; metrics for every stage',
  ],
  cons: [
    'A release every few weeks: flags and metric names move and must be pinned',
    'Admin endpoints are open inside the cluster, so a gateway and a network policy must stand in front',
    'Loads slowly: weights, then compilation',
  ],
  reversal: 'The API is OpenAI’s: point the gateway route at another server that serves the same name.',
  sources: [versions.vllm.source],
  unmet,
  metrics: vllmMetrics,
  arguments: vllmArguments,
  runbook: [
    {
      runbook: 'latency-degradation',
      symptom: 'Time to first token rises while few requests run.',
      check: 'vllm:num_requests_waiting, vllm:kv_cache_usage_perc and vllm:num_preemptions_total by pod.',
      action:
        'Cache full with preemptions: add a replica. Cache free and queue long: the token budget is spent on long inputs.',
    },
    {
      runbook: 'model-rollback',
      symptom: 'A new revision answers worse or fails to load.',
      check: 'The revision label of the pods, and the startup probe’s events.',
      action: 'kubectl rollout undo: the previous revision is still in the bucket and on the image digest before.',
    },
  ],
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

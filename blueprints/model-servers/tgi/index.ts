import type { ModelServerBlueprint } from '../../contract.ts';
import { versions } from '../../versions.ts';

/** Text Generation Inference: for an estate that already runs it. */
export const tgi: ModelServerBlueprint = {
  title: 'Text Generation Inference',
  rows: ['D3.2'],
  version: versions.tgi.version,
  pros: [
    'Fits a Hugging Face estate: same images, same operations',
    'OpenAI-compatible messages API',
    'Small set of flags',
  ],
  cons: [
    'In maintenance mode since late 2025: its maintainers point new work to vLLM and SGLang',
    'Fewer models and quantizations than vLLM',
    'Lower throughput at high concurrency',
  ],
  reversal: 'The messages API is OpenAI’s: point the gateway route at vLLM with the same model name.',
  sources: [versions.tgi.source],
  unmet: ({ cpuOnly, precision, vendor, model }) => [
    ...(cpuOnly
      ? [
          {
            path: 'infrastructure.cpuOnly',
            asked: 'no GPU',
            found: 'TGI is planned on GPUs only',
            change: 'Allow a GPU, or serve with llama.cpp.',
          },
        ]
      : []),
    ...(vendor === 'aws'
      ? [
          {
            path: 'infrastructure.gpu.allow',
            asked: 'a Neuron accelerator',
            found: 'the pinned image of TGI is built for NVIDIA',
            change: 'Choose an NVIDIA GPU.',
          },
        ]
      : []),
    ...(['mxfp4', 'nvfp4'].includes(precision) || precision.startsWith('gguf')
      ? [
          {
            path: 'decisions.D4',
            asked: precision,
            found: 'TGI has no kernels for it',
            change: 'Choose AWQ, GPTQ, FP8 or BF16, or serve with vLLM.',
          },
        ]
      : []),
    ...(model.kind === 'chat'
      ? []
      : [
          {
            path: 'decisions.D3',
            asked: `a ${model.kind} model`,
            found: 'TGI generates text only',
            change: 'Serve it with vLLM.',
          },
        ]),
  ],
  metrics: {
    requestsRunning: 'tgi_batch_current_size',
    requestsWaiting: 'tgi_queue_size',
    endToEndLatency: 'tgi_request_duration',
    queueTime: 'tgi_request_queue_duration',
    interTokenLatency: 'tgi_request_mean_time_per_token_duration',
    requestSuccess: 'tgi_request_success',
    generationTokens: 'tgi_request_generated_tokens',
  },
  arguments: (model) => [
    `--model-id=/models/${model.role}`,
    '--port=8000',
    `--max-concurrent-requests=${model.limits.maxNumSeqs}`,
    `--max-total-tokens=${model.limits.maxModelLen}`,
    `--max-input-tokens=${model.limits.maxModelLen - 1}`,
    `--max-batch-prefill-tokens=${Math.max(model.limits.maxNumBatchedTokens, model.limits.maxModelLen - 1)}`,
    `--cuda-memory-fraction=${model.limits.gpuMemoryUtilization}`,
    ...(model.gpusPerReplica > 1 ? [`--num-shard=${model.gpusPerReplica}`] : []),
    ...(tgiQuantization[model.precision] ? [`--quantize=${tgiQuantization[model.precision]}`] : []),
  ],
  runbook: [
    {
      runbook: 'latency-degradation',
      symptom: 'The queue grows.',
      check: 'tgi_queue_size and tgi_batch_current_size by pod.',
      action: 'Add a replica; then lower --max-concurrent-requests so that the gateway sheds load earlier.',
    },
  ],
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

const tgiQuantization: Readonly<Record<string, string>> = { fp8: 'fp8', int4: 'awq', nf4: 'bitsandbytes-nf4' };

import { describe, expect, test } from 'vitest';
import { vllmArguments } from '../../blueprints/model-servers/vllm/arguments.ts';
import { vllmFlags } from '../../blueprints/model-servers/vllm/flags.ts';
import { vllm } from '../../blueprints/model-servers/vllm/index.ts';
import { retiredVllmMetrics, vllmMetrics } from '../../blueprints/model-servers/vllm/metrics.ts';
import { toolParserOf } from '../../blueprints/model-servers/vllm/tool-parsers.ts';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';
import { plans } from '../kubernetes/plans.ts';

const plan = fixturePlan();
const [chat, embedding] = plan.models as [ServedModel, ServedModel];
const flags = (change: Partial<ServedModel> = {}, of: Plan = plan) => vllmArguments({ ...chat, ...change }, of);
const limits = (change: Partial<ServedModel['limits']>) => flags({ limits: { ...chat.limits, ...change } });

describe('arguments of vllm serve', () => {
  test.each([
    ['the model is a local path', flags(), '/models/chat'],
    ['max-num-seqs is the plan’s (D5.1)', limits({ maxNumSeqs: 77 }), '--max-num-seqs=77'],
    [
      'max-num-batched-tokens is the plan’s (D5.1)',
      limits({ maxNumBatchedTokens: 3000 }),
      '--max-num-batched-tokens=3000',
    ],
    ['max-model-len is the plan’s', limits({ maxModelLen: 12_345 }), '--max-model-len=12345'],
    [
      'a share of memory that is not the default',
      limits({ gpuMemoryUtilization: 0.85 }),
      '--gpu-memory-utilization=0.85',
    ],
    [
      'prefix caching is switched off where nothing repeats (D5.2)',
      limits({ prefixCaching: false }),
      '--no-enable-prefix-caching',
    ],
    ['tensor parallelism', flags({ layout: { ...chat.layout, tensorParallelSize: 4 } }), '--tensor-parallel-size=4'],
    [
      'pipeline parallelism',
      flags({ layout: { ...chat.layout, pipelineParallelSize: 2 } }),
      '--pipeline-parallel-size=2',
    ],
    ['expert parallelism', flags({ layout: { ...chat.layout, expertParallelSize: 8 } }), '--enable-expert-parallel'],
    ['an FP8 KV cache (D5.5)', flags({ kvPrecision: 'fp8' }), '--kv-cache-dtype=fp8'],
    ['FP8 of a 16-bit checkpoint is made while loading (D4.6)', flags({ precision: 'fp8' }), '--quantization=fp8'],
    ['FP16 before Ampere (D4.5)', flags({ precision: 'fp16' }), '--dtype=float16'],
    ['a drain waits for the longest generation', flags({ longestGenerationSeconds: 99 }), '--shutdown-timeout=99'],
    [
      'a draft model (D5.3)',
      flags({ speculative: { draftModelId: 'a/b', tokens: 3 } }),
      '--speculative-config={"model":"/models/chat-draft","num_speculative_tokens":3}',
    ],
    ['an embedding model pools', vllmArguments(embedding, plan), '--runner=pooling'],
  ])('%s', (_says, found, expected) => {
    expect(found).toContain(expected);
  });

  test('no default is repeated and nothing is quantized twice', () => {
    const text = flags({ precision: 'int4' }).join(' ');
    expect(text).not.toMatch(
      /--gpu-memory-utilization|--enable-prefix-caching|--enable-chunked-prefill|--quantization/,
    );
    expect(flags({ precision: 'fp8', modelId: 'Qwen/Qwen3-32B-FP8' }).join(' ')).not.toContain('--quantization');
  });

  test('tools are parsed by the server where calls are asked for (D9.3)', () => {
    const agent = {
      ...plan,
      requirements: {
        ...plan.requirements,
        application: { ...plan.requirements.application, output: 'function-calls' as const },
      },
    };
    expect(flags({}, agent)).toEqual(
      expect.arrayContaining(['--enable-auto-tool-choice', '--tool-call-parser=llama3_json']),
    );
    expect(flags()).not.toContain('--enable-auto-tool-choice');
    expect(flags({ modelId: 'unknown/model' }, agent)).not.toContain('--enable-auto-tool-choice');
  });

  test.each([
    ['Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', 'qwen3_coder'],
    ['Qwen/Qwen2.5-72B-Instruct', 'hermes'],
    ['openai/gpt-oss-120b', 'openai'],
    ['deepseek-ai/DeepSeek-V3.1', 'deepseek_v31'],
    ['zai-org/GLM-4.5-Air', 'glm45'],
    ['mistralai/Mistral-Small-3.2-24B-Instruct-2506', 'mistral'],
    ['MiniMaxAI/MiniMax-M2', 'minimax_m2'],
    ['BAAI/bge-m3', undefined],
  ])('the parser of %s is %s', (id, parser) => {
    expect(toolParserOf(id)).toBe(parser);
  });

  test('every flag of every plan is known to the pinned version and none is retired', () => {
    const used = Object.values(plans).flatMap((each) =>
      each.models
        .filter(({ server }) => server === 'vllm')
        .flatMap((model) => vllmArguments(model, each))
        .filter((flag) => flag.startsWith('--'))
        .map((flag) => flag.split('=')[0]),
    );
    const known = new Set<string>(vllmFlags.known);
    expect([...new Set(used)].filter((flag) => !known.has(flag ?? ''))).toEqual([]);
    expect(vllmFlags.retired.filter((flag) => known.has(flag))).toEqual([]);
  });
});

describe('what vLLM cannot serve', () => {
  const use = {
    model: { kind: 'chat' } as never,
    multiUser: true,
    cpuOnly: false,
    precision: 'bf16',
    vendor: 'nvidia',
  };
  test.each([
    ['a machine without GPU', { cpuOnly: true }],
    ['NF4: bitsandbytes has left the engine', { precision: 'nf4' }],
    ['GGUF', { precision: 'q4_k_m' }],
    ['a Neuron accelerator', { vendor: 'aws' }],
  ])('%s', (_says, change) => {
    expect(vllm.unmet({ ...use, ...change })).toHaveLength(1);
  });
  test('and what it can', () => {
    for (const precision of ['bf16', 'fp8', 'int4', 'mxfp4', 'nvfp4'])
      expect(vllm.unmet({ ...use, precision })).toEqual([]);
  });
});

test('no retired metric is among the current ones', () => {
  const current = new Set<string>(Object.values(vllmMetrics));
  expect(Object.keys(retiredVllmMetrics).filter((name) => current.has(name))).toEqual([]);
});

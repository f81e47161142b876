import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { editDistance, nearest } from '../../lib/catalog/did-you-mean.ts';
import { findGpu, findHostedModel, findModel, findOffer } from '../../lib/catalog/find.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';

const catalog = loadCatalog(tinyCatalog.products);

describe('models by their usual aliases', () => {
  test.each([
    ['meta-llama/Llama-3.1-8B-Instruct', 'meta-llama/Llama-3.1-8B-Instruct'],
    ['META-LLAMA/llama-3.1-8b-instruct', 'meta-llama/Llama-3.1-8B-Instruct'],
    ['nvidia/Llama-3.1-8B-Instruct-FP8', 'meta-llama/Llama-3.1-8B-Instruct'],
    ['neuralmagic/Meta-Llama-3.1-8B-Instruct-quantized.w4a16', 'meta-llama/Llama-3.1-8B-Instruct'],
    ['RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w8a8', 'meta-llama/Llama-3.1-8B-Instruct'],
    ['hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4', 'meta-llama/Llama-3.1-70B-Instruct'],
    ['RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic', 'meta-llama/Llama-4-Scout-17B-16E-Instruct'],
    ['meta-llama/Llama-3.1-70B', 'meta-llama/Llama-3.1-70B-Instruct'],
    ['Llama-2-7b', 'meta-llama/Llama-2-7b-hf'],
    ['meta-llama/Llama-2-70b-chat-hf', 'meta-llama/Llama-2-70b-hf'],
    ['meta-llama/Meta-Llama-3-8B', 'meta-llama/Meta-Llama-3-8B-Instruct'],
    ['codellama/CodeLlama-34b-Python-hf', undefined],
    ['codellama/CodeLlama-34b-hf', 'codellama/CodeLlama-34b-Instruct-hf'],
    ['01-ai/Yi-34B', '01-ai/Yi-34B'],
    ['Qwen/Qwen3-32B-AWQ', 'Qwen/Qwen3-32B'],
    ['Qwen/Qwen3-30B-A3B-GPTQ-Int4', 'Qwen/Qwen3-30B-A3B'],
    ['Qwen/Qwen3-235B-A22B', 'Qwen/Qwen3-235B-A22B-Instruct-2507'],
    ['mistralai/Mixtral-8x7B-v0.1', 'mistralai/Mixtral-8x7B-Instruct-v0.1'],
    ['Mixtral-8x7B', 'mistralai/Mixtral-8x7B-Instruct-v0.1'],
    ['deepseek-ai/DeepSeek-R1', 'deepseek-ai/DeepSeek-R1-0528'],
    ['nvidia/DeepSeek-V3.1-NVFP4', 'deepseek-ai/DeepSeek-V3.1'],
    ['unsloth/gpt-oss-120b-BF16', 'openai/gpt-oss-120b'],
    ['zai-org/GLM-4.7-FP8', 'zai-org/GLM-4.7'],
    ['MiniMaxAI/MiniMax-M2.5', 'MiniMaxAI/MiniMax-M2.5'],
    ['moonshotai/Kimi-K2.5', 'moonshotai/Kimi-K2.5'],
    ['Qwen/Qwen3-30B-A3B-Thinking-2507', 'Qwen/Qwen3-30B-A3B-Instruct-2507'],
    ['Qwen/Qwen3-Next-80B-A3B-Thinking-FP8', 'Qwen/Qwen3-Next-80B-A3B-Instruct'],
    ['amd/Llama-3.3-70B-Instruct-MXFP4-Preview', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['google/gemma-3-27b-it-qat-q4_0-gguf', 'google/gemma-3-27b-it'],
    ['Llama3.1-8B', 'meta-llama/Llama-3.1-8B-Instruct'],
    ['01-ai/Yi-1.5-34B-Chat', undefined],
    ['deepseek-ai/DeepSeek-V3', 'deepseek-ai/DeepSeek-V3-0324'],
    ['deepseek-ai/DeepSeek-V3.1-Terminus', 'deepseek-ai/DeepSeek-V3.1'],
    ['deepseek-ai/DeepSeek-V3.2-Exp', 'deepseek-ai/DeepSeek-V3.2'],
    ['nvidia/DeepSeek-R1-0528-NVFP4-v2', 'deepseek-ai/DeepSeek-R1-0528'],
    ['deepseek-ai/DeepSeek-V4', undefined],
    ['meta-llama/Llama-v5-8B', undefined],
  ])('%s is %s', (alias, id) => {
    const found = findModel(catalog, alias);
    expect(found.ok ? found.value.id : undefined).toBe(id);
  });

  test('every id of the catalogue finds its own row', () => {
    const wrong = catalog.models.filter(({ id }) => {
      const found = findModel(catalog, id);
      return !found.ok || found.value.id !== id;
    });
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  test('a misspelt id gets the nearest ones', () => {
    const found = findModel(catalog, 'meta-llama/Lama-3.1-8B');
    expect(!found.ok && found.reasons[0].change).toBe('Did you mean meta-llama/Llama-3.1-8B-Instruct?');
  });

  test('an id like no other gets the way out', () => {
    const found = findModel(catalog, 'acme/zzzzzzzzzzzz');
    expect(!found.ok && found.reasons[0].change).toContain('model.configFile');
  });

  test('no text makes the look-up throw', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (id) => {
        expect(typeof findModel(tinyCatalog, id).ok).toBe('boolean');
        expect(typeof findGpu(tinyCatalog, id).ok).toBe('boolean');
      }),
      { numRuns: 300 },
    );
  });
});

describe('GPUs by the names that drivers and tables print', () => {
  test.each([
    ['H100-SXM', 'H100-SXM'],
    ['H100-SXM-80GB', 'H100-SXM'],
    ['NVIDIA H100 80GB HBM3', 'H100-SXM'],
    ['NVIDIA-A100-SXM4-40GB', 'A100-40'],
    ['A100-40GB', 'A100-40'],
    ['B200-SXM', 'B200'],
    ['Tesla T4', 'T4'],
    ['l40s', 'L40S'],
    ['NVIDIA GeForce RTX 4090', 'RTX-4090'],
    ['RTX 3090', 'RTX-3090'],
    ['L40', undefined],
    ['GH200', undefined],
  ])('%s is %s', (alias, id) => {
    const found = findGpu(catalog, alias);
    expect(found.ok ? found.value.id : undefined).toBe(id);
  });
});

test('instance types and hosted models are found, or the nearest named', () => {
  expect(findOffer(catalog, 'g6.xlarge').ok).toBe(true);
  const offer = findOffer(catalog, 'g6.xlrage');
  expect(!offer.ok && offer.reasons[0].change).toContain('g6.xlarge');
  expect(findHostedModel(catalog, 'anthropic/claude-haiku-4-5').ok).toBe(true);
  const hosted = findHostedModel(catalog, 'claude-haiku-45');
  expect(!hosted.ok && hosted.reasons[0].change).toContain('claude-haiku-4-5');
});

describe('edit distance', () => {
  test.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('%s → %s is %i', (from, to, distance) => expect(editDistance(from, to)).toBe(distance));

  test('is symmetric, zero only for equal words, and never above the longer one', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  test('names nothing where nothing is near', () => {
    expect(nearest('zzzzzz', ['latency', 'model'])).toEqual([]);
    expect(nearest('latenci', ['latency', 'model'])).toEqual(['latency']);
  });
});

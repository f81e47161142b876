import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { lookUpModel } from '../../lib/catalog/find.ts';
import type { Model } from '../../lib/catalog/model.ts';
import { modelFromConfig } from '../../lib/catalog/model-config.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';
import { configs } from './configs.ts';

const catalog = loadCatalog(tinyCatalog.products);
const source = { ref: 'test', date: '2026-01-01' };
const read = (config: unknown, id = 'own/model') => modelFromConfig(config, { id, source });

function modelOf(config: unknown): Model {
  const found = read(config);
  if (!found.ok) throw new Error(found.reasons.map(({ path, found: what }) => `${path}: ${what}`).join('; '));
  return found.value;
}

/** Shapes of published configs, and the catalogue's row with its independently collected count. */
describe.each(Object.entries(configs))('%s', (id, config) => {
  const model = modelOf(config);
  const row = lookUpModel(catalog.models, id);

  test('counts the parameters of the catalogue’s row, which is rounded to 0.1 million', () => {
    expect(row).toBeDefined();
    expect(Math.abs(model.parameters - (row?.parameters ?? 0))).toBeLessThan(100_000);
    expect(Math.abs(model.activeParameters - (row?.activeParameters ?? 0))).toBeLessThan(100_000);
  });

  test('has its layers, heads and experts', () => {
    expect(model.attention).toEqual(row?.attention);
    expect(model.attentionLayers).toEqual(row?.attentionLayers);
    expect(model.moe).toEqual(row?.moe);
    expect(model.slidingWindowTokens).toBe(row?.slidingWindowTokens);
    expect(model.linearStateElementsPerLayer).toBe(row?.linearStateElementsPerLayer);
    expect(model.feedForwardMatrices).toBe(row?.feedForwardMatrices);
  });
});

/** The config a row's shapes came from, as far as the row tells it. */
function configOf(row: Model): Record<string, unknown> {
  const attention =
    row.attention.kind === 'grouped-query'
      ? { num_key_value_heads: row.attention.numKvHeads, head_dim: row.attention.headDim }
      : {
          kv_lora_rank: row.attention.kvLoraRank,
          q_lora_rank: row.attention.qLoraRank,
          qk_nope_head_dim: row.attention.qkNopeHeadDim,
          qk_rope_head_dim: row.attention.qkRopeHeadDim,
          v_head_dim: row.attention.vHeadDim,
        };
  const moe = row.moe && {
    n_routed_experts: row.moe.numExperts,
    num_experts_per_tok: row.moe.expertsPerToken,
    n_shared_experts: row.moe.sharedExperts,
    moe_intermediate_size: row.moe.moeIntermediateSize,
    first_k_dense_replace: row.moe.firstDenseLayers,
    decoder_sparse_step: row.moe.moeLayerStep,
  };
  return {
    architectures: [row.architecture],
    hidden_size: row.hiddenSize,
    num_hidden_layers: row.numLayers,
    num_attention_heads: row.numAttentionHeads,
    vocab_size: row.vocabularySize,
    max_position_embeddings: row.maxPositionEmbeddings,
    intermediate_size: row.intermediateSize,
    tie_word_embeddings: row.tiedEmbeddings,
    sliding_window: row.slidingWindowTokens,
    ...attention,
    ...moe,
  };
}

/** Rows whose shapes alone give their count: hybrids and indexers need fields a row does not keep. */
const plain = catalog.models.filter(
  (row) =>
    row.kind === 'chat' &&
    row.attentionLayers.linear === 0 &&
    !(row.attention.kind === 'latent' && row.attention.indexerHeadDim) &&
    read(configOf(row)).ok,
);

test('families of every size are counted as they were collected, within 0.5%', () => {
  const wrong = plain
    .map((row) => ({ id: row.id, off: modelOf(configOf(row)).parameters / row.parameters - 1 }))
    .filter(({ off }) => Math.abs(off) > 0.005);
  expect(wrong).toEqual([]);
  expect(plain.length).toBeGreaterThan(75);
});

test('sliding layers of a family are found without a list of layer types', () => {
  const gemmas = plain.filter((row) => /^gemma-[23]$/.test(row.family) || row.architecture.startsWith('Gemma'));
  expect(gemmas.length).toBeGreaterThan(4);
  for (const row of gemmas) expect(modelOf(configOf(row)).attentionLayers).toEqual(row.attentionLayers);
});

describe('a config that cannot be read', () => {
  const llama = configs['meta-llama/Llama-3.1-8B-Instruct'];

  test('fails when the architecture is not understood, and names it', () => {
    const found = read({ ...llama, architectures: ['DeepseekV4ForCausalLM'] });
    expect(!found.ok && found.reasons[0]).toMatchObject({ found: '«DeepseekV4ForCausalLM»' });
  });

  test.each([[undefined], [null], [[]], ['text'], [{}], [{ architectures: ['toString'] }]])(
    'fails for %j',
    (config) => {
      expect(read(config).ok).toBe(false);
    },
  );

  test('fails when a size is missing, zero or absurd, each by its name', () => {
    const found = read({ ...llama, hidden_size: undefined, vocab_size: 0, num_attention_heads: 1e12 });
    expect(!found.ok && found.reasons.map(({ path }) => path).sort()).toEqual([
      'model.configFile (hidden_size)',
      'model.configFile (num_attention_heads)',
      'model.configFile (vocab_size)',
    ]);
  });

  test('never throws on mutated fields', () => {
    const keys = Object.keys(configs['Qwen/Qwen3.5-35B-A3B'] ?? {});
    const mutated = fc.tuple(fc.constantFrom(...keys, 'num_experts', 'layer_types'), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(mutated, { maxLength: 5 }), (changes) => {
        const config = { ...configs['Qwen/Qwen3.5-35B-A3B'], ...Object.fromEntries(changes) };
        expect(typeof read(config).ok).toBe('boolean');
      }),
      { numRuns: 300 },
    );
  });
});

describe('laws of the count', () => {
  test('more layers, a wider model or more words never mean fewer weights', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 4 }), (layers, times) => {
        const small = modelOf({ ...configs['Qwen/Qwen3-30B-A3B'], num_hidden_layers: layers });
        const deeper = modelOf({ ...configs['Qwen/Qwen3-30B-A3B'], num_hidden_layers: layers + times });
        expect(deeper.parameters).toBeGreaterThan(small.parameters);
        expect(small.activeParameters).toBeLessThanOrEqual(small.parameters);
      }),
      { numRuns: 50 },
    );
  });

  test('a multimodal config is read for its text part', () => {
    const text = configs['Qwen/Qwen3-0.6B'];
    const nested = {
      architectures: ['Qwen3VLForConditionalGeneration'],
      text_config: { ...text, architectures: undefined },
    };
    expect(modelOf(nested).parameters).toBe(modelOf(text).parameters);
  });
});

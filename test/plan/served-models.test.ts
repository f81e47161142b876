import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { embeddingModels, rerankers } from '../../lib/decisions/embedding-models.ts';
import { plannedFixture } from '../decisions/fixtures/plans.ts';

/** The same work in the three patterns the answers can give it in. */
const patterns = {
  interactive: {},
  'single-user': { pattern: 'single-user', concurrency: 4, requestsPerSecond: null },
  batch: {
    pattern: 'batch',
    requestsPerSecond: null,
    batch: { requestsPerRun: 100_000, finishWithinHours: 8, runsPerMonth: 10 },
  },
};

describe.each(Object.entries(patterns))(
  'the price of a token with the pattern %s (P5, P24)',
  (_pattern, throughput) => {
    const { models, cost, requirements } = plannedFixture({ throughput });
    const [chat] = models;

    test('is what the machines cost over the tokens they serve, so that a budget of the gateway trips when it should', () => {
      expect(chat?.usdPerMillionInputTokens).toBeGreaterThan(0);
      expect(chat?.usdPerMillionOutputTokens).toBeLessThan(10_000);
    });

    test('agrees with the cost of a thousand requests', () => {
      const { inputTokens, outputTokens } = requirements.throughput;
      const perRequest =
        ((inputTokens?.mean ?? 0) * (chat?.usdPerMillionInputTokens ?? 0) +
          (outputTokens?.mean ?? 0) * (chat?.usdPerMillionOutputTokens ?? 0)) /
        1e6;
      expect(cost.usdPerThousandRequests).toBeGreaterThanOrEqual(perRequest * 1000 * 0.99);
    });
  },
);

describe('the revision a model is mirrored at (P3)', () => {
  const { models } = loadCatalog({ vectorStores: {}, modelServers: {}, gateways: {}, clouds: {} });
  const knownRevision = (modelId: string) => models.find(({ id }) => id === modelId)?.revision;
  const revision = 'f'.repeat(40);
  const chatOf = (overlay: Parameters<typeof plannedFixture>[0]) => plannedFixture(overlay).models[0];

  test('is the one of the answers, else the one that is known', () => {
    expect(chatOf({ model: { revision } })?.revision).toBe(revision);
    const chat = chatOf({});
    expect(chat?.revision).toBe(knownRevision(chat?.modelId ?? ''));
  });

  test('is never open for the embedding and reranking models, which no answer can pin', () => {
    for (const id of [...embeddingModels.filter(({ hosted }) => !hosted).map(({ id }) => id), ...rerankers])
      expect(knownRevision(id), id).toMatch(/^[0-9a-f]{40}$/);
  });

  test('is known for the models of every preset, so that a preset can be raised as it is', () => {
    for (const { answers } of Object.values(presets))
      if (answers.model?.id !== undefined) expect(knownRevision(answers.model.id), answers.model.id).toBeDefined();
  });
});

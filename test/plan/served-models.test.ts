import { describe, expect, test } from 'vitest';
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

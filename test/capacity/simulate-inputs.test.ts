import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createArrivals, diurnalRate, meanRate } from '../../lib/capacity/arrivals.ts';
import { engineDefaults } from '../../lib/capacity/engine-defaults.ts';
import { createLengths, lognormalParameters, meanTokens, quantileTokens } from '../../lib/capacity/lengths.ts';
import { addValue, createBinnedSketch, createSketch, percentilesOf } from '../../lib/capacity/percentiles.ts';
import { createRandom } from '../../lib/capacity/random.ts';
import { simulate } from '../../lib/capacity/simulate.ts';
import type { LengthDistribution } from '../../lib/capacity/types.ts';
import { gpu, simulation } from './fixtures.ts';
import trace from './traces/azure-conversation.json' with { type: 'json' };

const draws = 40_000;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const spread = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};

describe('random numbers', () => {
  test('streams of one seed are independent, and equal names give equal numbers', () => {
    const take = (name: string): number[] => {
      const { uniform } = createRandom(5, name);
      return Array.from({ length: 5 }, uniform);
    };
    expect(take('a')).toEqual(take('a'));
    expect(take('a')).not.toEqual(take('b'));
  });

  test.each([0.2, 1, 5])('gamma of shape %d has mean 1 and the variance it should', (shape) => {
    const random = createRandom(3, 'gamma');
    const values = Array.from({ length: draws }, () => random.gamma(shape));
    expect(mean(values)).toBeCloseTo(1, 1);
    expect(spread(values)).toBeCloseTo(1 / Math.sqrt(shape), 1);
  });
});

describe('arrivals', () => {
  const gapsOf = (arrivals: Parameters<typeof createArrivals>[0], count = draws): number[] => {
    const next = createArrivals(arrivals, createRandom(1, 'arrivals'));
    let before = 0;
    return Array.from({ length: count }, () => {
      const at = next();
      const gap = at - before;
      before = at;
      return gap;
    });
  };

  test.each([
    [{ kind: 'poisson', requestsPerSecond: 4 } as const, 1],
    [{ kind: 'gamma', requestsPerSecond: 4, coefficientOfVariation: 2.5 } as const, 2.5],
  ])('%o keeps its rate and its burstiness', (arrivals, burstiness) => {
    const gaps = gapsOf(arrivals);
    expect(1 / mean(gaps)).toBeCloseTo(4, 0);
    expect(spread(gaps) / mean(gaps)).toBeCloseTo(burstiness, 0);
    expect(meanRate(arrivals)).toBe(4);
  });

  test('a diurnal day has the asked mean and peak', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.double({ min: 1.05, max: 8, noNaN: true }),
        (average, factor) => {
          const rate = diurnalRate(average, average * factor);
          const day = Array.from({ length: 1440 }, (_, minute) => rate((minute + 0.5) * 60));
          expect(mean(day) / average).toBeCloseTo(1, 1);
          expect(Math.max(...day) / (average * factor)).toBeCloseTo(1, 2);
        },
      ),
      { numRuns: 30, seed: 2 },
    );
  });

  test('bursts of the same rate wait longer than independent users', () => {
    const calm = simulate(simulation({ arrivals: { kind: 'poisson', requestsPerSecond: 8 }, requests: 2000 }));
    const bursts = simulate(
      simulation({ arrivals: { kind: 'gamma', requestsPerSecond: 8, coefficientOfVariation: 3 }, requests: 2000 }),
    );
    expect(bursts.ttftSeconds.p95).toBeGreaterThan(calm.ttftSeconds.p95);
  });

  test('a recorded trace is replayed request by request', () => {
    const rows: readonly (readonly number[])[] = trace.rows;
    const replay = simulate(
      simulation({
        arrivals: { kind: 'trace', arrivalSeconds: rows.map(([at = 0]) => at / 1000) },
        inputTokens: { kind: 'empirical', tokens: rows.map(([, input = 0]) => input) },
        outputTokens: { kind: 'empirical', tokens: rows.map(([, , output = 0]) => output) },
        requests: rows.length,
      }),
    );
    expect(replay.completedRequests + replay.rejectedRequests).toBe(rows.length);
    const served = rows.filter(([, input = 0]) => input < 8192);
    expect(replay.inputTokens).toBe(served.reduce((sum, [, input = 0]) => sum + input, 0));
    expect(replay.outputTokens).toBe(served.reduce((sum, [, , output = 0]) => sum + output, 0));
    expect(replay.durationSeconds).toBeGreaterThan(299);
  });
});

describe('lengths', () => {
  const kinds: readonly LengthDistribution[] = [
    { kind: 'constant', tokens: 300 },
    { kind: 'uniform', minTokens: 100, maxTokens: 500 },
    { kind: 'normal', meanTokens: 300, stdTokens: 60 },
    { kind: 'lognormal', meanTokens: 300, p95Tokens: 800 },
    { kind: 'empirical', tokens: [100, 200, 600] },
  ];

  test.each(kinds)('$kind draws whole tokens with its mean and its 95th percentile', (lengths) => {
    const next = createLengths(lengths, createRandom(4, 'lengths'), false);
    const values = Array.from({ length: draws }, next).sort((a, b) => a - b);
    expect(values.every((value) => Number.isInteger(value) && value >= 1)).toBe(true);
    expect(mean(values) / meanTokens(lengths)).toBeCloseTo(1, 1);
    expect((values[Math.floor(0.95 * draws)] as number) / quantileTokens(lengths, 0.95)).toBeCloseTo(1, 1);
  });

  test('log-normal parameters give back mean and P95', () => {
    const { mu, sigma } = lognormalParameters(1000, 2500);
    expect(Math.exp(mu + sigma ** 2 / 2)).toBeCloseTo(1000, 6);
    expect(Math.exp(mu + 1.6448536 * sigma)).toBeCloseTo(2500, 2);
  });
});

describe('percentiles', () => {
  test('are exact while values are few, and within half a percent after', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.boolean(), (seed, many) => {
        const { exponential } = createRandom(seed, 'sketch');
        const values = Array.from({ length: many ? 20_000 : 500 }, () => 0.001 + exponential());
        const sketch = createSketch();
        for (const value of values) addValue(sketch, value);
        values.sort((a, b) => a - b);
        const found = percentilesOf(sketch);
        for (const [q, value] of [
          [0.5, found.p50],
          [0.95, found.p95],
          [0.99, found.p99],
        ] as const) {
          const exact = values[Math.round(q * (values.length - 1))] as number;
          expect(Math.abs(value / exact - 1)).toBeLessThan(many ? 0.006 : 0.03);
        }
        expect(found.mean).toBeCloseTo(mean(values), 9);
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  test('weights count as many values', () => {
    const sketch = createBinnedSketch();
    addValue(sketch, 1, 99);
    addValue(sketch, 5, 1);
    expect(percentilesOf(sketch).p50).toBeCloseTo(1, 2);
    expect(percentilesOf(sketch).mean).toBeCloseTo(1.04, 9);
  });

  test('of nothing are zero', () => {
    expect(percentilesOf(createSketch())).toEqual({ mean: 0, p50: 0, p90: 0, p95: 0, p99: 0 });
  });
});

describe('engine defaults', () => {
  const large = gpu('H100-SXM', 79, 989, 3350);
  const a100 = gpu('A100-80', 80, 312, 2039);
  const small = gpu('L4', 22, 121, 300);

  test.each([
    [
      large,
      '0.11.2',
      { maxNumSeqs: 1024, maxNumBatchedTokens: 8192, asyncScheduling: false, gpuMemoryUtilization: 0.9 },
    ],
    [large, 'v0.14.0', { asyncScheduling: true, reserveFullInput: false }],
    [large, '0.19.1', { reserveFullInput: true }],
    [large, undefined, { asyncScheduling: true, gpuMemoryUtilization: 0.92 }],
    [a100, undefined, { maxNumSeqs: 256, maxNumBatchedTokens: 2048 }],
    [small, undefined, { maxNumSeqs: 256, maxNumBatchedTokens: 2048 }],
  ])('%# follow card and version', (card, version, expected) => {
    expect(engineDefaults(card, version)).toMatchObject(expected);
  });
});

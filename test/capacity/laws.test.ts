import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeMemory } from '../../lib/capacity/memory.ts';
import { prepareEngine } from '../../lib/capacity/prepare-engine.ts';
import { simulate } from '../../lib/capacity/simulate.ts';
import { sizeServing } from '../../lib/capacity/size-serving.ts';
import type { Deployment, ServingRequirement } from '../../lib/capacity/types.ts';
import { gpu, gpus, limits, middleGpu, oneGpu, requirement, simulation, smallModel } from './fixtures.ts';

const catalog = { gpus };
const costOf = (asked: ServingRequirement): number => {
  const result = sizeServing(asked, catalog);
  return result.feasible ? result.plan.chosen.usdPerMonth : Number.POSITIVE_INFINITY;
};

const load = fc.record({
  peak: fc.double({ min: 0.5, max: 20, noNaN: true }),
  inputMean: fc.integer({ min: 100, max: 2500 }),
  outputMean: fc.integer({ min: 10, max: 500 }),
  seed: fc.integer({ min: 1, max: 1000 }),
});

function asked(drawn: { peak: number; inputMean: number; outputMean: number; seed: number }): ServingRequirement {
  return requirement({
    load: {
      kind: 'online',
      expectedRequestsPerSecond: drawn.peak / 3,
      peakRequestsPerSecond: drawn.peak,
      burstiness: 1,
    },
    inputTokens: { kind: 'lognormal', meanTokens: drawn.inputMean, p95Tokens: drawn.inputMean * 2 },
    outputTokens: { kind: 'lognormal', meanTokens: drawn.outputMean, p95Tokens: drawn.outputMean * 2 },
    seed: drawn.seed,
  });
}

describe('laws of sizing', () => {
  test('a looser goal is never dearer', () => {
    fc.assert(
      fc.property(
        load,
        fc.double({ min: 0.15, max: 2, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (drawn, ttft, looser) => {
          const tight = {
            ...asked(drawn),
            slo: { ttftSeconds: { p50: ttft, p95: ttft * 2 }, tpotSeconds: { p95: 0.08 } },
          };
          const loose = {
            ...tight,
            slo: { ttftSeconds: { p50: ttft * looser, p95: ttft * 2 * looser }, tpotSeconds: { p95: 0.08 * looser } },
          };
          expect(costOf(loose)).toBeLessThanOrEqual(costOf(tight));
        },
      ),
      { numRuns: 14, seed: 3 },
    );
  });

  test('a higher ceiling never loses a plan, and never makes it dearer', () => {
    fc.assert(
      fc.property(load, fc.double({ min: 1000, max: 30_000, noNaN: true }), (drawn, ceiling) => {
        const low = { ...asked(drawn), ceilingUsdPerMonth: ceiling };
        expect(costOf({ ...low, ceilingUsdPerMonth: ceiling * 1.5 })).toBeLessThanOrEqual(costOf(low));
      }),
      { numRuns: 10, seed: 4 },
    );
  });

  test('more load never costs less', () => {
    fc.assert(
      fc.property(load, fc.double({ min: 1, max: 3, noNaN: true }), (drawn, factor) => {
        const more = asked({ ...drawn, peak: drawn.peak * factor });
        expect(costOf(more)).toBeGreaterThanOrEqual(costOf(asked(drawn)));
      }),
      { numRuns: 15, seed: 5 },
    );
  });

  test('one more kind of machine never costs more', () => {
    fc.assert(
      fc.property(load, fc.constantFrom('SMALL', 'MIDDLE', 'LARGE'), (drawn, without) => {
        const all = asked(drawn);
        const fewer = { ...all, offers: all.offers.filter(({ gpu: card }) => card?.id !== without) };
        expect(costOf(all)).toBeLessThanOrEqual(costOf(fewer));
      }),
      { numRuns: 12, seed: 6 },
    );
  });
});

describe('laws of the simulation', () => {
  const run = fc.record({
    rate: fc.double({ min: 0.5, max: 15, noNaN: true }),
    input: fc.integer({ min: 20, max: 1500 }),
    output: fc.integer({ min: 1, max: 300 }),
    seed: fc.integer({ min: 1, max: 10_000 }),
  });
  const at = (drawn: { rate: number; input: number; output: number; seed: number }, replicas = 1) =>
    simulation({
      arrivals: { kind: 'poisson', requestsPerSecond: drawn.rate },
      inputTokens: { kind: 'normal', meanTokens: drawn.input, stdTokens: drawn.input / 4 },
      outputTokens: { kind: 'normal', meanTokens: drawn.output, stdTokens: drawn.output / 4 },
      requests: 400,
      seed: drawn.seed,
      replicas,
    });

  test('requests and tokens are conserved, and latencies nest', () => {
    fc.assert(
      fc.property(
        run,
        fc.integer({ min: 100, max: 2000 }),
        fc.integer({ min: 1, max: 3 }),
        (drawn, blocks, replicas) => {
          const result = simulate({ ...at(drawn, replicas), kvCacheTokens: blocks * 16 });
          expect(result.completedRequests + result.rejectedRequests).toBe(result.sentRequests);
          expect(result.prefillTokensComputed).toBeGreaterThanOrEqual(result.inputTokens);
          if (result.preemptions === 0) expect(result.prefillTokensComputed).toBe(result.inputTokens);
          expect(result.endToEndSeconds.mean).toBeGreaterThanOrEqual(result.ttftSeconds.mean - 1e-12);
          for (const latency of [result.ttftSeconds, result.tpotSeconds, result.endToEndSeconds, result.itlSeconds]) {
            expect(latency.p50).toBeLessThanOrEqual(latency.p90);
            expect(latency.p90).toBeLessThanOrEqual(latency.p95);
            expect(latency.p95).toBeLessThanOrEqual(latency.p99);
          }
          expect(result.gpuUtilization).toBeLessThanOrEqual(1);
          expect(result.kvCacheUtilizationPeak).toBeLessThanOrEqual(1);
          expect(result.goodputRequestsPerSecond).toBeLessThanOrEqual(result.requestsPerSecond);
        },
      ),
      { numRuns: 150, seed: 8 },
    );
  });

  test('the same seed gives the same result, another seed another', () => {
    fc.assert(
      fc.property(run, (drawn) => {
        expect(simulate(at(drawn))).toEqual(simulate(at(drawn)));
        expect(simulate(at({ ...drawn, seed: drawn.seed + 1 })).endToEndSeconds).not.toEqual(
          simulate(at(drawn)).endToEndSeconds,
        );
      }),
      { numRuns: 20, seed: 9 },
    );
  });

  test('more replicas never raise the P95 of the same load', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: 1, max: 4 }), (drawn, replicas) => {
        const fewer = simulate(at(drawn, replicas));
        const more = simulate(at(drawn, replicas * 2));
        expect(more.endToEndSeconds.p95).toBeLessThanOrEqual(fewer.endToEndSeconds.p95 * 1.01);
      }),
      { numRuns: 80, seed: 10 },
    );
  });

  test('a slower step never shortens the mean end-to-end time', () => {
    fc.assert(
      fc.property(run, fc.double({ min: 1, max: 2, noNaN: true }), (drawn, slower) => {
        const base = at(drawn);
        const { stepSeconds } = base.stepTime;
        const slow = simulate({
          ...base,
          stepTime: { ...base.stepTime, stepSeconds: (batch) => slower * stepSeconds(batch) },
        });
        expect(slow.endToEndSeconds.mean).toBeGreaterThanOrEqual(simulate(base).endToEndSeconds.mean * 0.999);
      }),
      { numRuns: 80, seed: 12 },
    );
  });

  test('more memory bandwidth is never slower end to end', () => {
    const deploymentOn = (gbPerSecond: number): Deployment => ({
      model: smallModel,
      gpu: gpu('WIDE', 48, 360, gbPerSecond, { architecture: middleGpu.architecture }),
      layout: oneGpu,
      precision: 'bf16',
      kvPrecision: 'bf16',
      limits: limits(),
    });
    fc.assert(
      fc.property(
        run,
        fc.integer({ min: 300, max: 2000 }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (drawn, bandwidth, factor) => {
          const meanOn = (gbPerSecond: number): number => {
            const deployment = deploymentOn(gbPerSecond);
            const engine = prepareEngine(deployment, computeMemory(deployment), drawn.input + drawn.output / 2);
            return simulate({ ...at({ ...drawn, rate: Math.min(drawn.rate, 4) }), ...engine }).endToEndSeconds.mean;
          };
          expect(meanOn(bandwidth * factor)).toBeLessThanOrEqual(meanOn(bandwidth) * 1.001);
        },
      ),
      { numRuns: 25, seed: 13 },
    );
  });

  test('a longer context never needs less memory', () => {
    fc.assert(
      fc.property(fc.integer({ min: 512, max: 60_000 }), fc.integer({ min: 1, max: 60_000 }), (length, more) => {
        const kv = (maxModelLen: number): number => {
          const deployment: Deployment = {
            model: smallModel,
            gpu: middleGpu,
            layout: oneGpu,
            precision: 'bf16',
            kvPrecision: 'bf16',
            limits: limits({ maxModelLen }),
          };
          const memory = computeMemory(deployment);
          return memory.kvCacheBytesPerToken * maxModelLen;
        };
        expect(kv(length + more)).toBeGreaterThanOrEqual(kv(length));
      }),
      { numRuns: 100, seed: 14 },
    );
  });
});

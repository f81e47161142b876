import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulate } from '../../lib/capacity/simulate.ts';
import { affineStep, limits, oneGpu, simulation } from './fixtures.ts';
import { type NaiveRequest, naiveSchedule } from './naive-scheduler.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a simulation agrees with figures worked out by hand', () => {
  test('one request: prefill, then one step a token over a growing context', () => {
    const result = simulate(
      simulation({
        arrivals: { kind: 'all-at-once' },
        requests: 1,
        inputTokens: { kind: 'constant', tokens: 1000 },
        outputTokens: { kind: 'constant', tokens: 11 },
      }),
    );
    const prefill = 0.01 + 1000 * 5e-5;
    const decode = 10 * (0.01 + 1e-5) + 2e-8 * 10 * 1005.5;
    expect(result.ttftSeconds.mean).toBeCloseTo(prefill, 9);
    expect(result.endToEndSeconds.mean).toBeCloseTo(prefill + decode, 9);
    expect(result.tpotSeconds.mean).toBeCloseTo(decode / 10, 9);
  });

  test('a prompt above the token budget is prefilled in chunks', () => {
    const result = simulate(
      simulation({
        arrivals: { kind: 'all-at-once' },
        requests: 1,
        limits: limits({ maxNumBatchedTokens: 512 }),
        inputTokens: { kind: 'constant', tokens: 1200 },
        outputTokens: { kind: 'constant', tokens: 1 },
      }),
    );
    expect(result.ttftSeconds.mean).toBeCloseTo(3 * 0.01 + 1200 * 5e-5, 9);
  });

  test('seats: the third request waits until one of two is done', () => {
    const result = simulate(
      simulation({
        arrivals: { kind: 'all-at-once' },
        requests: 3,
        limits: limits({ maxNumSeqs: 2 }),
        stepTime: affineStep({ token: 0, context: 0, decode: 0 }),
        outputTokens: { kind: 'constant', tokens: 10 },
      }),
    );
    expect(result.ttftSeconds.mean).toBeCloseTo(mean([0.01, 0.01, 0.11]), 9);
  });

  test('prefix hits are whole blocks, and the last token is always computed', () => {
    const result = simulate(
      simulation({
        arrivals: { kind: 'all-at-once' },
        requests: 4,
        prefixHitRate: 1,
        limits: limits({ prefixCaching: true }),
        inputTokens: { kind: 'constant', tokens: 320 },
      }),
    );
    expect(result.prefillTokensComputed).toBe(4 * (320 - 304));
  });

  test('an arrival during a step waits one step more when the next one is already scheduled', () => {
    const arrivals = { kind: 'trace', arrivalSeconds: [0, 0.105] } as const;
    const base = simulation({
      arrivals,
      requests: 2,
      stepTime: affineStep({ fixed: 0.01, token: 0, context: 0, decode: 0 }),
    });
    expect(simulate(base).ttftSeconds.p99).toBeCloseTo(0.015, 3);
    expect(simulate({ ...base, asyncScheduling: true }).ttftSeconds.p99).toBeCloseTo(0.025, 3);
  });

  test('a request longer than the context is refused, and counted', () => {
    const result = simulate(simulation({ requests: 5, inputTokens: { kind: 'constant', tokens: 9000 } }));
    expect(result).toMatchObject({ rejectedRequests: 5, completedRequests: 0 });
  });

  test('speculative decoding: all drafts accepted gives one step for three tokens', () => {
    const speculative = { draftModelId: 'draft', tokens: 2, acceptanceRate: 1 };
    const base = simulation({
      arrivals: { kind: 'all-at-once' },
      requests: 1,
      stepTime: affineStep({ token: 0, context: 0, decode: 0 }),
      outputTokens: { kind: 'constant', tokens: 31 },
    });
    expect(simulate(base).endToEndSeconds.mean).toBeCloseTo(0.31, 9);
    expect(simulate({ ...base, limits: limits({ speculative }) }).endToEndSeconds.mean).toBeCloseTo(0.11, 9);
  });

  test('a closed loop keeps its concurrency and sends exactly the requests asked', () => {
    const result = simulate(simulation({ arrivals: { kind: 'closed-loop', concurrency: 8 }, requests: 80 }));
    expect(result).toMatchObject({ sentRequests: 80, completedRequests: 80 });
    expect(Math.max(...result.timeline.running)).toBeLessThanOrEqual(8);
    // Little's law: requests in the system = throughput x time in it, but for the start and the end.
    expect(result.requestsPerSecond * result.endToEndSeconds.mean).toBeGreaterThan(7);
  });

  test('equal requests of a closed loop drift apart: the median waits for its own prefill only', () => {
    const result = simulate(
      simulation({
        arrivals: { kind: 'closed-loop', concurrency: 16 },
        requests: 320,
        inputTokens: { kind: 'constant', tokens: 1000 },
        outputTokens: { kind: 'constant', tokens: 500 },
      }),
    );
    expect(result.ttftSeconds.p50).toBeLessThan(2.2 * (0.01 + 1000 * 5e-5));
  });
});

describe('the fast engine and the naive scheduler agree', () => {
  const request = fc.record({
    gap: fc.double({ min: 0, max: 0.2, noNaN: true }),
    input: fc.integer({ min: 1, max: 900 }),
    output: fc.integer({ min: 1, max: 60 }),
  });
  const settings = fc.record({
    requests: fc.array(request, { minLength: 1, maxLength: 25 }),
    blocks: fc.integer({ min: 62, max: 200 }),
    maxNumSeqs: fc.integer({ min: 1, max: 12 }),
    maxNumBatchedTokens: fc.integer({ min: 16, max: 1024 }),
    asyncScheduling: fc.boolean(),
    reserveFullInput: fc.boolean(),
  });

  test('in every latency and preemption, whatever the load and the cache', () => {
    let preempted = 0;
    fc.assert(
      fc.property(settings, (drawn) => {
        const stepTime = affineStep();
        let clock = 0;
        const requests: NaiveRequest[] = drawn.requests.map(({ gap, input, output }) => {
          clock += gap;
          return { arrival: clock, input, output };
        });
        const naive = naiveSchedule(requests, { ...drawn, stepSeconds: stepTime.stepSeconds });
        const fast = simulate({
          ...simulation(),
          ...drawn,
          requests: requests.length,
          stepTime,
          kvCacheTokens: drawn.blocks * 16,
          limits: limits({ maxNumSeqs: drawn.maxNumSeqs, maxNumBatchedTokens: drawn.maxNumBatchedTokens }),
          arrivals: { kind: 'trace', arrivalSeconds: requests.map(({ arrival }) => arrival) },
          inputTokens: { kind: 'empirical', tokens: requests.map(({ input }) => input) },
          outputTokens: { kind: 'empirical', tokens: requests.map(({ output }) => output) },
        });
        preempted += naive.preemptions;
        expect(fast.preemptions).toBe(naive.preemptions);
        expect(fast.ttftSeconds.mean).toBeCloseTo(
          mean(requests.map(({ arrival }, index) => (naive.firstToken[index] as number) - arrival)),
          6,
        );
        expect(fast.endToEndSeconds.mean).toBeCloseTo(
          mean(requests.map(({ arrival }, index) => (naive.finish[index] as number) - arrival)),
          6,
        );
      }),
      { numRuns: 400, seed: 11 },
    );
    // The property would be empty without pressure on the cache.
    expect(preempted).toBeGreaterThan(50);
  });
});

describe('replicas', () => {
  const busy = simulation({
    arrivals: { kind: 'poisson', requestsPerSecond: 40 },
    outputTokens: { kind: 'lognormal', meanTokens: 100, p95Tokens: 300 },
    requests: 2000,
    replicas: 4,
  });

  test('with seats scarce and lengths uneven, a router that sees load beats one that takes turns', () => {
    const scarce = { ...busy, limits: limits({ maxNumSeqs: 13 }) };
    const turns = simulate({ ...scarce, router: 'round-robin' });
    const loads = simulate({ ...scarce, router: 'least-loaded' });
    expect(loads.ttftSeconds.p95).toBeLessThan(turns.ttftSeconds.p95);
  });

  test('a prefix-aware router computes fewer tokens when there are many prefixes', () => {
    const base = { ...busy, prefixHitRate: 0.8, prefixGroups: 60, limits: limits({ prefixCaching: true }) };
    const aware = simulate({ ...base, router: 'prefix-aware' });
    const blind = simulate({ ...base, router: 'round-robin' });
    expect(aware.prefillTokensComputed).toBeLessThan(blind.prefillTokensComputed);
  });

  test('autoscaling adds replicas after the load time and pays for fewer hours than the peak needs', () => {
    const result = simulate({
      ...busy,
      replicas: 1,
      arrivals: { kind: 'poisson', requestsPerSecond: 30 },
      requests: 6000,
      autoscaling: {
        minimumReplicas: 1,
        maximumReplicas: 5,
        targetRequestsPerReplica: 20,
        pollingSeconds: 5,
        loadSeconds: 20,
        cooldownSeconds: 30,
      },
    });
    expect(result.replicasPeak).toBeGreaterThan(1);
    expect(result.replicaSeconds).toBeLessThan(5 * result.durationSeconds);
    expect(result.completedRequests).toBe(6000);
  });

  test('a closed loop over replicas spreads its requests', () => {
    const one = simulate(simulation({ arrivals: { kind: 'closed-loop', concurrency: 32 }, requests: 320 }));
    const four = simulate(
      simulation({ arrivals: { kind: 'closed-loop', concurrency: 32 }, requests: 320, replicas: 4 }),
    );
    expect(four.requestsPerSecond).toBeGreaterThan(one.requestsPerSecond);
    expect(four.completedRequests).toBe(320);
  });
});

test('memory does not grow with the horizon', () => {
  const heap = (seconds: number): number => {
    simulate(
      simulation({ arrivals: { kind: 'poisson', requestsPerSecond: 8 }, requests: undefined, seconds } as never),
    );
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  };
  heap(2000);
  const short = heap(2000);
  const long = heap(20_000);
  expect(long).toBeLessThan(short + 24e6);
});

test('two pipeline stages carry more than one: batches in flight share the sequences', () => {
  const layout = { ...oneGpu, pipelineParallelSize: 2 };
  // A step-time model of two stages counts each batch's share.
  const stepTime = {
    ...affineStep(),
    stepSeconds: (batch: { decodeSequences: number }) => 0.01 + 2e-4 * (batch.decodeSequences / 2),
  };
  const single = {
    ...affineStep(),
    stepSeconds: (batch: { decodeSequences: number }) => 0.01 + 2e-4 * batch.decodeSequences,
  };
  const base = simulation({ arrivals: { kind: 'closed-loop', concurrency: 32 }, requests: 320 });
  const staged = simulate({ ...base, layout, stepTime });
  expect(staged.completedRequests).toBe(320);
  expect(staged.requestsPerSecond).toBeGreaterThan(simulate({ ...base, stepTime: single }).requestsPerSecond);
});

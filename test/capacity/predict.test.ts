import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBenchmarkResults } from '../../lib/capacity/benchmark-results.ts';
import { calibrate, medianError } from '../../lib/capacity/calibrate.ts';
import { scaleFactors, unchanged } from '../../lib/capacity/calibration.ts';
import { defaultFactors } from '../../lib/capacity/efficiency.ts';
import { type PointPrediction, predictPoint } from '../../lib/capacity/predict.ts';
import { gpus, smallModel } from './fixtures.ts';

const catalog = { gpus, models: [smallModel] };
const point = {
  id: 'p1',
  model: smallModel.id,
  gpu: 'LARGE',
  tensorParallelSize: 1,
  precision: 'bf16',
  inputTokens: 1000,
  outputTokens: 200,
  concurrency: 16,
};

function predicted(change: object): PointPrediction {
  const answer = predictPoint({ ...point, ...change }, catalog);
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

describe('a point', () => {
  test('is answered with the contract’s keys, in milliseconds', () => {
    const answer = predicted({});
    expect(Object.keys(answer)).toEqual([
      'id',
      'ttftMs',
      'tpotMs',
      'itlMs',
      'e2eMs',
      'requestThroughput',
      'outputTokensPerSecond',
      'outputTokensPerSecondPerGpu',
      'kvCacheTokens',
      'basis',
      'errorBand',
    ]);
    for (const latency of [answer.ttftMs, answer.tpotMs, answer.itlMs, answer.e2eMs]) {
      expect(Object.keys(latency)).toEqual(['mean', 'p50', 'p90', 'p95', 'p99']);
    }
    expect(answer.e2eMs.mean).toBeCloseTo(answer.ttftMs.mean + 199 * answer.tpotMs.mean, -2);
    expect(answer.outputTokensPerSecond).toBeCloseTo(answer.requestThroughput * 200, -1);
  });

  test('has every optional key', () => {
    const answer = predicted({
      pipelineParallelSize: 1,
      expertParallelSize: 1,
      replicas: 2,
      kvPrecision: 'fp8',
      precision: 'fp8',
      inputTokensStd: 100,
      outputTokensStd: 20,
      requests: 64,
      maxNumSeqs: 32,
      maxNumBatchedTokens: 4096,
      maxModelLen: 4096,
      gpuMemoryUtilization: 0.8,
      prefixHitRate: 0.3,
      engineVersion: '0.11.2',
    });
    expect(answer.outputTokensPerSecondPerGpu).toBeCloseTo(answer.outputTokensPerSecond / 2, 1);
  });

  test('with a rate and without a concurrency is an open loop', () => {
    const calm = predicted({ concurrency: undefined, requestRate: 0.5 });
    expect(calm.requestThroughput).toBeCloseTo(0.5, 1);
  });

  test('whose requests equal its concurrency is sent at once', () => {
    const burst = predicted({ requests: 16 });
    expect(burst.ttftMs.mean).toBeGreaterThan(predicted({}).ttftMs.p50);
  });

  test('without a max-model-len is served at the longest that fits', () => {
    expect(predicted({ gpu: 'SMALL', concurrency: 2 }).kvCacheTokens).toBeLessThan(smallModel.maxPositionEmbeddings);
  });

  test('gets faster with shared prefixes and slower under load', () => {
    expect(predicted({ prefixHitRate: 0.8 }).ttftMs.mean).toBeLessThan(predicted({}).ttftMs.mean);
    expect(predicted({ concurrency: 128 }).tpotMs.mean).toBeGreaterThan(predicted({}).tpotMs.mean);
  });

  test('is answered the same every time', () => {
    expect(predicted({})).toEqual(predicted({}));
  });

  test.each([
    ['no object', 17, null, 'point'],
    ['no id', { ...point, id: undefined }, null, 'id'],
    ['an unknown model', { ...point, model: 'nobody/nothing' }, 'p1', 'model'],
    ['an unknown GPU', { ...point, gpu: 'ABACUS' }, 'p1', 'gpu'],
    ['an unknown precision', { ...point, precision: 'fp3' }, 'p1', 'precision'],
    ['no load', { ...point, concurrency: undefined }, 'p1', 'concurrency'],
    ['tokens below one', { ...point, outputTokens: -4 }, 'p1', 'outputTokens'],
    ['an input above max-model-len', { ...point, maxModelLen: 900 }, 'p1', 'maxModelLen'],
    ['heads that cannot be cut', { ...point, tensorParallelSize: 3 }, 'p1', 'tensorParallelSize'],
    ['weights above the card', { ...point, model: smallModel.id, gpu: 'SMALL', maxModelLen: 120_000 }, 'p1', 'fit'],
  ])('fails when it has %s: one line that says so', (_title, input, id, word) => {
    const answer = predictPoint(input, catalog);
    expect(answer).toMatchObject({ id, error: expect.stringContaining(word) });
  });

  test('is told everything that is wrong with it at once, in the user’s words', () => {
    const wrong = { ...point, inputTokens: 0, outputTokens: '200', replicas: 1.5, precision: 'fp3', gpu: 'LARG' };
    const answer = predictPoint({ ...wrong, concurrency: undefined, model: 'nobody/nothing' }, catalog);
    expect(answer).toEqual({
      id: 'p1',
      error: [
        'replicas: asked a whole number; found 1.5. Write a whole number.',
        'precision: asked one of bf16, fp16, fp8, nvfp4, mxfp4, int4; found «fp3». Did you mean fp8 or fp16?',
        'inputTokens: asked above 0; found 0. Keep it above 0.',
        'outputTokens: asked a number; found «200». Write 200 without quotes or unit.',
        'concurrency: asked concurrency or requestRate; found neither. Add one of them: it says what the load is.',
        'gpu: asked a GPU of the catalogue; found «LARG». Did you mean LARGE?',
        'model: asked a model of the catalogue; found «nobody/nothing». Name one of `groundplan catalog list models`.',
      ].join(' '),
    });
  });

  test('without keys is told each key it must have, and where they are described', () => {
    const answer = predictPoint({}, catalog);
    const error = 'error' in answer ? answer.error : '';
    for (const key of ['id', 'model', 'gpu', 'precision', 'inputTokens', 'outputTokens', 'concurrency'])
      expect(error).toContain(`${key}: asked`);
    expect(error).toContain('groundplan predict --help');
    expect(error).not.toMatch(/groundplan schema|[Ii]nvalid|expected|received/);
  });

  test('that does not fit names the tensor parallel size that would', () => {
    const answer = predictPoint({ ...point, gpu: 'SMALL', maxModelLen: 60_000 }, catalog);
    expect(answer).toMatchObject({ error: expect.stringMatching(/tensorParallelSize \d+ would fit/) });
  });
});

test('whatever the line, there is one answer, and every figure in it is finite', () => {
  const oddValue = fc.oneof(
    fc.constantFrom(0, -1, 1e12, 1.5, '', 'LARGE', null, true, [], {}),
    fc.double(),
    fc.integer({ min: 1, max: 3000 }),
  );
  const plain = {
    inputTokens: fc.integer({ min: 1, max: 6000 }),
    outputTokens: fc.integer({ min: 1, max: 600 }),
    inputTokensStd: fc.integer({ min: 0, max: 2000 }),
    outputTokensStd: fc.integer({ min: 0, max: 200 }),
    concurrency: fc.integer({ min: 1, max: 40 }),
    requestRate: fc.double({ min: 0.01, max: 50, noNaN: true }),
    requests: fc.integer({ min: 1, max: 200 }),
    maxNumSeqs: fc.integer({ min: 1, max: 300 }),
    maxNumBatchedTokens: fc.integer({ min: 1, max: 10_000 }),
    maxModelLen: fc.integer({ min: 1, max: 40_000 }),
    replicas: fc.integer({ min: 1, max: 5 }),
    tensorParallelSize: fc.constantFrom(1, 2, 3, 8),
    pipelineParallelSize: fc.constantFrom(1, 2, 4),
    expertParallelSize: fc.constantFrom(1, 2, 8),
    gpu: fc.constantFrom('SMALL', 'MIDDLE', 'LARGE'),
    precision: fc.constantFrom('bf16', 'fp16', 'fp8', 'nvfp4', 'mxfp4', 'int4'),
    kvPrecision: fc.constantFrom('bf16', 'fp16', 'fp8'),
    prefixHitRate: fc.double({ min: 0, max: 1, noNaN: true }),
    engineVersion: fc.constantFrom('0.11.2', 'v0.19', 'main'),
  };
  const changes = fc.record(plain, { requiredKeys: [] });
  const odd = fc.dictionary(fc.constantFrom(...Object.keys(plain), 'id', 'model'), oddValue, { maxKeys: 2 });
  const finite = (value: unknown): boolean =>
    typeof value === 'object' && value !== null
      ? Object.values(value).every(finite)
      : typeof value !== 'number' || Number.isFinite(value);
  let answered = 0;
  fc.assert(
    fc.property(changes, fc.option(odd, { nil: {} }), (change, oddChange) => {
      const answer = predictPoint({ ...point, requests: 50, ...change, ...oddChange }, catalog);
      expect(finite(answer)).toBe(true);
      if ('error' in answer) expect(answer.error.length).toBeGreaterThan(5);
      else answered++;
    }),
    { numRuns: 300, seed: 21 },
  );
  expect(answered).toBeGreaterThan(50);
});

const vllmBench = {
  backend: 'vllm',
  model_id: smallModel.id,
  num_prompts: 160,
  request_rate: 'inf',
  burstiness: 1,
  max_concurrency: 16,
  duration: 40,
  completed: 160,
  total_input_tokens: 160_000,
  total_output_tokens: 32_000,
  request_throughput: 4,
  mean_ttft_ms: 120,
  median_ttft_ms: 110,
  p99_ttft_ms: 400,
  mean_tpot_ms: 14,
  median_tpot_ms: 14,
  p99_tpot_ms: 16,
  mean_itl_ms: 14,
};

describe('result files', () => {
  test('of vllm bench: lengths from the totals, a closed loop without a rate', () => {
    expect(readBenchmarkResults(vllmBench)).toEqual([
      {
        client: 'vllm bench',
        model: smallModel.id,
        inputTokens: 1000,
        outputTokens: 200,
        concurrency: 16,
        requests: 160,
        ttftMs: { mean: 120, p50: 110, p99: 400 },
        tpotMs: { mean: 14, p50: 14, p99: 16 },
        e2eMs: {},
      },
    ]);
    expect(readBenchmarkResults({ ...vllmBench, request_rate: 3 })[0]).toMatchObject({ requestRate: 3 });
    expect(readBenchmarkResults({ ...vllmBench, max_concurrency: null })[0]).toMatchObject({ concurrency: 160 });
  });

  test('of GuideLLM: each benchmark with its strategy, request latency in seconds', () => {
    const statistics = (mean: number) => ({ successful: { mean, median: mean, percentiles: { p99: mean * 2 } } });
    const report = {
      benchmarks: [
        {
          args: { strategy: { type_: 'concurrent', streams: 8 }, model: smallModel.id },
          metrics: {
            request_totals: { successful: 90 },
            prompt_token_count: statistics(1000),
            output_token_count: statistics(200),
            time_to_first_token_ms: statistics(80),
            inter_token_latency_ms: statistics(12),
            request_latency: statistics(2.5),
          },
        },
        {
          config: { strategy: { type_: 'poisson', rate: 2.5 } },
          metrics: {
            request_totals: { successful: 90 },
            prompt_token_count: statistics(1000),
            output_token_count: statistics(200),
          },
        },
      ],
    };
    expect(readBenchmarkResults(report)).toMatchObject([
      { client: 'GuideLLM', concurrency: 8, requests: 90, ttftMs: { mean: 80 }, e2eMs: { mean: 2500, p99: 5000 } },
      { requestRate: 2.5 },
    ]);
  });

  test('of AIPerf: at the top or under records', () => {
    const metric = (avg: number) => ({ unit: 'ms', avg, p50: avg, p99: avg * 2 });
    const records = {
      request_count: { avg: 100 },
      input_sequence_length: { avg: 1000, std: 0 },
      output_sequence_length: { avg: 200, std: 5 },
      time_to_first_token: metric(90),
      inter_token_latency: metric(13),
      request_latency: metric(2700),
    };
    const config = { loadgen: { concurrency: 10 }, endpoint: { model_names: [smallModel.id] } };
    const expected = [
      { client: 'AIPerf', concurrency: 10, outputTokensStd: 5, ttftMs: { mean: 90, p50: 90, p99: 180 } },
    ];
    expect(readBenchmarkResults({ ...records, input_config: config })).toMatchObject(expected);
    expect(readBenchmarkResults({ records, input_config: config })).toMatchObject(expected);
  });

  test('of anything else are none', () => {
    for (const other of [null, 4, 'text', {}, [], { benchmarks: 3 }, { total_input_tokens: 'many' }]) {
      expect(readBenchmarkResults(other)).toEqual([]);
    }
  });
});

describe('calibration', () => {
  const server = { gpu: 'LARGE', precision: 'bf16', model: smallModel.id } as const;
  const truth = { memory: 1.3, compute: 1.2, step: 1, request: 1 };
  /** Runs as a machine 30% slower in memory and 20% in arithmetic would have measured them. */
  const runs = [
    { concurrency: 1, inputTokens: 200, outputTokens: 100 },
    { concurrency: 8, inputTokens: 3000, outputTokens: 50 },
    { concurrency: 64, inputTokens: 1000, outputTokens: 200 },
  ].map((load) => {
    const answer = predictPoint({ ...point, ...load }, catalog, scaleFactors(defaultFactors, truth)) as PointPrediction;
    const { concurrency, inputTokens, outputTokens } = load;
    const [latency] = readBenchmarkResults({
      ...vllmBench,
      num_prompts: concurrency * 10,
      completed: concurrency * 10,
      max_concurrency: concurrency,
      total_input_tokens: inputTokens * concurrency * 10,
      total_output_tokens: outputTokens * concurrency * 10,
      mean_ttft_ms: answer.ttftMs.mean,
      median_ttft_ms: answer.ttftMs.p50,
      p99_ttft_ms: answer.ttftMs.p99,
      mean_tpot_ms: answer.tpotMs.mean,
      median_tpot_ms: answer.tpotMs.p50,
      p99_tpot_ms: answer.tpotMs.p99,
    });
    if (!latency) throw new Error('unread');
    return latency;
  });

  test('finds the machine that was measured, and shrinks the errors', () => {
    const report = calibrate(runs, server, catalog);
    if ('errors' in report) throw new Error(report.errors[0]?.error);
    expect(report.calibration).toMatchObject({ modelIds: [smallModel.id], points: 3 });
    expect(medianError(report.after, 'tpot')).toBeLessThan(0.03);
    expect(medianError(report.before, 'tpot')).toBeGreaterThan(0.1);
    expect(medianError(report.after, 'ttft') ?? 1).toBeLessThan(medianError(report.before, 'ttft') ?? 0);
    expect(report.calibration.memory).toBeGreaterThan(1.15);
  });

  test('changes predictions of the measured GPU alone, and their basis', () => {
    const calibration = { ...truth, modelIds: [smallModel.id], points: 3, errorBand: 0.06 };
    const calibrated = { ...catalog, calibrations: { LARGE: calibration } };
    const answer = predictPoint(point, calibrated) as PointPrediction;
    expect(answer.tpotMs.mean).toBeGreaterThan(predicted({}).tpotMs.mean * 1.1);
    expect(answer).toMatchObject({ basis: 'measured', errorBand: 0.06 });
    expect(predictPoint({ ...point, gpu: 'MIDDLE' }, calibrated)).toEqual(predicted({ gpu: 'MIDDLE' }));
  });

  test('scales of one change nothing', () => {
    expect(scaleFactors(defaultFactors, unchanged)).toEqual(defaultFactors);
  });

  test('fails when no run can be predicted, with the reason', () => {
    const report = calibrate(runs, { ...server, model: 'nobody/nothing' }, catalog);
    expect(report).toMatchObject({ errors: [{ run: 0, error: expect.stringContaining('nobody/nothing') }, {}, {}] });
  });
});

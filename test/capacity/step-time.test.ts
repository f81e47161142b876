import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepareAllReduce } from '../../lib/capacity/collectives.ts';
import { defaultFactors } from '../../lib/capacity/efficiency.ts';
import { type ExpertLayer, expertSeconds, expertsTouched } from '../../lib/capacity/experts.ts';
import { gemmSeconds } from '../../lib/capacity/gemm.ts';
import { prepareStepTime } from '../../lib/capacity/step-time.ts';
import type { Deployment, Precision, StepBatch } from '../../lib/capacity/types.ts';
import { catalog, chatModels, deploymentOf, gpuOf } from './shipped.ts';

function decodeBatch(sequences: number, contextTokens: number): StepBatch {
  return {
    prefillTokens: 0,
    prefillAttentionTokenPairs: 0,
    prefillSequences: 0,
    prefillContextTokens: 0,
    decodeSequences: sequences,
    decodeContextTokens: contextTokens,
  };
}

const usableGpus = catalog.gpus.filter(
  (gpu) => gpu.memoryBytesPerSecond && (gpu.denseFlopsPerSecond.bf16 ?? gpu.denseFlopsPerSecond.fp16),
);

const anyDeployment = fc
  .record({
    model: fc.constantFrom(...chatModels),
    gpu: fc.constantFrom(...usableGpus),
    precision: fc.constantFrom<Precision>('bf16', 'fp8', 'int4', 'nvfp4', 'mxfp4'),
    power: fc.integer({ min: 0, max: 3 }),
    kvPrecision: fc.constantFrom('bf16' as const, 'fp8' as const),
  })
  .map(({ model, gpu, precision, power, kvPrecision }): Deployment => {
    const base = deploymentOf('meta-llama/Llama-3.1-8B-Instruct', precision, 2 ** power, gpu);
    return { ...base, model, kvPrecision };
  });

const anyBatch = fc
  .record({
    prefillSequences: fc.integer({ min: 0, max: 8 }),
    tokensEach: fc.integer({ min: 1, max: 1000 }),
    before: fc.integer({ min: 0, max: 4000 }),
    decodeSequences: fc.integer({ min: 0, max: 200 }),
    context: fc.integer({ min: 1, max: 8000 }),
  })
  .map(({ prefillSequences, tokensEach, before, decodeSequences, context }): StepBatch => {
    const prefillTokens = prefillSequences * tokensEach;
    return {
      prefillTokens,
      prefillAttentionTokenPairs: prefillTokens * (before + tokensEach / 2),
      prefillSequences,
      prefillContextTokens: prefillSequences * before,
      decodeSequences,
      decodeContextTokens: decodeSequences * context,
    };
  });

describe('laws of the step time', () => {
  test('any deployment and batch: a positive, finite time', () => {
    fc.assert(
      fc.property(anyDeployment, anyBatch, (deployment, batch) => {
        const seconds = prepareStepTime(deployment).stepSeconds(batch);
        expect(Number.isFinite(seconds)).toBe(true);
        expect(seconds).toBeGreaterThan(0);
      }),
    );
  });

  test('more bandwidth or more FLOPs are never slower', () => {
    fc.assert(
      fc.property(anyDeployment, anyBatch, fc.double({ min: 1, max: 4, noNaN: true }), (deployment, batch, ratio) => {
        const { gpu } = deployment;
        const seconds = prepareStepTime(deployment).stepSeconds(batch);
        const wider = { ...gpu, memoryBytesPerSecond: (gpu.memoryBytesPerSecond ?? 0) * ratio };
        const peaks = Object.entries(gpu.denseFlopsPerSecond).map(([kind, peak]) => [kind, peak && peak * ratio]);
        const faster = { ...gpu, denseFlopsPerSecond: Object.fromEntries(peaks) };
        for (const better of [wider, faster]) {
          expect(prepareStepTime({ ...deployment, gpu: better }).stepSeconds(batch)).toBeLessThanOrEqual(
            seconds * (1 + 1e-9),
          );
        }
      }),
    );
  });

  test('a larger batch or a longer context never takes less time', () => {
    fc.assert(
      fc.property(anyDeployment, anyBatch, (deployment, batch) => {
        const { stepSeconds } = prepareStepTime(deployment);
        const seconds = stepSeconds(batch);
        const larger: readonly StepBatch[] = [
          { ...batch, decodeSequences: batch.decodeSequences + 1 },
          { ...batch, decodeContextTokens: batch.decodeContextTokens + 1000 },
          {
            ...batch,
            prefillTokens: batch.prefillTokens + 64,
            prefillSequences: batch.prefillSequences + 1,
            prefillAttentionTokenPairs: batch.prefillAttentionTokenPairs + 64 * 32,
          },
        ];
        for (const other of larger) expect(stepSeconds(other)).toBeGreaterThanOrEqual(seconds * (1 - 1e-9));
      }),
    );
  });

  test('at fixed counts a decode step is affine in its context', () => {
    fc.assert(
      fc.property(anyDeployment, fc.integer({ min: 1, max: 200 }), (deployment, sequences) => {
        const { stepSeconds } = prepareStepTime(deployment);
        const at = (context: number) => stepSeconds(decodeBatch(sequences, sequences * context));
        const [one, middle, two] = [at(40_000), at(50_000), at(60_000)];
        expect(middle / ((one + two) / 2)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('fewer bits a weight never make small batches slower', () => {
    for (const gpu of [gpuOf('H100-SXM'), gpuOf('A100-80'), gpuOf('B200')]) {
      const seconds = (precision: Precision) =>
        prepareStepTime(deploymentOf('meta-llama/Llama-3.1-70B-Instruct', precision, 4, gpu)).stepSeconds(
          decodeBatch(1, 1000),
        );
      expect(seconds('fp8')).toBeLessThan(seconds('bf16'));
      expect(seconds('int4')).toBeLessThan(seconds('fp8'));
    }
  });

  test('a decode step is never below the time its weights need at full bandwidth', () => {
    const deployment = deploymentOf('meta-llama/Llama-3.1-70B-Instruct', 'bf16', 2, gpuOf('H200'));
    const floor = (70e9 * 2) / 2 / (deployment.gpu.memoryBytesPerSecond ?? 0);
    expect(prepareStepTime(deployment).stepSeconds(decodeBatch(1, 1))).toBeGreaterThan(floor);
  });
});

describe('every GPU of the catalogue', () => {
  test.each(catalog.gpus.map((gpu) => [gpu.id, gpu] as const))(
    '%s answers, or says which fact is missing',
    (id, gpu) => {
      const prepare = () => prepareStepTime(deploymentOf('meta-llama/Llama-3.1-8B-Instruct', 'bf16', 1, gpu));
      if (!usableGpus.includes(gpu)) {
        expect(prepare).toThrow(new RegExp(`^${id}: the catalogue has no`));
        return;
      }
      const { stepSeconds, basis, errorBand } = prepare();
      expect(stepSeconds(decodeBatch(8, 8000))).toBeLessThan(1);
      expect(errorBand).toBeGreaterThan(0);
      expect(['measured', 'modelled', 'assumed']).toContain(basis);
    },
  );

  test('a GPU without measurements never claims a tighter band than one with them', () => {
    const band = (id: string) =>
      prepareStepTime(deploymentOf('meta-llama/Llama-3.1-8B-Instruct', 'bf16', 1, gpuOf(id))).errorBand;
    expect(band('A100-80')).toBeGreaterThanOrEqual(band('H100-SXM'));
    expect(band('L4')).toBeGreaterThan(band('A100-80'));
    expect(band('MI300X')).toBeGreaterThan(band('L4'));
  });
});

describe('parts', () => {
  test('data-parallel attention: one prompt keeps one rank busy, as many as there are ranks share the work', () => {
    const base = deploymentOf('deepseek-ai/DeepSeek-R1-0528', 'fp8', 1, gpuOf('H200'));
    const layout = { tensorParallelSize: 1, pipelineParallelSize: 1, dataParallelSize: 8, expertParallelSize: 8 };
    const { stepSeconds } = prepareStepTime({ ...base, layout });
    const prefill = (sequences: number): StepBatch => ({
      ...decodeBatch(64, 64_000),
      prefillTokens: 4096,
      prefillAttentionTokenPairs: (4096 * 4096) / 2 / sequences,
      prefillSequences: sequences,
    });
    const times = [1, 2, 4, 8, 16].map((sequences) => stepSeconds(prefill(sequences)));
    expect(times.slice(0, 4)).toEqual([...times.slice(0, 4)].sort((a, b) => b - a));
    expect(times[0]).toBeGreaterThan(1.5 * (times[3] ?? 0));
    expect(times[4]).toBeCloseTo(times[3] ?? 0, 2);
  });

  test('an expert layer: more tokens never faster, a cut or dealt-out one never slower, nothing to do costs the launch', () => {
    const rates = { bytesPerSecond: 3e12, flopsPerSecond: 4e14, launchSeconds: 3e-5, halfDepth: 600 };
    const whole: ExpertLayer = {
      numExperts: 128,
      expertsPerToken: 8,
      shape: { inputs: 4096, width: 1536, matrices: 3 },
      weightBytes: 1,
      activationBytes: 1,
      residentShare: 1,
    };
    const cut = { ...whole, shape: { ...whole.shape, width: 1536 / 4 } };
    const dealt = { ...whole, residentShare: 1 / 4 };
    expect(expertSeconds(0, whole, rates, 3)).toBe(rates.launchSeconds);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), (tokens) => {
        const seconds = expertSeconds(tokens, whole, rates, 3);
        expect(expertSeconds(tokens + 1, whole, rates, 3)).toBeGreaterThanOrEqual(seconds);
        expect(expertSeconds(tokens, cut, rates, 3)).toBeLessThan(seconds);
        expect(expertSeconds(tokens, dealt, rates, 3)).toBeLessThan(seconds);
        // Each of four ranks takes more than a quarter: activations stay as wide as the model, tiles fill less.
        expect(4 * (expertSeconds(tokens, cut, rates, 3) - 3e-5)).toBeGreaterThan(seconds - 3e-5);
      }),
    );
  });

  test('experts touched: one token touches its own, many touch all, never more', () => {
    expect(expertsTouched(1, 128, 4, 3)).toBeCloseTo(4, 0);
    expect(expertsTouched(100_000, 128, 4, 3)).toBeCloseTo(128, 0);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0.5, max: 50, noNaN: true }),
        (tokens, evenness) => {
          const touched = expertsTouched(tokens, 128, 4, evenness);
          expect(touched).toBeLessThanOrEqual(128);
          expect(touched).toBeLessThanOrEqual(4 * tokens + 1e-9);
          expect(expertsTouched(tokens + 1, 128, 4, evenness)).toBeGreaterThanOrEqual(touched);
        },
      ),
    );
  });

  // Measured all-reduce of 4,194,304 16-bit elements, µs, from the calibration file.
  test.each([
    ['H100-SXM', 8, 50.7],
    ['A100-80', 2, 89.7],
    ['B200', 4, 43.2],
  ] as const)('all-reduce on %s over %i ranks is the measured one', (id, ranks, microseconds) => {
    expect(prepareAllReduce(gpuOf(id), ranks)(4_194_304) * 1e6).toBeCloseTo(microseconds, 0);
  });

  test('no collective on one GPU; PCIe is slower than NVLink', () => {
    expect(prepareAllReduce(gpuOf('H100-SXM'), 1)(1e6)).toBe(0);
    expect(prepareAllReduce(gpuOf('L40S'), 4)(1e6)).toBeGreaterThan(prepareAllReduce(gpuOf('A100-80'), 4)(1e6));
  });

  test('a small multiplication costs its launch, a large one its arithmetic', () => {
    const factors = defaultFactors.gemm.Hopper?.bf16;
    if (!factors) throw new Error('no Hopper kernels');
    const rates = { bytesPerSecond: 3.35e12, flopsPerSecond: 989e12, factors, activationBytes: 2 };
    const gemm = { outputs: 8192, inputs: 8192, count: 1, weightBytes: 2 };
    expect(gemmSeconds(1, { ...gemm, outputs: 64, inputs: 64 }, rates)).toBeCloseTo(factors.launchSeconds, 6);
    const seconds = gemmSeconds(8192, gemm, rates);
    expect((2 * 8192 ** 3) / seconds / 989e12).toBeGreaterThan(0.6);
    expect((2 * 8192 ** 3) / seconds / 989e12).toBeLessThan(0.95);
  });
});

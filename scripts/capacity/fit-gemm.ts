import type { ArithmeticKind, GemmFactors } from '../../lib/capacity/efficiency.ts';
import { gemmSeconds } from '../../lib/capacity/gemm.ts';
import type { Gpu } from '../../lib/catalog/gpu.ts';
import { rowsOf } from './csv.ts';
import { leastSquares } from './least-squares.ts';

export interface MeasuredGemm {
  readonly system: string;
  readonly kind: ArithmeticKind;
  readonly tokens: number;
  readonly outputs: number;
  readonly inputs: number;
  readonly seconds: number;
}

export const kernelGpus: Readonly<Record<string, string>> = {
  a100_sxm: 'A100-80',
  l40s: 'L40S',
  h100_sxm: 'H100-SXM',
  h200_sxm: 'H200',
  b200_sxm: 'B200',
};

/**
 * The measured multiplications the fit uses. Left out: block-scaled FP8 (timed with its host launch, 50–290 µs at any
 * size, which a CUDA graph hides) and shapes beyond 16,384 tokens, which no step has.
 */
export function measuredGemms(text: string): readonly MeasuredGemm[] {
  const kinds: Readonly<Record<string, ArithmeticKind>> = { bfloat16: 'bf16', fp8: 'fp8', nvfp4: 'nvfp4' };
  return rowsOf(text).flatMap((row) => {
    const kind = kinds[row.dtype ?? ''];
    const tokens = Number(row.m);
    if (!kind || tokens > 16384) return [];
    const storage = { bf16: 2, fp8: 1, nvfp4: 0.5625 }[kind];
    if (row.system === 'l40s' && Number(row.n) * Number(row.k) * storage < cachedOnL40sBytes) return [];
    const seconds = Number(row.latency_ms) / 1e3;
    return [{ system: row.system ?? '', kind, tokens, outputs: Number(row.n), inputs: Number(row.k), seconds }];
  });
}

/**
 * Weights up to this size ran faster than the L40S reads memory: the benchmark repeats one shape, and its large cache
 * keeps it. Serving never finds its weights there. No other GPU of the file shows it.
 */
const cachedOnL40sBytes = 25e6;

/** Model time of a measured multiplication under given factors. */
export function predictedGemm(row: MeasuredGemm, gpu: Gpu, factors: GemmFactors): number {
  const storage = { bf16: 2, fp8: 1, nvfp4: 0.5 + 1 / 16 }[row.kind];
  const peak = { bf16: 'bf16', fp8: 'fp8', nvfp4: 'fp4' } as const;
  return gemmSeconds(
    row.tokens,
    { outputs: row.outputs, inputs: row.inputs, count: 1, weightBytes: storage },
    {
      bytesPerSecond: gpu.memoryBytesPerSecond ?? 0,
      flopsPerSecond: gpu.denseFlopsPerSecond[peak[row.kind]] ?? 0,
      factors,
      activationBytes: row.kind === 'nvfp4' ? 0.5 : storage,
    },
  );
}

/** Fits the four factors of one architecture and arithmetic on all its measured GPUs together. */
export function fitGemm(rows: readonly MeasuredGemm[], gpuOf: (system: string) => Gpu): GemmFactors {
  const toFactors = (v: readonly number[]): GemmFactors => ({
    launchSeconds: v[0] ?? 0,
    memoryEfficiency: v[1] ?? 0,
    computeEfficiency: v[2] ?? 0,
    halfDepth: v[3] ?? 0,
    ...(rows[0]?.kind === 'bf16' ? {} : { quantizationEfficiency: v[4] ?? 0 }),
  });
  const values = leastSquares(
    [
      { name: 'launchSeconds', start: 4e-6, low: 1e-6, high: 1.5e-5 },
      { name: 'memoryEfficiency', start: 0.8, low: 0.4, high: 0.95 },
      { name: 'computeEfficiency', start: 0.7, low: 0.3, high: 0.98 },
      { name: 'halfDepth', start: 150, low: 5, high: 2000 },
      { name: 'quantizationEfficiency', start: 0.4, low: 0.05, high: 0.9 },
    ],
    (v) => {
      const factors = toFactors(v);
      return rows.map(
        (row) => Math.log(predictedGemm(row, gpuOf(row.system), factors) / row.seconds) / Math.sqrt(rows.length),
      );
    },
    { iterations: 30, prior: 0.001, robustAt: 0.15 / Math.sqrt(rows.length) },
  );
  return toFactors(values);
}

import type { GemmFactors } from './efficiency.ts';

/** One matrix multiplication of a step on one GPU: tokens × inputs by inputs × outputs. */
export interface Gemm {
  readonly outputs: number;
  readonly inputs: number;
  /** How often a step runs it (layers). */
  readonly count: number;
  /** Stored bytes of one weight, scales included. */
  readonly weightBytes: number;
}

/** The hardware side of a multiplication: catalogue peaks and fitted factors of its arithmetic. */
export interface GemmRates {
  readonly bytesPerSecond: number;
  readonly flopsPerSecond: number;
  readonly factors: GemmFactors;
  /** Bytes of one activation as the kernel reads it; below 2 it is quantized first. */
  readonly activationBytes: number;
  /** Launch time of the same multiplication without quantization; absent in 16 bit. */
  readonly plainLaunchSeconds?: number;
}

/** What serving changes about kernel times: 1 each for the kernel alone. */
export interface GemmServing {
  readonly memorySlowdown: number;
  readonly computeSlowdown: number;
  readonly quantizationUnfused: number;
}

const kernelAlone: GemmServing = { memorySlowdown: 1, computeSlowdown: 1, quantizationUnfused: 1 };

/**
 * Seconds of one multiplication of `tokens` rows.
 *
 *   memory  = (weights + activations + results) ÷ (bandwidth × memoryEfficiency)
 *   compute = 2 × tokens × outputs × inputs ÷ (peak × computeEfficiency × inputs ÷ (inputs + halfDepth))
 *   time    = launch + √(memory² + compute²) + quantization of the activations
 *
 * The root of squares rounds the corner of the roofline: near the ridge a kernel hides only part of the shorter term.
 */
export function gemmSeconds(tokens: number, gemm: Gemm, rates: GemmRates, serving: GemmServing = kernelAlone): number {
  const { factors, bytesPerSecond, flopsPerSecond, activationBytes } = rates;
  const { outputs, inputs } = gemm;
  const bytes = outputs * inputs * gemm.weightBytes + tokens * (inputs * activationBytes + outputs * 2);
  const memory = (serving.memorySlowdown * bytes) / (bytesPerSecond * factors.memoryEfficiency);
  const depth = inputs / (inputs + factors.halfDepth);
  const flops = 2 * tokens * outputs * inputs;
  const compute = (serving.computeSlowdown * flops) / (flopsPerSecond * factors.computeEfficiency * depth);
  const quantized =
    activationBytes < 2
      ? (tokens * inputs * (2 + activationBytes)) / (bytesPerSecond * (factors.quantizationEfficiency ?? 0.6))
      : 0;
  const plain = rates.plainLaunchSeconds ?? factors.launchSeconds;
  const quantization = Math.max(0, factors.launchSeconds - plain) + quantized;
  const launch = Math.min(plain, factors.launchSeconds);
  return launch + Math.hypot(memory, compute) + serving.quantizationUnfused * quantization;
}

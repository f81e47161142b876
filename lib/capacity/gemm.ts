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
}

/**
 * Seconds of one multiplication of `tokens` rows.
 *
 *   memory  = (weights + activations + results) ÷ (bandwidth × memoryEfficiency)
 *   compute = 2 × tokens × outputs × inputs ÷ (peak × computeEfficiency × inputs ÷ (inputs + halfDepth))
 *   time    = launch + √(memory² + compute²) + quantization of the activations
 *
 * The root of squares rounds the corner of the roofline: near the ridge a kernel hides only part of the shorter term.
 */
export function gemmSeconds(
  tokens: number,
  gemm: Gemm,
  rates: GemmRates,
  slowdown = { memory: 1, compute: 1 },
): number {
  const { factors, bytesPerSecond, flopsPerSecond, activationBytes } = rates;
  const { outputs, inputs } = gemm;
  const bytes = outputs * inputs * gemm.weightBytes + tokens * (inputs * activationBytes + outputs * 2);
  const memory = (slowdown.memory * bytes) / (bytesPerSecond * factors.memoryEfficiency);
  const depth = inputs / (inputs + factors.halfDepth);
  const flops = 2 * tokens * outputs * inputs;
  const compute = (slowdown.compute * flops) / (flopsPerSecond * factors.computeEfficiency * depth);
  const quantized = activationBytes < 2 ? (tokens * inputs * (2 + activationBytes)) / (bytesPerSecond * 0.6) : 0;
  return factors.launchSeconds + Math.hypot(memory, compute) + quantized;
}

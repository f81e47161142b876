import type { Gpu } from '../catalog/gpu.ts';
import { prepareCollectives } from './collectives.ts';
import {
  type EfficiencyFactors,
  type ExpertPath,
  type GemmFactors,
  kernelFamily,
  type ServingFactors,
} from './efficiency.ts';
import { type ExpertRates, expertSeconds } from './experts.ts';
import { type Gemm, type GemmRates, type GemmServing, gemmSeconds } from './gemm.ts';
import { expertRanksOf, layerWork, residentShareOf } from './layers.ts';
import type { Deployment } from './types.ts';
import { bytesPerWeight, defaultScheme, expertShape, weightSchemes } from './weights.ts';

/** Work of one step that depends only on how many tokens it has, on one data-parallel rank and over all of them. */
export interface TokenTime {
  /** Everything but the experts, by the tokens of the busiest rank: the others wait for it at the next exchange. */
  readonly rankSeconds: (tokens: number) => number;
  /** Experts and the exchange before and after them, by the tokens of all ranks. */
  readonly sharedSeconds: (tokens: number) => number;
}

export function prepareTokenTime(
  deployment: Deployment,
  factors: EfficiencyFactors,
  bandwidth: number,
  peak16: number,
): TokenTime {
  const { model, gpu, layout, precision } = deployment;
  const { serving } = factors;
  const work = layerWork(deployment);
  const slowdown = gemmServing(serving);
  const rates = work.gemms.map((gemm) => gemmRates(gpu, factors, gemm, bandwidth, peak16));
  const collectives = prepareCollectives(deployment, work.moeLayers, {
    latencySlowdown: serving.allReduceLatencySlowdown,
    transferSlowdown: serving.allReduceTransferSlowdown,
  });
  const { moe } = model;
  const scheme = weightSchemes[deployment.weightScheme ?? defaultScheme(precision, model)];
  const path = moe && expertPath(gpu, bytesPerWeight(scheme, 'experts', true), precision);
  const cut = layout.expertParallelSize > 1 ? 1 : expertRanksOf(layout);
  const expertLayer = moe && {
    numExperts: moe.numExperts,
    expertsPerToken: moe.expertsPerToken,
    shape: expertShape(model, precision, cut),
    weightBytes: bytesPerWeight(scheme, 'experts', true),
    activationBytes: path ? activationBytesOf(path) : 2,
    residentShare: residentShareOf(layout),
  };
  const expertRate = path && expertRates(gpu, factors, path, bandwidth, peak16);

  return {
    rankSeconds: (tokens) => {
      let seconds =
        work.elementwiseKernels * serving.elementwiseLaunchSeconds +
        (tokens * work.elementwiseBytesPerToken) / (bandwidth * serving.elementwiseEfficiency);
      work.gemms.forEach((gemm, index) => {
        const rate = rates[index];
        if (rate) seconds += gemm.count * gemmSeconds(tokens, gemm, rate, slowdown);
      });
      return seconds + collectives.rankSeconds(tokens);
    },
    sharedSeconds: (tokens) => {
      const experts =
        expertLayer && expertRate
          ? work.moeLayers * expertSeconds(tokens, expertLayer, expertRate, serving.routerEvenness)
          : 0;
      return experts + collectives.sharedSeconds(tokens);
    },
  };
}

/** The head over one token a sequence, and sampling from its logits. */
export function headSeconds(
  deployment: Deployment,
  factors: EfficiencyFactors,
  bandwidth: number,
): (n: number) => number {
  const { model, gpu } = deployment;
  const { head } = layerWork(deployment);
  const peak16 = gpu.denseFlopsPerSecond.bf16 ?? gpu.denseFlopsPerSecond.fp16 ?? 0;
  const rates = gemmRates(gpu, factors, head, bandwidth, peak16);
  const sampledBytes = model.vocabularySize * 4 * 4;
  return (sequences) =>
    gemmSeconds(sequences, head, rates, gemmServing(factors.serving)) +
    (sequences * sampledBytes) / (bandwidth * factors.serving.elementwiseEfficiency) +
    10 * factors.serving.elementwiseLaunchSeconds;
}

function gemmServing(serving: ServingFactors): GemmServing {
  return {
    memorySlowdown: serving.sustainedMemorySlowdown,
    computeSlowdown: serving.sustainedComputeSlowdown,
    quantizationUnfused: serving.quantizationUnfused,
  };
}

/** Which arithmetic a stored weight runs on: the GPU's own low precision, or 16 bit after unpacking. */
function gemmRates(
  gpu: Gpu,
  factors: EfficiencyFactors,
  gemm: Gemm,
  bytesPerSecond: number,
  peak16: number,
): GemmRates {
  const { family } = kernelFamily(gpu);
  const kinds = factors.gemm[family] ?? {};
  const plainLaunchSeconds = kinds.bf16?.launchSeconds;
  const { fp8, fp4 } = gpu.denseFlopsPerSecond;
  if (gemm.weightBytes === 1 && fp8 && kinds.fp8) {
    return { bytesPerSecond, flopsPerSecond: fp8, factors: kinds.fp8, activationBytes: 1, plainLaunchSeconds };
  }
  if (gemm.weightBytes === 0.5 + 1 / 16 && fp4 && kinds.nvfp4) {
    return { bytesPerSecond, flopsPerSecond: fp4, factors: kinds.nvfp4, activationBytes: 0.5, plainLaunchSeconds };
  }
  const sixteen = required(kinds.bf16, gpu, 'kernel factors');
  const own = gemm.weightBytes < 2 ? unpacking(sixteen) : sixteen;
  return { bytesPerSecond, flopsPerSecond: peak16, factors: own, activationBytes: 2 };
}

/**
 * 16-bit arithmetic on compressed weights. No kernel table covers it: public Marlin figures reach three quarters of the
 * plain kernel's bandwidth at small batches, and lose a sixth of its arithmetic to unpacking at large ones.
 */
function unpacking(plain: GemmFactors): GemmFactors {
  return {
    ...plain,
    launchSeconds: plain.launchSeconds + 1e-6,
    memoryEfficiency: 0.75 * plain.memoryEfficiency,
    computeEfficiency: 0.85 * plain.computeEfficiency,
  };
}

/** The grouped kernel the engine picks for experts of a storage on a GPU. */
function expertPath(gpu: Gpu, weightBytes: number, precision: Deployment['precision']): ExpertPath {
  const { fp8, fp4 } = gpu.denseFlopsPerSecond;
  if (weightBytes === 2) return 'bf16';
  if (weightBytes === 1) return fp8 ? 'fp8' : 'bf16';
  if (precision === 'mxfp4') return fp4 ? 'mxfp4-native' : 'mxfp4-dequantized';
  if (precision === 'nvfp4' && fp4) return 'nvfp4';
  return fp4 ? 'int4-native' : 'int4-dequantized';
}

function arithmeticOf(path: ExpertPath): 'bf16' | 'fp8' | 'fp4' {
  switch (path) {
    case 'bf16':
    case 'int4-dequantized':
    case 'int4-native':
    case 'mxfp4-dequantized':
      return 'bf16';
    case 'fp8':
    case 'mxfp4-native':
      return 'fp8';
    case 'nvfp4':
      return 'fp4';
  }
}

function activationBytesOf(path: ExpertPath): number {
  return { bf16: 2, fp8: 1, fp4: 0.5 }[arithmeticOf(path)];
}

/** No kernel reads faster: DRAM refresh and row changes take the rest. */
const mostOfBandwidth = 0.95;

/** A grouped kernel reaches a share of what the plain multiplication does: of its reading in 16 bit, of its arithmetic. */
function expertRates(
  gpu: Gpu,
  factors: EfficiencyFactors,
  path: ExpertPath,
  bandwidth: number,
  peak16: number,
): ExpertRates {
  const { family } = kernelFamily(gpu);
  const arithmetic = arithmeticOf(path);
  const kinds = factors.gemm[family] ?? {};
  const sixteen = required(kinds.bf16, gpu, 'kernel factors');
  const plain = kinds[arithmetic === 'fp4' ? 'nvfp4' : arithmetic] ?? sixteen;
  const { launchSeconds, memoryShare, computeShare } = factors.experts[path];
  return {
    bytesPerSecond: bandwidth * Math.min(mostOfBandwidth, sixteen.memoryEfficiency * memoryShare),
    flopsPerSecond: (gpu.denseFlopsPerSecond[arithmetic] ?? peak16) * plain.computeEfficiency * computeShare,
    launchSeconds,
    halfDepth: factors.serving.expertHalfDepth,
  };
}

export function required<T>(value: T | undefined, gpu: Gpu, what: string): T {
  if (value === undefined) throw new RangeError(`${gpu.id}: the catalogue has no ${what}`);
  return value;
}

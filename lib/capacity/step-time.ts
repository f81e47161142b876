import type { Gpu } from '../catalog/gpu.ts';
import { attentionWork } from './attention.ts';
import { prepareAllReduce } from './collectives.ts';
import {
  type ArithmeticKind,
  defaultFactors,
  type EfficiencyFactors,
  type ExpertPath,
  kernelFamily,
  type ServingFactors,
} from './efficiency.ts';
import { engineDefaults } from './engine-defaults.ts';
import { expertSeconds } from './experts.ts';
import { type Gemm, type GemmRates, type GemmServing, gemmSeconds } from './gemm.ts';
import { linearStateBytes } from './kv-cache.ts';
import { layerWork } from './layers.ts';
import type { Deployment, StepBatch, StepTimeModel } from './types.ts';
import { bytesPerWeight, defaultScheme, expertElements, weightSchemes } from './weights.ts';

/** Token counts at which the work linear in tokens is tabulated; between them it is interpolated. */
const gridRatio = 1.25;

/**
 * Step time of a deployment, prepared once: everything that depends on token counts alone is tabulated, so a call is
 * two look-ups and a few products.
 *
 *   step = multiplications, experts, norms and collectives over the step's tokens   (table)
 *        + head and sampling over its sequences                                     (table)
 *        + decode attention: launches + KV bytes read ÷ bandwidth
 *        + prefill attention: FLOPs ÷ peak, or its KV read if longer
 *        + scheduler time of the step and of each sequence
 *
 * At fixed counts the time is affine in `decodeContextTokens` (while a sliding window, if any, is full or not): a run
 * of decode steps takes its length × the step at the mean context.
 * @throws {RangeError} if the catalogue lacks the GPU's bandwidth or compute rate
 */
export function prepareStepTime(deployment: Deployment, factors: EfficiencyFactors = defaultFactors): StepTimeModel {
  const { model, gpu, layout, limits } = deployment;
  const { serving } = factors;
  const bandwidth = required(gpu.memoryBytesPerSecond, gpu, 'memory bandwidth');
  const peak16 = required(gpu.denseFlopsPerSecond.bf16 ?? gpu.denseFlopsPerSecond.fp16, gpu, '16-bit compute rate');
  const stages = layout.pipelineParallelSize;
  const dataRanks = layout.dataParallelSize;

  const tokenSeconds = tabulate(
    Math.max(limits.maxNumBatchedTokens, limits.maxNumSeqs),
    linearTokenSeconds(deployment, factors, bandwidth, peak16),
  );
  const sequenceSeconds = tabulate(limits.maxNumSeqs, headSeconds(deployment, factors, bandwidth));

  const attention = attentionWork(deployment);
  const kvEfficiency = kvReadEfficiency(deployment, serving);
  const kvBandwidth = bandwidth * kvEfficiency;
  const secondsPerFullToken = Math.max(
    attention.fullBytesPerToken / kvBandwidth,
    attention.decodeFlopsPerToken / (peak16 * serving.prefillAttentionEfficiency),
  );
  const secondsPerSlidingToken = attention.slidingBytesPerToken / kvBandwidth;
  const secondsPerFullPair = attention.fullFlopsPerPair / (peak16 * serving.prefillAttentionEfficiency);
  const secondsPerSlidingPair = attention.slidingFlopsPerPair / (peak16 * serving.prefillAttentionEfficiency);
  const attentionLaunch = attention.kernelLayers * serving.attentionLaunchSeconds;
  const stateSeconds = (2 * linearStateBytes(model, layout.tensorParallelSize)) / kvBandwidth;
  const linearLaunch = attention.linearLayers * 2 * serving.elementwiseLaunchSeconds;
  const mixedSeconds = model.numLayers * serving.mixedStepSecondsPerLayer;
  const window = attention.slidingWindowTokens;
  const isAsync = limits.asyncScheduling ?? engineDefaults(gpu, limits.engineVersion).asyncScheduling;
  const stepOverhead = serving.stepSeconds + (isAsync ? 0 : serving.synchronousStepSeconds);
  const share = 1 / (stages * dataRanks);
  const tokenShare = 1 / stages;

  return {
    stepSeconds: (batch: StepBatch) => {
      const { prefillTokens, prefillSequences, decodeSequences } = batch;
      const decodes = decodeSequences * share;
      const prefills = prefillSequences * share;
      let seconds =
        interpolate(tokenSeconds, (prefillTokens + decodeSequences) * tokenShare) +
        interpolate(sequenceSeconds, decodes + prefills) +
        attentionLaunch +
        linearLaunch +
        (decodes + prefills) * stateSeconds +
        stepOverhead +
        (decodeSequences + prefillSequences) * serving.stepSecondsPerSequence;
      const slidingTokens = Math.min(batch.decodeContextTokens, decodeSequences * window);
      seconds += share * (batch.decodeContextTokens * secondsPerFullToken + slidingTokens * secondsPerSlidingToken);
      if (prefillTokens > 0) {
        const pairs = batch.prefillAttentionTokenPairs;
        const slidingPairs = Math.min(pairs, prefillTokens * window);
        const compute = pairs * secondsPerFullPair + slidingPairs * secondsPerSlidingPair;
        const read = batch.prefillContextTokens * secondsPerFullToken;
        seconds += share * Math.max(compute, read) + mixedSeconds;
      }
      return seconds;
    },
    requestOverheadSeconds: (inputTokens: number) =>
      serving.requestSeconds + inputTokens * serving.requestSecondsPerToken,
    requestSerialSeconds: (inputTokens: number) =>
      serving.frontEndSeconds + inputTokens * serving.frontEndSecondsPerToken,
    basis: 'modelled',
    errorBand: 0.2,
  };
}

function kvReadEfficiency({ model, gpu, kvPrecision }: Deployment, serving: ServingFactors): number {
  if (model.attention.kind === 'latent') return serving.latentReadEfficiency;
  const unpacked = kvPrecision === 'fp8' && kernelFamily(gpu).family !== 'Blackwell';
  return unpacked ? serving.kvReadEfficiencyUnpacked : serving.kvReadEfficiency;
}

/** Work of one step that depends only on how many tokens it has. */
function linearTokenSeconds(
  deployment: Deployment,
  factors: EfficiencyFactors,
  bandwidth: number,
  peak16: number,
): (tokens: number) => number {
  const { model, gpu, layout, precision } = deployment;
  const { serving } = factors;
  const work = layerWork(deployment);
  const slowdown = gemmServing(serving);
  const rates = work.gemms.map((gemm) => gemmRates(gpu, factors, gemm, bandwidth, peak16));
  const allReduce = prepareAllReduce(gpu, layout.tensorParallelSize);
  const allReduceFloor = allReduce(0);
  const allReduceBase = allReduceFloor * (serving.allReduceLatencySlowdown - serving.allReduceTransferSlowdown);
  const collectives = 2 * model.numLayers;
  const { moe } = model;
  const scheme = weightSchemes[deployment.weightScheme ?? defaultScheme(precision, model)];
  const path = moe && expertPath(gpu, bytesPerWeight(scheme, 'experts', true), precision);
  const expertRanks = Math.max(layout.tensorParallelSize * layout.dataParallelSize, layout.expertParallelSize);
  const expertLayer = moe && {
    numExperts: moe.numExperts,
    expertsPerToken: moe.expertsPerToken,
    elementsPerExpert: expertElements(model, precision, layout.expertParallelSize > 1 ? 1 : expertRanks),
    weightBytes: bytesPerWeight(scheme, 'experts', true),
    residentShare: layout.expertParallelSize > 1 ? 1 / expertRanks : 1,
  };
  const expertFlops = path ? (gpu.denseFlopsPerSecond[arithmeticOf(path)] ?? peak16) : peak16;

  return (tokens) => {
    const tokensPerRank = tokens / layout.dataParallelSize;
    let seconds =
      work.elementwiseKernels * serving.elementwiseLaunchSeconds +
      (tokensPerRank * work.elementwiseBytesPerToken) / (bandwidth * 0.7);
    work.gemms.forEach((gemm, index) => {
      const rate = rates[index];
      if (rate) seconds += gemm.count * gemmSeconds(tokensPerRank, gemm, rate, slowdown);
    });
    if (path && expertLayer) {
      seconds +=
        work.moeLayers *
        expertSeconds(tokens, expertLayer, bandwidth, expertFlops, factors.experts[path], serving.routerEvenness);
    }
    if (layout.tensorParallelSize > 1) {
      seconds +=
        collectives * (allReduceBase + serving.allReduceTransferSlowdown * allReduce(tokensPerRank * model.hiddenSize));
    }
    return seconds;
  };
}

/** The head over one token a sequence, and sampling from its logits. */
function headSeconds(deployment: Deployment, factors: EfficiencyFactors, bandwidth: number): (n: number) => number {
  const { model, gpu } = deployment;
  const { head } = layerWork(deployment);
  const peak16 = gpu.denseFlopsPerSecond.bf16 ?? gpu.denseFlopsPerSecond.fp16 ?? 0;
  const rates = gemmRates(gpu, factors, head, bandwidth, peak16);
  const sampledBytes = model.vocabularySize * 4 * 4;
  return (sequences) =>
    gemmSeconds(sequences, head, rates, gemmServing(factors.serving)) +
    (sequences * sampledBytes) / (bandwidth * 0.7) +
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
  return { bytesPerSecond, flopsPerSecond: peak16, factors: sixteen, activationBytes: 2 };
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

interface Table {
  readonly at: Float64Array;
  readonly seconds: Float64Array;
  readonly inverseLogRatio: number;
}

/** A table over 1 … maximum, every count up to 8 and then in steps of `gridRatio`. */
function tabulate(maximum: number, seconds: (count: number) => number): Table {
  const at = [0, 1];
  for (let next = gridRatio; next < maximum * gridRatio * gridRatio; next *= gridRatio) at.push(next);
  return {
    at: Float64Array.from(at),
    seconds: Float64Array.from(at, (count) => (count === 0 ? 0 : seconds(count))),
    inverseLogRatio: 1 / Math.log(gridRatio),
  };
}

function interpolate(table: Table, count: number): number {
  const { at, seconds } = table;
  if (count <= 1) return (seconds[1] ?? 0) * Math.min(1, Math.max(0, count) * 1e9);
  const index = Math.min(at.length - 2, 1 + Math.floor(Math.log(count) * table.inverseLogRatio));
  const [x0 = 0, x1 = 1] = [at[index], at[index + 1]];
  const [y0 = 0, y1 = 0] = [seconds[index], seconds[index + 1]];
  return y0 + ((y1 - y0) * (count - x0)) / (x1 - x0);
}

function required<T>(value: T | undefined, gpu: Gpu, what: string): T {
  if (value === undefined) throw new RangeError(`${gpu.id}: the catalogue has no ${what}`);
  return value;
}

export type { ArithmeticKind };

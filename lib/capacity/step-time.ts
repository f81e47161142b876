import { attentionWork } from './attention.ts';
import { basisOf, errorBandOf } from './confidence.ts';
import {
  defaultFactors,
  type EfficiencyFactors,
  kernelFamily,
  reachableGpu,
  type ServingFactors,
} from './efficiency.ts';
import { engineDefaults } from './engine-defaults.ts';
import { linearStateBytes } from './kv-cache.ts';
import { interpolate, tabulate } from './step-table.ts';
import { headSeconds, prepareTokenTime, required } from './token-time.ts';
import type { Deployment, StepBatch, StepTimeModel } from './types.ts';

/**
 * Step time of a deployment, prepared once: everything that depends on token counts alone is tabulated, so a call is
 * two look-ups and a few products.
 *
 *   step = multiplications, norms and collectives over the busiest rank's tokens      (table)
 *        + experts and the exchange around them over all the step's tokens           (table; one with the first where
 *                                                                                     attention is not data parallel)
 *        + head and sampling over its sequences                                     (table)
 *        + decode attention: launches + KV bytes read ÷ bandwidth
 *        + prefill attention: FLOPs ÷ peak, or its KV read if longer
 *        + scheduler time of the step and of each sequence
 *
 * At fixed counts the time is affine in `decodeContextTokens` (while a sliding window, if any, is full or not): a run
 * of decode steps takes its length × the step at the mean context.
 * @throws {RangeError} if the catalogue lacks the GPU's bandwidth or compute rate
 */
export function prepareStepTime(asked: Deployment, factors: EfficiencyFactors = defaultFactors): StepTimeModel {
  const deployment = { ...asked, gpu: reachableGpu(asked.gpu) };
  const { model, gpu, layout, limits } = deployment;
  const { serving } = factors;
  const bandwidth = required(gpu.memoryBytesPerSecond, gpu, 'memory bandwidth');
  const peak16 = required(gpu.denseFlopsPerSecond.bf16 ?? gpu.denseFlopsPerSecond.fp16, gpu, '16-bit compute rate');
  const stages = layout.pipelineParallelSize;
  const dataRanks = layout.dataParallelSize;

  const mostTokens = Math.max(limits.maxNumBatchedTokens, limits.maxNumSeqs);
  const tokenTime = prepareTokenTime(deployment, factors, bandwidth, peak16);
  const isAlone = dataRanks === 1;
  const byRankTokens = tabulate(
    mostTokens,
    isAlone ? (tokens) => tokenTime.rankSeconds(tokens) + tokenTime.sharedSeconds(tokens) : tokenTime.rankSeconds,
  );
  const byAllTokens = isAlone ? undefined : tabulate(mostTokens * dataRanks, tokenTime.sharedSeconds);
  const bySequences = tabulate(limits.maxNumSeqs, headSeconds(deployment, factors, bandwidth));

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

  return {
    stepSeconds: (batch: StepBatch) => {
      const { prefillTokens, prefillSequences, decodeSequences } = batch;
      // Ranks step together, and one prompt is one rank's: few prompts keep few ranks busy while the others wait.
      const prefillRanks = Math.max(1, Math.min(dataRanks, prefillSequences));
      const decodes = Math.ceil(decodeSequences / dataRanks) / stages;
      const prefills = prefillSequences / (stages * prefillRanks);
      let seconds =
        interpolate(byRankTokens, prefillTokens / (stages * prefillRanks) + decodes) +
        (byAllTokens ? interpolate(byAllTokens, (prefillTokens + decodeSequences) / stages) : 0) +
        interpolate(bySequences, decodes + prefills) +
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
        seconds += Math.max(compute, read) / (stages * prefillRanks) + mixedSeconds;
      }
      return seconds;
    },
    requestOverheadSeconds: (inputTokens: number) =>
      serving.requestSeconds + inputTokens * serving.requestSecondsPerToken,
    requestSerialSeconds: (inputTokens: number) =>
      serving.frontEndSeconds + inputTokens * serving.frontEndSecondsPerToken,
    basis: basisOf(asked),
    errorBand: errorBandOf(asked),
  };
}

function kvReadEfficiency({ model, gpu, kvPrecision }: Deployment, serving: ServingFactors): number {
  if (model.attention.kind === 'latent') return serving.latentReadEfficiency;
  const unpacked = kvPrecision === 'fp8' && kernelFamily(gpu).family !== 'Blackwell';
  return unpacked ? serving.kvReadEfficiencyUnpacked : serving.kvReadEfficiency;
}

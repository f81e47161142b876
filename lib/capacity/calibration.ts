import type { Model } from '../catalog/model.ts';
import type { EfficiencyFactors, ExpertPath } from './efficiency.ts';
import type { StepTimeModel } from './types.ts';

/**
 * Corrections of one GPU from a user's own measurement: each multiplies the time of one kind of work, so 1.1 means 10%
 * slower than the shipped factors say.
 */
export interface CalibrationScales {
  /** Weights and cache read: what binds small batches. */
  readonly memory: number;
  /** Arithmetic: what binds prefill and large batches. */
  readonly compute: number;
  /** Launches, scheduling, collectives' latency: what a step costs whatever is in it. */
  readonly step: number;
  /** Front end of a request: HTTP, tokenizer, first response. */
  readonly request: number;
}

/** What `groundplan calibrate` stores beside the answers, one entry a GPU id. */
export interface Calibration extends CalibrationScales {
  /** Models that were measured; figures of these are `measured`, of others still `modelled`. */
  readonly modelIds: readonly string[];
  /** Points that were fitted. */
  readonly points: number;
  /** 80th percentile of the relative errors that were left. */
  readonly errorBand: number;
}

export type Calibrations = Readonly<Record<string, Calibration>>;

/** Name of the file beside the answers. */
export const calibrationFileName = 'groundplan.calibration.json';

export interface CalibrationFile {
  readonly schemaVersion: 1;
  readonly gpus: Calibrations;
}

export const unchanged: CalibrationScales = { memory: 1, compute: 1, step: 1, request: 1 };

/** The factors with a calibration applied; shares of a peak shrink where time grows. */
export function scaleFactors(factors: EfficiencyFactors, scales: CalibrationScales): EfficiencyFactors {
  const { memory, compute, step, request } = scales;
  const { serving } = factors;
  const experts = Object.fromEntries(
    Object.entries(factors.experts).map(([path, own]) => [
      path,
      {
        launchSeconds: own.launchSeconds * step,
        memoryEfficiency: own.memoryEfficiency / memory,
        computeEfficiency: own.computeEfficiency / compute,
      },
    ]),
  ) as Record<ExpertPath, EfficiencyFactors['experts'][ExpertPath]>;
  return {
    ...factors,
    experts,
    serving: {
      ...serving,
      sustainedMemorySlowdown: serving.sustainedMemorySlowdown * memory,
      kvReadEfficiency: serving.kvReadEfficiency / memory,
      kvReadEfficiencyUnpacked: serving.kvReadEfficiencyUnpacked / memory,
      latentReadEfficiency: serving.latentReadEfficiency / memory,
      sustainedComputeSlowdown: serving.sustainedComputeSlowdown * compute,
      prefillAttentionEfficiency: serving.prefillAttentionEfficiency / compute,
      elementwiseLaunchSeconds: serving.elementwiseLaunchSeconds * step,
      attentionLaunchSeconds: serving.attentionLaunchSeconds * step,
      allReduceLatencySlowdown: serving.allReduceLatencySlowdown * step,
      stepSeconds: serving.stepSeconds * step,
      synchronousStepSeconds: serving.synchronousStepSeconds * step,
      stepSecondsPerSequence: serving.stepSecondsPerSequence * step,
      mixedStepSecondsPerLayer: serving.mixedStepSecondsPerLayer * step,
      frontEndSeconds: serving.frontEndSeconds * request,
      frontEndSecondsPerToken: serving.frontEndSecondsPerToken * request,
      requestSeconds: serving.requestSeconds * request,
      requestSecondsPerToken: serving.requestSecondsPerToken * request,
    },
  };
}

/** A calibrated model of a deployment: `measured` where its model was, with the error that was left. */
export function trustOf(
  stepTime: StepTimeModel,
  calibration: Calibration | undefined,
  model: Model,
): Pick<StepTimeModel, 'basis' | 'errorBand'> {
  if (!calibration?.modelIds.includes(model.id)) return { basis: stepTime.basis, errorBand: stepTime.errorBand };
  return { basis: 'measured', errorBand: calibration.errorBand };
}

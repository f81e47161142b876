import type { Calibration, CalibrationScales, Calibrations } from '../catalog/calibration.ts';
import type { Model } from '../catalog/model.ts';
import type { EfficiencyFactors, ExpertPath } from './efficiency.ts';
import type { StepTimeModel } from './types.ts';

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
        memoryShare: own.memoryShare / memory,
        computeShare: own.computeShare / compute,
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

import type { Calibration } from '../catalog/calibration.ts';
import { scaleFactors, trustOf } from './calibration.ts';
import { defaultFactors, type EfficiencyFactors } from './efficiency.ts';
import { engineDefaults } from './engine-defaults.ts';
import { kvBytesPerSequence } from './kv-cache.ts';
import { computeMemory } from './memory.ts';
import { prepareStepTime } from './step-time.ts';
import type { Deployment, MemoryLedger, StepTimeModel } from './types.ts';

/** A deployment ready to be simulated. */
export interface PreparedEngine {
  readonly stepTime: StepTimeModel;
  readonly memory: MemoryLedger;
  /**
   * Tokens the cache of one replica holds when sequences have the typical length. Layers with a window or a state hold
   * less per token of a long sequence, so this differs from the ledger's figure, which is at max-model-len.
   */
  readonly kvCacheTokens: number;
  readonly asyncScheduling: boolean;
  readonly reserveFullInput: boolean;
}

export function simulatedCacheTokens(deployment: Deployment, memory: MemoryLedger, typicalTokens: number): number {
  const { model, layout, kvPrecision } = deployment;
  const tokens = Math.max(1, Math.ceil(typicalTokens));
  const sequenceBytes = kvBytesPerSequence(
    model,
    tokens,
    layout.tensorParallelSize,
    layout.pipelineParallelSize,
    kvPrecision,
  );
  return Math.floor((memory.kvCacheBytes / sequenceBytes) * tokens) * layout.dataParallelSize;
}

/** Step time of a deployment with the user's own measurement of the GPU, if there is one. */
export function calibratedStepTime(
  deployment: Deployment,
  factors: EfficiencyFactors,
  calibration: Calibration | undefined,
): StepTimeModel {
  const stepTime = prepareStepTime(deployment, calibration ? scaleFactors(factors, calibration) : factors);
  return { ...stepTime, ...trustOf(stepTime, calibration, deployment.model) };
}

/**
 * @param typicalTokens - context of a sequence half way through its output
 * @param calibration - the user's own measurement of the GPU
 * @param stepTime - prepared before for the same model, GPU, layout and precision
 * @throws {RangeError} where the catalogue lacks a figure of the GPU
 */
export function prepareEngine(
  deployment: Deployment,
  memory: MemoryLedger,
  typicalTokens: number,
  factors: EfficiencyFactors = defaultFactors,
  calibration?: Calibration,
  stepTime: StepTimeModel = calibratedStepTime(deployment, factors, calibration),
): PreparedEngine {
  const defaults = engineDefaults(deployment.gpu, deployment.limits.engineVersion);
  return {
    stepTime,
    memory,
    kvCacheTokens: simulatedCacheTokens(deployment, memory, typicalTokens),
    asyncScheduling: deployment.limits.asyncScheduling ?? defaults.asyncScheduling,
    reserveFullInput: defaults.reserveFullInput,
  };
}

export { computeMemory };

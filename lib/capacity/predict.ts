import type { Calibration } from '../catalog/calibration.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import { sentence } from '../outcome.ts';
import { defaultFactors, type EfficiencyFactors } from './efficiency.ts';
import { engineDefaults } from './engine-defaults.ts';
import { normalQuantile } from './lengths.ts';
import { type Point, readPoint } from './point.ts';
import { computeMemory, prepareEngine } from './prepare-engine.ts';
import { simulate } from './simulate.ts';
import type {
  Deployment,
  KvPrecision,
  LengthDistribution,
  MemoryLedger,
  ParallelLayout,
  Percentiles,
} from './types.ts';

interface MillisecondPercentiles extends Percentiles {}

export interface PointPrediction {
  readonly id: string | number;
  readonly ttftMs: MillisecondPercentiles;
  readonly tpotMs: MillisecondPercentiles;
  readonly itlMs: MillisecondPercentiles;
  readonly e2eMs: MillisecondPercentiles;
  readonly requestThroughput: number;
  readonly outputTokensPerSecond: number;
  readonly outputTokensPerSecondPerGpu: number;
  readonly kvCacheTokens: number;
  readonly basis: string;
  readonly errorBand: number;
}

export interface PointError {
  readonly id: string | number | null;
  readonly error: string;
}

/**
 * What the field's benchmark clients send when nothing else is said: ten requests for each one in flight, and fewer waves
 * where that would be very many.
 */
const closedLoopWaves = { usual: 10, least: 2, requests: 20_000 } as const;
/** Open loop without a count: five minutes of arrivals, so that a P99 stands on enough requests. */
const openLoopSeconds = 300;
const openLoopRequests = { least: 600, most: 6000 } as const;
const seed = 1;

/** One point in, one line out; a point that cannot be served says why. */
export function predictPoint(
  input: unknown,
  catalog: Pick<Catalog, 'gpus' | 'models' | 'calibrations'>,
  factors: EfficiencyFactors = defaultFactors,
): PointPrediction | PointError {
  const read = readPoint(input, catalog);
  if (!read.ok) return { id: idOf(input), error: read.reasons.map(sentence).join(' ') };
  const { point, gpu, model } = read.value;
  const fail = (error: string): PointError => ({ id: point.id, error });
  const longest =
    Math.ceil(upperTokens(point.inputTokens, point.inputTokensStd)) +
    Math.ceil(upperTokens(point.outputTokens, point.outputTokensStd));
  try {
    const fitted = fitDeployment(point, model, gpu, longest);
    if ('error' in fitted) return fail(fitted.error);
    return runPoint(point, fitted.deployment, fitted.memory, catalog.calibrations?.[gpu.id], factors);
  } catch (error) {
    // A missing fact of the catalogue is a RangeError; anything else is ours and must be seen.
    if (error instanceof RangeError) return fail(error.message);
    throw error;
  }
}

function idOf(input: unknown): string | number | null {
  if (typeof input !== 'object' || input === null || !('id' in input)) return null;
  return typeof input.id === 'string' || typeof input.id === 'number' ? input.id : null;
}

/** Longest request to expect, P99.9 where lengths vary. */
function upperTokens(mean: number, std: number | undefined): number {
  return mean + normalQuantile(0.999) * (std ?? 0);
}

function lengths(mean: number, std: number | undefined): LengthDistribution {
  return std ? { kind: 'normal', meanTokens: mean, stdTokens: std } : { kind: 'constant', tokens: mean };
}

/**
 * Cache precision of a point that names none. The engine takes the model's own unless the checkpoint carries scales for
 * an FP8 cache: NVIDIA's do (NVFP4 ones all come from its tool), and the published launch scripts for Blackwell ask for
 * it with every low precision.
 */
function usualKvPrecision(point: Point, gpu: Gpu): KvPrecision {
  switch (point.precision) {
    case 'nvfp4':
      return 'fp8';
    case 'fp8':
    case 'mxfp4':
      return point.model.startsWith('nvidia/') || (gpu.computeCapability ?? 0) >= 10 ? 'fp8' : 'bf16';
    case 'fp16':
      return 'fp16';
    case 'bf16':
    case 'int4':
      return 'bf16';
  }
}

function deploymentOf(point: Point, model: Model, gpu: Gpu, maxModelLen: number): Deployment {
  const defaults = engineDefaults(gpu, point.engineVersion);
  // Expert ranks are tensor ranks times data-parallel ones: more of them than tensor ranks means data-parallel attention.
  const dataParallelSize = Math.max(1, Math.floor(point.expertParallelSize / point.tensorParallelSize));
  const layout: ParallelLayout = {
    tensorParallelSize: point.tensorParallelSize,
    pipelineParallelSize: point.pipelineParallelSize,
    dataParallelSize,
    expertParallelSize: point.expertParallelSize,
  };
  const maxNumSeqs = point.maxNumSeqs ?? defaults.maxNumSeqs;
  return {
    model,
    gpu,
    layout,
    precision: point.precision,
    kvPrecision: point.kvPrecision ?? usualKvPrecision(point, gpu),
    limits: {
      maxNumSeqs,
      maxNumBatchedTokens: Math.max(maxNumSeqs, point.maxNumBatchedTokens ?? defaults.maxNumBatchedTokens),
      maxModelLen,
      gpuMemoryUtilization: point.gpuMemoryUtilization ?? defaults.gpuMemoryUtilization,
      prefixCaching: point.prefixHitRate > 0,
      ...(point.engineVersion === undefined ? {} : { engineVersion: point.engineVersion }),
    },
  };
}

/**
 * The deployment at the asked max-model-len; without one at the model's own, or, where that does not fit, at the
 * longest the cache holds, as the engine's automatic choice does.
 */
function fitDeployment(
  point: Point,
  model: Model,
  gpu: Gpu,
  longestRequest: number,
): { deployment: Deployment; memory: MemoryLedger } | { error: string } {
  const asked = point.maxModelLen ?? Math.max(model.maxPositionEmbeddings, longestRequest);
  const deployment = deploymentOf(point, model, gpu, asked);
  const memory = computeMemory(deployment);
  if (memory.fits) return { deployment, memory };
  if (point.maxModelLen === undefined) {
    const shorter = deploymentOf(point, model, gpu, longestRequest);
    const shorterMemory = computeMemory(shorter);
    if (shorterMemory.fits) return { deployment: shorter, memory: shorterMemory };
  }
  return { error: memoryError(point, model, gpu, longestRequest, memory) };
}

function memoryError(point: Point, model: Model, gpu: Gpu, longestRequest: number, memory: MemoryLedger): string {
  const needed = point.maxModelLen ?? longestRequest;
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  const found =
    memory.kvCacheTokens <= 0
      ? `weights take ${gib(memory.weightBytes)} of ${gib(memory.requestedBytes)} GiB on each GPU, nothing is left for the cache`
      : `the cache holds ${memory.kvCacheTokens} tokens, ${needed} are needed`;
  for (let size = point.tensorParallelSize * 2; size <= 16; size *= 2) {
    const larger = deploymentOf({ ...point, tensorParallelSize: size }, model, gpu, needed);
    if (computeMemory(larger).fits) return `does not fit ${gpu.id}: ${found}; tensorParallelSize ${size} would fit`;
  }
  return `does not fit ${gpu.id}: ${found}; no tensorParallelSize up to 16 would fit at ${point.precision}`;
}

function requestsOf(point: Point): number {
  if (point.requests !== undefined) return point.requests;
  if (point.requestRate !== undefined) {
    const { least, most } = openLoopRequests;
    return Math.round(Math.min(most, Math.max(least, point.requestRate * openLoopSeconds)));
  }
  const concurrency = point.concurrency ?? 1;
  const { usual, least, requests } = closedLoopWaves;
  return Math.max(concurrency * least, Math.min(concurrency * usual, requests));
}

function runPoint(
  point: Point,
  deployment: Deployment,
  memory: MemoryLedger,
  calibration: Calibration | undefined,
  factors: EfficiencyFactors,
): PointPrediction | PointError {
  const engine = prepareEngine(deployment, memory, point.inputTokens + point.outputTokens / 2, factors, calibration);
  const result = simulate({
    stepTime: engine.stepTime,
    kvCacheTokens: engine.kvCacheTokens,
    layout: deployment.layout,
    limits: deployment.limits,
    asyncScheduling: engine.asyncScheduling,
    reserveFullInput: engine.reserveFullInput,
    arrivals:
      point.requestRate !== undefined
        ? { kind: 'poisson', requestsPerSecond: point.requestRate }
        : { kind: 'closed-loop', concurrency: point.concurrency ?? 1 },
    inputTokens: lengths(point.inputTokens, point.inputTokensStd),
    outputTokens: lengths(point.outputTokens, point.outputTokensStd),
    prefixHitRate: point.prefixHitRate,
    replicas: point.replicas,
    router: 'round-robin',
    requests: requestsOf(point),
    seed,
  });
  if (result.completedRequests === 0) {
    return {
      id: point.id,
      error: `maxModelLen: ${deployment.limits.maxModelLen} tokens hold no request of this length`,
    };
  }
  const { tensorParallelSize, pipelineParallelSize, dataParallelSize } = deployment.layout;
  const gpus = tensorParallelSize * pipelineParallelSize * dataParallelSize * point.replicas;
  return {
    id: point.id,
    ttftMs: milliseconds(result.ttftSeconds),
    tpotMs: milliseconds(result.tpotSeconds),
    itlMs: milliseconds(result.itlSeconds),
    e2eMs: milliseconds(result.endToEndSeconds),
    requestThroughput: significant(result.requestsPerSecond),
    outputTokensPerSecond: significant(result.outputTokensPerSecond),
    outputTokensPerSecondPerGpu: significant(result.outputTokensPerSecond / gpus),
    kvCacheTokens: memory.kvCacheTokens,
    basis: engine.stepTime.basis,
    errorBand: engine.stepTime.errorBand,
  };
}

function significant(value: number): number {
  return Number(value.toPrecision(6));
}

function milliseconds(seconds: Percentiles): MillisecondPercentiles {
  return {
    mean: significant(seconds.mean * 1000),
    p50: significant(seconds.p50 * 1000),
    p90: significant(seconds.p90 * 1000),
    p95: significant(seconds.p95 * 1000),
    p99: significant(seconds.p99 * 1000),
  };
}

import type { SimulationInput } from '../../lib/capacity/simulate.ts';
import type { EngineLimits, ServingRequirement, StepBatch, StepTimeModel } from '../../lib/capacity/types.ts';
import type { Offer } from '../../lib/catalog/catalog.ts';
import type { Gpu } from '../../lib/catalog/gpu.ts';
import type { Model } from '../../lib/catalog/model.ts';
import { denseModel, gpuOffer, gpuWith } from '../fixtures/catalog.ts';

export function gpu(id: string, gib: number, tflops: number, gbPerSecond: number, rest: Partial<Gpu> = {}): Gpu {
  return gpuWith({
    id,
    memoryBytesNominal: gib * 2 ** 30,
    memoryBytesPerSecond: gbPerSecond * 1e9,
    denseFlopsPerSecond: { bf16: tflops * 1e12, fp16: tflops * 1e12, fp8: 2 * tflops * 1e12 },
    linkBytesPerSecondPerDirection: 450e9,
    pcieGeneration: 5,
    ...rest,
  });
}

const smallGpu = gpu('SMALL', 24, 120, 300);
export const middleGpu = gpu('MIDDLE', 48, 360, 860);
const largeGpu = gpu('LARGE', 80, 989, 3350);

/** Shapes of an 8-billion dense model. */
export const smallModel: Model = {
  ...denseModel,
  id: 'fixture/dense-8b',
  family: 'fixture',
  parameters: 8.03e9,
  activeParameters: 8.03e9,
};

export function offer(instanceType: string, gpuId: string, count: number, usdPerHour: number): Offer {
  const price = {
    region: 'us-east-1',
    onDemandUsdPerHour: usdPerHour,
    reserved1yNoUpfrontUsdPerHour: usdPerHour * 0.65,
    spotUsdPerHour: usdPerHour * 0.4,
  };
  return gpuOffer(instanceType, gpuId, count, [price], {
    efaInterfaces: count >= 8 ? 4 : 0,
    networkBitsPerSecond: 100e9,
  });
}

export const offers: readonly Offer[] = [
  offer('s.large', 'SMALL', 1, 0.8),
  offer('s.xlarge', 'SMALL', 1, 1),
  offer('s.4x', 'SMALL', 4, 4),
  offer('sf.half', 'SMALL', 0.5, 0.4),
  offer('m.large', 'MIDDLE', 1, 1.9),
  offer('m.xlarge', 'MIDDLE', 1, 2.2),
  offer('m.4x', 'MIDDLE', 4, 10.5),
  offer('l.8x', 'LARGE', 8, 55),
];

export const gpus: readonly Gpu[] = [smallGpu, middleGpu, largeGpu];

/** Chat on the 8-billion model: a few requests a second with room in every goal. */
export function requirement(change: Partial<ServingRequirement> = {}): ServingRequirement {
  return {
    models: [smallModel],
    precisions: ['bf16'],
    kvPrecisions: ['bf16'],
    load: { kind: 'online', expectedRequestsPerSecond: 2, peakRequestsPerSecond: 6, burstiness: 1 },
    inputTokens: { kind: 'lognormal', meanTokens: 800, p95Tokens: 2000 },
    outputTokens: { kind: 'lognormal', meanTokens: 150, p95Tokens: 400 },
    prefixHitRate: 0,
    maxModelLen: 8192,
    slo: { ttftSeconds: { p50: 0.4, p95: 1 }, tpotSeconds: { p50: 0.06, p95: 0.1 } },
    cloud: 'aws',
    regions: ['us-east-1'],
    offers,
    purchases: ['on-demand'],
    gpuQuota: {},
    spareReplicas: 1,
    headroom: 0.2,
    ceilingUsdPerMonth: 60_000,
    seed: 7,
    ...change,
  };
}

/** A step of fixed cost, plus a cost for each token and each context token: easy to check by hand. */
export function affineStep(
  change: { fixed?: number; token?: number; context?: number; decode?: number } = {},
): StepTimeModel {
  const { fixed = 0.01, token = 5e-5, context = 2e-8, decode = 1e-5 } = change;
  return {
    stepSeconds: (batch: StepBatch) =>
      fixed + token * batch.prefillTokens + decode * batch.decodeSequences + context * batch.decodeContextTokens,
    requestOverheadSeconds: () => 0,
    basis: 'assumed',
    errorBand: 0.2,
  };
}

export const oneGpu = {
  tensorParallelSize: 1,
  pipelineParallelSize: 1,
  dataParallelSize: 1,
  expertParallelSize: 1,
} as const;

export function limits(change: Partial<EngineLimits> = {}): EngineLimits {
  return {
    maxNumSeqs: 64,
    maxNumBatchedTokens: 2048,
    maxModelLen: 8192,
    gpuMemoryUtilization: 0.9,
    prefixCaching: false,
    ...change,
  };
}

/** One replica of an affine engine without front-end time. */
export function simulation(change: Partial<SimulationInput> = {}): SimulationInput {
  return {
    stepTime: affineStep(),
    kvCacheTokens: 100_000,
    layout: oneGpu,
    limits: limits(),
    asyncScheduling: false,
    reserveFullInput: false,
    arrivals: { kind: 'poisson', requestsPerSecond: 5 },
    inputTokens: { kind: 'constant', tokens: 500 },
    outputTokens: { kind: 'constant', tokens: 100 },
    prefixHitRate: 0,
    replicas: 1,
    router: 'least-loaded',
    requests: 300,
    seed: 1,
    ...change,
  };
}

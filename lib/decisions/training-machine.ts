import type { Catalog, Offer } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { FineTuningChoice } from './decided.ts';
import { type TrainingRun, trainingGpuHours, trainingMemoryBytes } from './training-cost.ts';

export type Method = FineTuningChoice['method'];

export const fewExamples = 10_000;

const epochs = 3;

const longestSequence = 4096;

export interface MachineFit {
  readonly offer: Offer;
  readonly gpuId: string;
  readonly gpus: number;
  readonly memoryBytesPerGpu: number;
  readonly gpuHours: number;
  readonly usdPerHour: number;
  readonly usdPerRun: number;
}

/** The fewest GPUs of one machine type that hold the run, up to a limit; several machines only for sharded weights. */
export function machineFits(
  offer: Offer,
  catalog: Catalog,
  model: Model,
  run: TrainingRun,
  maxGpus: number,
): readonly MachineFit[] {
  const gpu = catalog.gpus.find((row) => row.id === offer.gpu?.id);
  const price = offer.prices[0]?.onDemandUsdPerHour;
  if (gpu?.vendor !== 'nvidia' || !offer.gpu || offer.gpu.count < 1 || price === undefined) return [];
  if ((gpu.computeCapability ?? 0) < 8) return [];
  const gpuHours = trainingGpuHours(model, run, gpu);
  if (gpuHours === undefined) return [];
  const available = (gpu.memoryBytesDriver ?? gpu.memoryBytesNominal) * 0.95;
  const mostMachines = run.method === 'full' ? 8 : 1;
  for (let machines = 1; machines <= mostMachines; machines *= 2) {
    const gpus = offer.gpu.count * machines;
    if (gpus > maxGpus) return [];
    const memoryBytesPerGpu = trainingMemoryBytes(model, run, gpus);
    if (memoryBytesPerGpu > available) continue;
    const usdPerHour = price * machines;
    return [
      {
        offer,
        gpuId: gpu.id,
        gpus,
        memoryBytesPerGpu,
        gpuHours,
        usdPerHour,
        usdPerRun: (gpuHours / gpus) * usdPerHour,
      },
    ];
  }
  return [];
}

export function trainingRun(method: Method, { fineTuning, throughput }: Requirements): TrainingRun {
  const mean = (throughput.inputTokens?.mean ?? 1024) + (throughput.outputTokens?.mean ?? 256);
  return {
    method,
    stage: fineTuning.goal === 'preference' ? 'dpo' : fineTuning.goal === 'reasoning' ? 'grpo' : 'sft',
    rank: fineTuning.goal === 'classification-extraction' && (fineTuning.examples ?? 0) < fewExamples ? 16 : 64,
    sequenceTokens: Math.min(longestSequence, Math.ceil(mean)),
    batch: 1,
    examples: fineTuning.examples ?? 0,
    epochs,
  };
}

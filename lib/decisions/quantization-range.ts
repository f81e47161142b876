import { computeMemory } from '../capacity/memory.ts';
import type { Precision } from '../capacity/types.ts';
import type { Catalog, Offer } from '../catalog/catalog.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import type { Requirements } from '../requirements/schema.ts';
import { quantizationFacts } from './quantization-facts.ts';

export type Quantization = keyof typeof quantizationFacts;

/** What D4 can say before sizing: the table's own choice, ours, and what the sizer may try. */
export interface QuantizationRange {
  /** D4.1–D4.5, first match. */
  readonly table: { readonly row: string; readonly choice: Quantization; readonly because: string };
  /** D4.6: native or hardware precisions the tolerance allows; empty where there are none. */
  readonly ours: readonly Quantization[];
  readonly memoryConstrained: boolean;
  readonly native: boolean;
  /** No GPU, or a server that reads nothing else. */
  readonly gguf: boolean;
  /** A row that speaks of these answers and is not followed; its note says why. */
  readonly deviatesFrom?: 'D4.4';
}

const urgentP95Ms = 150;

/** D4 before sizing. `offers` are those that may be bought; memory is constrained when 16 bit fits on none of them. */
export function quantizationRange(
  requirements: Requirements,
  catalog: Catalog,
  model: Model,
  offers: readonly Offer[],
  serverReadsOnlyGguf: boolean,
): QuantizationRange {
  const machines = machinesOf(requirements, catalog, offers);
  const gpus = machines.map((machine) => machine.gpu);
  const memoryConstrained = !machines.some((machine) =>
    fits(model, machine, requirements.model.maxContextTokens, 'bf16'),
  );
  const native = nativePrecision(model);
  const gguf = requirements.infrastructure.cpuOnly || serverReadsOnlyGguf;
  const ours = gguf ? [] : native ? [native] : hardwarePrecisions(requirements, model, machines, memoryConstrained);
  const table: QuantizationRange['table'] = serverReadsOnlyGguf
    ? { row: 'D4.3', choice: 'gguf-q4-k-m', because: 'the server of D3 reads GGUF only.' }
    : tableChoice(requirements, gpus, memoryConstrained);
  const qualityFirst = requirements.model.qualityTolerance === 'strict' && !gguf && table.row !== 'D4.4';
  return {
    table,
    ours,
    memoryConstrained,
    native: !gguf && native !== undefined,
    gguf,
    ...(qualityFirst ? { deviatesFrom: 'D4.4' } : {}),
  };
}

/**
 * D4.6 for a 16-bit checkpoint. Strict tolerance takes none of them while 16 bit fits; where it does not, FP8 loses
 * less than the 4 bit the table would take.
 */
function hardwarePrecisions(
  { model: asked }: Requirements,
  model: Model,
  machines: readonly Machine[],
  memoryConstrained: boolean,
): readonly Quantization[] {
  const fp8 = machines.some(
    (machine) =>
      machine.gpu.denseFlopsPerSecond.fp8 !== undefined && fits(model, machine, asked.maxContextTokens, 'fp8'),
  );
  const fp4 = machines.some((machine) => machine.gpu.denseFlopsPerSecond.fp4 !== undefined);
  const tolerates = asked.qualityTolerance !== 'strict' || memoryConstrained;
  return [
    ...(fp8 && tolerates ? (['fp8'] as const) : []),
    ...(fp4 && asked.qualityTolerance === 'relaxed' ? (['nvfp4'] as const) : []),
  ];
}

interface Machine {
  readonly gpu: Gpu;
  /** GPUs of one machine the quota lets us start. */
  readonly count: number;
}

/** GPU types and counts that may be used, each once: allow list and quota applied, shared cards left out. */
function machinesOf({ infrastructure }: Requirements, catalog: Catalog, offers: readonly Offer[]): readonly Machine[] {
  const { quota, allow } = infrastructure.gpu;
  const gpus = new Map(catalog.gpus.map((gpu) => [gpu.id, gpu]));
  const machines = new Map<string, Machine>();
  for (const offer of offers) {
    const { id = '', count = 0 } = offer.gpu ?? {};
    const usable = Math.floor(Math.min(count, quota?.[id] ?? count));
    if (usable < 1 || (allow?.length && !allow.includes(id)) || machines.has(`${id} ${usable}`)) continue;
    const gpu = gpus.get(id);
    if (gpu) machines.set(`${id} ${usable}`, { gpu, count: usable });
  }
  return [...machines.values()];
}

/** Precisions the sizer may use: a pin alone; a native checkpoint alone; else ours and the table's choice. */
export function allowedPrecisions(
  requirements: Requirements,
  range: QuantizationRange,
): readonly [Precision, ...Precision[]] {
  const pin = requirements.pins.D4?.choice;
  if (pin !== undefined && isQuantization(pin)) return [quantizationFacts[pin].precision];
  // Quality first: the table's 4 bit is not even tried where FP8 fits.
  const strict = requirements.model.qualityTolerance === 'strict';
  if ((range.native || strict) && range.ours[0]) return [quantizationFacts[range.ours[0]].precision];
  const choices = [
    ...new Set([...range.ours, range.table.choice].map((choice) => quantizationFacts[choice].precision)),
  ];
  return choices as [Precision, ...Precision[]];
}

function isQuantization(id: string): id is Quantization {
  return Object.hasOwn(quantizationFacts, id);
}

/** D4.1–D4.5 in order, first match wins. D4.4 is read as «16 bit does not fit, 4 bit does»; see the record. */
function tableChoice(
  requirements: Requirements,
  gpus: readonly Gpu[],
  constrained: boolean,
): QuantizationRange['table'] {
  const { latency, model, throughput, infrastructure } = requirements;
  const p95 = latency.streaming ? latency.ttftMs?.p95 : latency.endToEndMs?.p95;
  if (p95 !== undefined && p95 < urgentP95Ms && constrained && !infrastructure.cpuOnly) {
    return {
      row: 'D4.1',
      choice: 'awq',
      because: `P95 of ${p95} ms is below ${urgentP95Ms} ms and 16 bit does not fit.`,
    };
  }
  if (throughput.pattern === 'batch' && model.qualityTolerance !== 'strict' && !infrastructure.cpuOnly) {
    return { row: 'D4.2', choice: 'gptq', because: 'a batch workload tolerates it; a calibration set is required.' };
  }
  if (infrastructure.cpuOnly) return { row: 'D4.3', choice: 'gguf-q4-k-m', because: 'there is no GPU.' };
  if (model.qualityTolerance === 'strict' && constrained) {
    return { row: 'D4.4', choice: 'nf4', because: 'quality is critical, 16 bit does not fit and NF4 does.' };
  }
  if (constrained) {
    return {
      row: 'D4.1',
      choice: 'awq',
      because: '16 bit does not fit; no row names this without a goal below 150 ms, and this one is nearest.',
    };
  }
  const ampere = gpus.length === 0 || gpus.some((gpu) => (gpu.computeCapability ?? 8) >= 8 || gpu.vendor !== 'nvidia');
  return ampere
    ? { row: 'D4.5', choice: 'bf16', because: 'memory is no constraint.' }
    : { row: 'D4.5', choice: 'fp16', because: 'memory is no constraint, and every GPU allowed is older than Ampere.' };
}

/** The checkpoint's own low precision, or undefined for 16 and 32 bit. */
export function nativePrecision(model: Model): Quantization | undefined {
  const dtype = model.nativeDtype.toLowerCase();
  if (dtype.includes('mxfp4')) return 'mxfp4';
  if (dtype.includes('nvfp4')) return 'nvfp4';
  if (dtype.startsWith('int4')) return 'int4-native';
  if (dtype.startsWith('fp8')) return 'fp8';
  return undefined;
}

/** Whether the weights and one longest context fit on one machine, cut over as many GPUs as divide its heads. */
function fits(model: Model, { gpu, count }: Machine, maxContextTokens: number, precision: 'bf16' | 'fp8'): boolean {
  for (let size = 2 ** Math.floor(Math.log2(count)); size >= 1; size /= 2) {
    if (model.numAttentionHeads % size === 0)
      return computeMemory(deploymentOf(model, gpu, size, maxContextTokens, precision)).fits;
  }
  return false;
}

function deploymentOf(
  model: Model,
  gpu: Gpu,
  tensorParallelSize: number,
  maxModelLen: number,
  precision: 'bf16' | 'fp8',
) {
  return {
    model,
    gpu,
    layout: { tensorParallelSize, pipelineParallelSize: 1, dataParallelSize: 1, expertParallelSize: 1 },
    precision,
    kvPrecision: 'bf16',
    limits: {
      maxNumSeqs: 8,
      maxNumBatchedTokens: 2048,
      maxModelLen: Math.min(maxModelLen, model.maxPositionEmbeddings),
      gpuMemoryUtilization: 0.92,
      prefixCaching: true,
    },
  } as const;
}

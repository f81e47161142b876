import { computeMemory } from '../capacity/memory.ts';
import type { Candidate, CapacityPlan, Precision } from '../capacity/types.ts';
import type { Catalog, Offer } from '../catalog/catalog.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import { type Outcome, ok, type Reason } from '../outcome.ts';
import type { Decision } from '../plan/plan.ts';
import type { Requirements } from '../requirements/schema.ts';
import { evidence, type Option, type Ruling, recordOf, reference, settle, usd } from './decision.ts';
import { quantizationFacts } from './quantization-facts.ts';

export { quantizationFacts } from './quantization-facts.ts';

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
  return { table, ours, memoryConstrained, native: !gguf && native !== undefined, gguf };
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
  const machines = new Map<string, Machine>();
  for (const offer of offers) {
    const { id = '', count = 0 } = offer.gpu ?? {};
    const usable = Math.floor(Math.min(count, quota?.[id] ?? count));
    if (usable < 1 || (allow?.length && !allow.includes(id)) || machines.has(`${id} ${usable}`)) continue;
    const gpu = catalog.gpus.find((row) => row.id === id);
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

/** D4 after sizing: the chosen candidate's precision, with what the table alone would have chosen. */
export function chooseQuantization(
  requirements: Requirements,
  catalog: Catalog,
  model: Model,
  range: QuantizationRange,
  sizing: CapacityPlan | undefined,
): Outcome<{ readonly choice: Quantization; readonly record: Decision }> {
  const options = (Object.keys(quantizationFacts) as Quantization[]).map((id): Option<Quantization> => {
    const facts = quantizationFacts[id];
    const candidate = sizing && candidateAt(sizing, facts.precision);
    return {
      id,
      title: facts.title,
      pros: facts.pros,
      cons: facts.cons,
      unmet: quantizationLimits(id, requirements, catalog, model, range),
      rows: facts.rows,
      ...(candidate ? { usdPerMonth: candidate.usdPerMonth } : {}),
    };
  });
  const settled = settle('D4', requirements.pins, options, quantizationRuling(range, sizing));
  if (!settled.ok) return settled;
  const choice = settled.value.choice;
  const facts = quantizationFacts[choice];
  const record = recordOf(requirements, settled.value, {
    id: 'D4',
    title: 'Quantization',
    question: 'In which precision are the weights served?',
    reasons: quantizationReasons(range, choice, sizing),
    reads: [
      'model.qualityTolerance',
      'latency.ttftMs.p95',
      'latency.endToEndMs.p95',
      'throughput.pattern',
      'infrastructure.cpuOnly',
      'infrastructure.gpu.allow',
      'model.id',
    ],
    evidence: [
      ...facts.evidence,
      ...(range.table.choice === choice ? [] : quantizationFacts[range.table.choice].evidence),
      ...(requirements.model.qualityTolerance === 'strict' && range.table.row === 'D4.5' ? [strictDeviation] : []),
      evidence(`The checkpoint is published in ${model.nativeDtype}.`, 'measured', model.sources[0]),
    ],
    parameters: {
      precision: facts.precision,
      scheme: facts.scheme,
      toolchain: facts.toolchain,
      calibrationSet: facts.calibrationSet,
      tableWouldChoose: range.table.choice,
      tableRow: range.table.row,
      memoryConstrained: range.memoryConstrained,
    },
    consequences: facts.consequences,
    effort: facts.effort,
    risk: facts.risk,
    reversal:
      'The 16-bit checkpoint stays mirrored; the previous artefact is kept runnable and the route returns to it.',
    migration: 'Serve the new precision as challenger on 5–10% of traffic; promote through the evaluation gate.',
  });
  return ok({ choice, record });
}

function quantizationRuling(range: QuantizationRange, sizing: CapacityPlan | undefined): Ruling<Quantization> {
  const { table, ours } = range;
  const sized = sizing?.chosen.precision;
  // A neighbouring answer may allow none of the precisions that were sized; then the rule alone speaks.
  const served = [...ours, table.choice].some((choice) => quantizationFacts[choice].precision === sized)
    ? sized
    : undefined;
  const isServed = (choice: Quantization) => served === undefined || quantizationFacts[choice].precision === served;
  const mine = ours.find(isServed);
  if (mine && (mine !== table.choice || range.native)) {
    const because = range.native
      ? 'the checkpoint ships in this precision; converting it would only lose.'
      : 'the GPU runs it natively, the quality tolerance allows it, and it is the cheapest that meets every goal.';
    return { rows: ['D4.6', table.row], admits: [mine], because, ranking: 'order' };
  }
  return { rows: [table.row], admits: [table.choice], because: table.because, ranking: 'order' };
}

function quantizationLimits(
  id: Quantization,
  { infrastructure }: Requirements,
  catalog: Catalog,
  model: Model,
  range: QuantizationRange,
): readonly Reason[] {
  const native = nativePrecision(model);
  const reasons: Reason[] = [];
  if (range.gguf && !infrastructure.cpuOnly && id !== 'gguf-q4-k-m') {
    reasons.push({
      path: 'decisions.D3',
      asked: quantizationFacts[id].title,
      found: 'the server chosen by D3 reads GGUF only',
      change: 'Pin another server, or serve GGUF.',
    });
  }
  if (infrastructure.cpuOnly && id !== 'gguf-q4-k-m') {
    reasons.push({
      path: 'infrastructure.cpuOnly',
      asked: 'no GPU',
      found: `${quantizationFacts[id].title} needs one`,
      change: 'Take GGUF, or allow GPUs.',
    });
  }
  const shippedOnly = id === 'mxfp4' || id === 'int4-native';
  if (shippedOnly && native !== id) {
    reasons.push({
      path: 'model.id',
      asked: quantizationFacts[id].title,
      found: `${model.id} ships in ${model.nativeDtype}`,
      change: 'Name a model published in it.',
    });
  }
  if (native && id !== native && !['bf16', 'gguf-q4-k-m'].includes(id)) {
    reasons.push({
      path: 'model.id',
      asked: quantizationFacts[id].title,
      found: `${model.id} is already ${model.nativeDtype}; quantizing it twice is not offered`,
      change: 'Keep the native precision.',
    });
  }
  if (
    id === 'nvfp4' &&
    native !== 'nvfp4' &&
    !allowedGpus(infrastructure.gpu.allow, catalog).some((gpu) => gpu.denseFlopsPerSecond.fp4)
  ) {
    reasons.push({
      path: 'infrastructure.gpu.allow',
      asked: 'NVFP4',
      found: 'no allowed GPU computes in FP4',
      change: 'Allow a Blackwell GPU.',
    });
  }
  return reasons;
}

function allowedGpus(allow: readonly string[] | undefined, catalog: Catalog): readonly Gpu[] {
  return catalog.gpus.filter((gpu) => !allow?.length || allow.includes(gpu.id));
}

function candidateAt(sizing: CapacityPlan, precision: string): Candidate | undefined {
  return [sizing.chosen, ...sizing.paretoFront]
    .filter((candidate) => candidate.precision === precision)
    .toSorted((a, b) => a.usdPerMonth - b.usdPerMonth)[0];
}

function quantizationReasons(
  range: QuantizationRange,
  choice: Quantization,
  sizing: CapacityPlan | undefined,
): readonly string[] {
  if (range.table.choice === choice) return [];
  const table = quantizationFacts[range.table.choice];
  const other = sizing && candidateAt(sizing, table.precision);
  const difference = other
    ? ` It would cost ${usd(other.usdPerMonth)} a month with P95 end to end ${other.prediction.endToEndSeconds.p95.toFixed(1)} s, against ${usd(sizing.chosen.usdPerMonth)} and ${sizing.chosen.prediction.endToEndSeconds.p95.toFixed(1)} s.`
    : rejectedText(sizing, table.precision);
  return [
    `Rows D4.1 to D4.5 alone would choose ${table.title} (${range.table.row}: ${range.table.because})${difference}`,
  ];
}

/** What became of the table's precision in the search: its cheapest candidate, with the limit or the cost that lost. */
function rejectedText(sizing: CapacityPlan | undefined, precision: string): string {
  const row = sizing?.rejected
    .filter((candidate) => candidate.id.split('/').includes(precision))
    .toSorted((a, b) => (a.usdPerMonth ?? Number.MAX_VALUE) - (b.usdPerMonth ?? Number.MAX_VALUE))[0];
  if (!row) return ' Its difference is not predicted: no candidate in it was sized.';
  const cost = row.usdPerMonth === undefined ? '' : ` at ${usd(row.usdPerMonth)} a month`;
  return ` Its nearest candidate${cost} was rejected: ${row.reason}.`;
}

/** D4.4 against practice, written once for the record of strict answers. */
const strictDeviation = evidence(
  'Row D4.4 names NF4 for quality-critical work with enough memory. Where 16 bit fits, 16 bit loses nothing, so D4.5 is taken; NF4 stays reachable by a pin, and is chosen where 16 bit does not fit.',
  'assumed',
  reference,
);

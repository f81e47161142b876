import type { Candidate, CapacityPlan } from '../capacity/types.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import { type Outcome, ok, type Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import { evidence, type Option, type Ruling, recordOf, settle, usd } from './decision.ts';
import { quantizationFacts } from './quantization-facts.ts';
import { nativePrecision, type Quantization, type QuantizationRange } from './quantization-range.ts';
import type { Decision } from './record.ts';

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
  const settled = settle(
    'D4',
    requirements.pins,
    options,
    quantizationRuling(range, requirements.pins.D4 ? undefined : sizing),
  );
  if (!settled.ok) return settled;
  const choice = settled.value.choice;
  const facts = quantizationFacts[choice];
  const record = recordOf(requirements, settled.value, {
    id: 'D4',
    title: 'Quantization',
    question: 'In which precision are the weights served?',
    reasons: settled.value.pinned?.against
      ? [pinnedReason(settled.value.pinned.against, sizing)]
      : quantizationReasons(range, choice, sizing),
    reads: [
      'model.qualityTolerance',
      'latency.ttftMs.p95',
      'latency.endToEndMs.p95',
      'throughput.pattern',
      'infrastructure.cpuOnly',
      'infrastructure.gpu.allow',
      'model.id',
    ],
    evidence: [evidence(`The checkpoint is published in ${model.nativeDtype}.`, 'measured', model.sources[0])],
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
  const deviates = range.deviatesFrom ? [range.deviatesFrom] : [];
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
    return { rows: ['D4.6', table.row, ...deviates], admits: [mine], because, ranking: 'order' };
  }
  return { rows: [table.row, ...deviates], admits: [table.choice], because: table.because, ranking: 'order' };
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

/** A pinned precision is sized alone, so the difference to the advised one is not known. */
function pinnedReason(against: string, sizing: CapacityPlan | undefined): string {
  const cost = sizing ? ` and costs ${usd(sizing.chosen.usdPerMonth)} a month` : '';
  return `The pinned precision alone was sized${cost}; plan without the pin to see what ${against} would cost.`;
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

import type { Arrivals, Deployment, KvPrecision, LengthDistribution, Precision } from '../../lib/capacity/types.ts';
import type { Catalog } from '../../lib/catalog/catalog.ts';
import type { Model } from '../../lib/catalog/model.ts';
import { type Row, rowsOf } from './csv.ts';

/** One published serving measurement, ready to predict. */
export interface ServingPoint {
  readonly id: string;
  readonly set: 'inferencemax' | 'nvidia-internal' | 'blis-train';
  readonly sourceRef: string;
  readonly deployment: Deployment;
  readonly inputTokens: LengthDistribution;
  readonly outputTokens: LengthDistribution;
  readonly arrivals: Arrivals;
  readonly requests: number;
  readonly prefixHitRate: number;
  readonly asyncScheduling: boolean;
  /** Milliseconds, as published. */
  readonly measured: { readonly [metric in Metric]?: number };
  /** Why the point is reported but takes no part in the fit. */
  readonly setAside?: string;
}

export type Metric =
  | 'ttftMean'
  | 'ttftP90'
  | 'ttftP99'
  | 'tpotMean'
  | 'itlMean'
  | 'endToEndMean'
  | 'endToEndP90'
  | 'endToEndP99';

const gpuIds: Readonly<Record<string, string>> = {
  'H100-SXM-80GB': 'H100-SXM',
  'H200-SXM-141GB': 'H200',
  'B200-SXM': 'B200',
};

const modelIds: Readonly<Record<string, string>> = {
  'meta-llama/Llama-3.1-70B': 'meta-llama/Llama-3.1-70B-Instruct',
  'nvidia/Llama-3.1-8B-Instruct-FP8': 'meta-llama/Llama-3.1-8B-Instruct',
  'RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic': 'meta-llama/Llama-4-Scout-17B-16E-Instruct',
};

/** Reads the three serving files of a calibration folder. */
export function servingPoints(
  readFile: (name: string) => string,
  catalog: Pick<Catalog, 'gpus' | 'models'>,
): readonly ServingPoint[] {
  const sets = ['inferencemax', 'nvidia-internal', 'blis-train'] as const;
  return sets.flatMap((set) =>
    rowsOf(readFile(`${set}.csv`)).flatMap((row, index) => {
      const point = servingPoint(set, row, index, catalog);
      if (!point) return [];
      // The Kimi rows of the second file repeat the first's, rounded.
      return set === 'nvidia-internal' && row.model?.includes('Kimi') ? [] : [point];
    }),
  );
}

function servingPoint(
  set: ServingPoint['set'],
  row: Row,
  index: number,
  catalog: Pick<Catalog, 'gpus' | 'models'>,
): ServingPoint | undefined {
  const text = (key: string) => row[key] ?? '';
  const number = (key: string) => (text(key) === '' ? undefined : Number(text(key)));
  const model = catalog.models.find((candidate) => candidate.id === (modelIds[text('model')] ?? text('model')));
  const gpu = catalog.gpus.find((candidate) => candidate.id === gpuIds[text('gpu')]);
  if (!model || !gpu)
    throw new Error(`${set} row ${index}: ${text('model')} on ${text('gpu')} is not in the catalogue`);
  const notes = text('notes');
  const note = (key: string) => new RegExp(`${key}=([^;]*)`).exec(notes)?.[1]?.trim();
  const tensorParallelSize = number('tp') ?? 1;
  const precision = precisionOf(text('precision_weights'));
  const concurrency = number('concurrency');
  const rate = number('request_rate');
  const input = number('input_len') ?? 0;
  const output = number('output_len') ?? 0;
  const expertRanks = Number(note('moe_tp')) === 1 && model.moe ? tensorParallelSize : 1;
  const batched = Number(note('mbt')) || 8192;
  const engineVersion = versionOf(set, row);
  const minor = Number(engineVersion.split('.')[1]);
  // On by default from 0.14; the InferenceMAX scripts asked for it before.
  const asyncScheduling = minor >= 14 || set === 'inferencemax';
  const measuredOn = note('measured')?.slice(0, 10) ?? '';
  const deployment: Deployment = {
    model,
    gpu,
    layout: {
      tensorParallelSize,
      pipelineParallelSize: 1,
      dataParallelSize: 1,
      expertParallelSize: expertRanks,
    },
    precision,
    kvPrecision: kvPrecisionOf(set, model, gpu.id, precision, measuredOn),
    limits: {
      maxNumSeqs: set === 'inferencemax' ? (concurrency ?? 256) : set === 'blis-train' ? 128 : 256,
      maxNumBatchedTokens: model.id.includes('Kimi') && measuredOn >= '2026-04-01' ? 2 * input : batched,
      maxModelLen: set === 'blis-train' ? 4096 : input + output + 256,
      gpuMemoryUtilization: model.id.includes('Kimi') && precision === 'int4' ? 0.95 : 0.9,
      prefixCaching: set === 'blis-train',
      asyncScheduling,
      engineVersion,
    },
  };
  const setAside = reasonToSetAside(set, row, note('stage'));
  const common = {
    id: `${set}#${index + 2}`,
    set,
    sourceRef: text('source_ref'),
    deployment,
    inputTokens: lengths(set, input),
    outputTokens: lengths(set, output),
    // That study drew chats from a small pool under a few system prompts. Token gaps grow so little with the rate that
    // all but the newest turn must have come from the prefix cache.
    prefixHitRate: set === 'blis-train' ? 0.9 : 0,
    asyncScheduling,
    measured: {
      ttftMean: number('ttft_ms_mean'),
      ttftP90: number('ttft_ms_p90'),
      ttftP99: number('ttft_ms_p99'),
      tpotMean: number('tpot_ms_mean'),
      itlMean: number('itl_ms_mean'),
      endToEndMean: number('e2e_ms_mean'),
      endToEndP90: number('e2e_ms_p90'),
      endToEndP99: number('e2e_ms_p99'),
    },
    ...(setAside ? { setAside } : {}),
  };
  if (set === 'blis-train') {
    if (!rate) return undefined;
    // Evenly spaced: with random arrivals the P99 of the first token could not lie within one step of its mean, as it
    // does here at every rate. One minute of a stage is steady enough.
    const requests = Math.max(120, Math.round(rate * 60));
    const arrivalSeconds = Array.from({ length: requests }, (_, i) => i / rate);
    return { ...common, arrivals: { kind: 'trace', arrivalSeconds }, requests };
  }
  // Three rows publish a batch per rank behind a router and no concurrency.
  if (!concurrency) return undefined;
  return { ...common, arrivals: { kind: 'closed-loop', concurrency }, requests: 10 * concurrency };
}

/** The InferenceMAX client draws between 0.8 and 1.0 of nominal. */
function lengths(set: ServingPoint['set'], tokens: number): LengthDistribution {
  if (set === 'inferencemax') return { kind: 'uniform', minTokens: Math.round(0.8 * tokens), maxTokens: tokens };
  // Equal lengths would keep requests in step for ever; real clients and templates scatter them a little.
  if (set === 'nvidia-internal')
    return { kind: 'uniform', minTokens: Math.round(0.975 * tokens), maxTokens: Math.round(1.025 * tokens) };
  return { kind: 'constant', tokens };
}

function precisionOf(printed: string): Precision {
  switch (printed) {
    case '':
      return 'bf16';
    case 'int4_wo':
      return 'int4';
    case 'fp16':
    case 'fp8':
    case 'nvfp4':
    case 'mxfp4':
    case 'bf16':
      return printed;
    default:
      throw new Error(`unknown precision ${printed}`);
  }
}

/** As the launch scripts of the day ask for it: https://github.com/SemiAnalysisAI/InferenceX, `benchmarks/`. */
function kvPrecisionOf(
  set: ServingPoint['set'],
  model: Model,
  gpuId: string,
  precision: Precision,
  measuredOn: string,
): KvPrecision {
  if (set !== 'inferencemax') return 'bf16';
  if (model.id.includes('Llama')) return 'fp8';
  if (gpuId !== 'B200') return 'bf16';
  // The NVFP4 checkpoint states an FP8 cache itself, and only that holds the measured batches.
  if (model.id.includes('Kimi')) return precision === 'nvfp4' ? 'fp8' : 'bf16';
  return measuredOn >= '2026-01-01' ? 'fp8' : 'bf16';
}

/** Where no version is published, the newest release before the measurement. */
function versionOf(set: ServingPoint['set'], row: Row): string {
  if (set === 'blis-train') return '0.15.1';
  if (row.engine_version) return row.engine_version;
  return '0.11.0';
}

function reasonToSetAside(set: ServingPoint['set'], row: Row, stage: string | undefined): string | undefined {
  if (row.model === 'nvidia/Llama-3.1-8B-Instruct-FP8') {
    return 'implies 90,000 to 120,000 prompt tokens a second on one H200, up to 95% of its FP8 peak with decode on top: prompts were cached or the concurrency was not held';
  }
  if (set === 'blis-train' && row.model === 'meta-llama/Llama-2-7b-hf') {
    return 'its chats grew over several turns to lengths that are not published, and end-to-end ÷ token time gives a fifth fewer tokens than stated';
  }
  if (set === 'blis-train' && stage === '-1') return 'pools stages of different rates';
  if (Number(row.concurrency) >= 512) {
    return 'first token after 20 s and more at the token time of a small batch: the engine admitted far fewer sequences than published';
  }
  return undefined;
}

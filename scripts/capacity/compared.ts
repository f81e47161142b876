import type { Point } from '../../lib/capacity/point.ts';
import { predictPoint } from '../../lib/capacity/predict.ts';
import type { Catalog } from '../../lib/catalog/catalog.ts';
import { type Row, rowsOf } from './csv.ts';

/** One figure of a published row that no fit has seen, beside what `groundplan predict` says of it. */
export interface NeverFitted {
  /** Model, GPU and precision. */
  readonly subset: string;
  readonly metric: 'tpot' | 'ttft' | 'endToEnd';
  /** predicted ÷ measured − 1 */
  readonly error: number;
}

export interface NeverFittedRows {
  readonly figures: readonly NeverFitted[];
  readonly setAside: Readonly<Record<string, number>>;
}

const reasons: Readonly<Record<string, string>> = {
  layout: 'its parallel sizes contradict each other or its GPU count',
  speed: 'implies more prompt tokens a second than the card has arithmetic for, as its fellows in the fit',
};

/** The rows of `calibration/compared.csv` through the command a user has, nothing but what the row says given to it. */
export function neverFitted(text: string, catalog: Pick<Catalog, 'gpus' | 'models'>): NeverFittedRows {
  const figures: NeverFitted[] = [];
  const setAside: Record<string, number> = {};
  const leaveOut = (why: string) => {
    setAside[why] = (setAside[why] ?? 0) + 1;
  };
  for (const row of rowsOf(text)) {
    if (row.set_aside) {
      leaveOut(reasons[row.set_aside] ?? row.set_aside);
      continue;
    }
    const point = pointOf(row);
    const prediction = predictPoint(point, catalog);
    if ('error' in prediction) {
      leaveOut(prediction.error);
      continue;
    }
    const ttft = Number(row.ttft_ms_mean);
    const tpot = Number(row.tpot_ms_mean);
    const subset = `${row.model} | ${row.gpu} | ${row.precision}`;
    const add = (metric: NeverFitted['metric'], predicted: number, measured: number) =>
      figures.push({ subset, metric, error: predicted / measured - 1 });
    add('tpot', prediction.tpotMs.mean, tpot);
    add('ttft', prediction.ttftMs.mean, ttft);
    add('endToEnd', prediction.e2eMs.mean, ttft + tpot * (point.outputTokens - 1));
  }
  return { figures, setAside };
}

/** InferenceMAX draws lengths between 0.8 and 1.0 of nominal and starts the engine with as many seats as requests in flight. */
function pointOf(row: Row): Partial<Point> & Pick<Point, 'outputTokens'> {
  const [input, output, concurrency] = [Number(row.input_len), Number(row.output_len), Number(row.concurrency)];
  const common = {
    id: row.id ?? '',
    model: row.model ?? '',
    gpu: row.gpu ?? '',
    precision: row.precision as Point['precision'],
    tensorParallelSize: Number(row.tp),
    expertParallelSize: Number(row.ep),
    concurrency,
    maxModelLen: input + output + 256,
    engineVersion: row.engine_version,
  };
  if (row.client !== 'inferencemax') return { ...common, inputTokens: input, outputTokens: output };
  const spread = 0.2 / Math.sqrt(12);
  return {
    ...common,
    inputTokens: 0.9 * input,
    outputTokens: 0.9 * output,
    inputTokensStd: spread * input,
    outputTokensStd: spread * output,
    maxNumSeqs: concurrency,
  };
}

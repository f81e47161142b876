import type { Calibration, CalibrationScales } from '../catalog/calibration.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { lookUpModel } from '../catalog/find.ts';
import type { MeasuredLatency, MeasuredRun } from './benchmark-results.ts';
import { scaleFactors, unchanged } from './calibration.ts';
import { defaultFactors, type EfficiencyFactors } from './efficiency.ts';
import type { Point } from './point.ts';
import { type PointPrediction, predictPoint } from './predict.ts';

/** How the measured server ran: what result files do not say. */
export type MeasuredServer = Pick<Point, 'gpu' | 'precision'> &
  Partial<
    Pick<
      Point,
      | 'model'
      | 'tensorParallelSize'
      | 'pipelineParallelSize'
      | 'expertParallelSize'
      | 'kvPrecision'
      | 'maxNumSeqs'
      | 'maxNumBatchedTokens'
      | 'maxModelLen'
      | 'gpuMemoryUtilization'
      | 'prefixHitRate'
      | 'engineVersion'
    >
  >;

/** Predicted over measured, less 1, of every figure a run and the model both have. */
export interface FigureError {
  readonly run: number;
  readonly metric: 'ttft' | 'tpot' | 'e2e';
  readonly statistic: keyof MeasuredLatency;
  readonly measuredMs: number;
  readonly predictedMs: number;
  readonly error: number;
}

export interface CalibrationReport {
  readonly gpuId: string;
  readonly calibration: Calibration;
  readonly before: readonly FigureError[];
  readonly after: readonly FigureError[];
  /** Runs that could not be predicted, with the reason. */
  readonly skipped: readonly { readonly run: number; readonly error: string }[];
}

/** Half a nat each way: a larger correction means the description of the server is wrong, not the factors. */
const widest = Math.log(2.5);
const firstStep = 0.25;
const lastStep = 0.01;
/** Pull of every scale towards 1, so that work which the runs do not show stays as shipped. */
const pull = 0.02;
const leastErrorBand = 0.05;
const scaleNames = ['memory', 'compute', 'step', 'request'] as const satisfies readonly (keyof CalibrationScales)[];

/** Median of the absolute errors of one metric's means (medians where no mean was printed); undefined without any. */
export function medianError(errors: readonly FigureError[], metric: FigureError['metric']): number | undefined {
  const own = errors.filter((figure) => figure.metric === metric);
  const means = own.filter(({ statistic }) => statistic === 'mean');
  const sizes = (means.length > 0 ? means : own).map(({ error }) => Math.abs(error)).sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length / 2)];
}

/**
 * Refits one GPU's four scales on measured runs by a pattern search over their logarithms.
 *
 * @returns undefined when no run can be predicted; `skipped` of a report says why some were left out
 */
export function calibrate(
  runs: readonly MeasuredRun[],
  server: MeasuredServer,
  catalog: Pick<Catalog, 'gpus' | 'models'>,
  shipped: EfficiencyFactors = defaultFactors,
): CalibrationReport | { readonly errors: readonly { readonly run: number; readonly error: string }[] } {
  const points = runs.map((run, index) => pointOf(run, server, index));
  const skipped: { run: number; error: string }[] = [];
  const usable = points.filter((point, run) => {
    const answer = predictPoint(point, catalog, shipped);
    if ('error' in answer) skipped.push({ run, error: answer.error });
    return !('error' in answer);
  });
  const first = usable[0];
  const gpu = first && catalog.gpus.find(({ id }) => id.toLowerCase() === server.gpu.toLowerCase());
  if (!first || !gpu) {
    return { errors: skipped.length > 0 ? skipped : [{ run: 0, error: `no run could be used for ${server.gpu}` }] };
  }
  const errorsAt = (scales: CalibrationScales): FigureError[] => {
    const factors = scaleFactors(shipped, scales);
    return usable.flatMap((point) => {
      const answer = predictPoint(point, catalog, factors);
      if ('error' in answer) return [];
      return compare(answer, runs[point.id] as MeasuredRun, point.id);
    });
  };
  const costAt = (logs: readonly number[]): number => {
    const figures = errorsAt(scalesOf(logs));
    const misfit = figures.reduce((sum, { error }) => sum + Math.log1p(error) ** 2, 0) / Math.max(1, figures.length);
    return misfit + (pull * logs.reduce((sum, log) => sum + log * log, 0)) / logs.length;
  };
  const logs = search(costAt, scaleNames.length);
  const scales = scalesOf(logs);
  const after = errorsAt(scales);
  const sizes = after.map(({ error }) => Math.abs(error)).sort((a, b) => a - b);
  const modelIds = [...new Set(usable.map(({ model }) => lookUpModel(catalog.models, model)?.id ?? model))].sort();
  return {
    gpuId: gpu.id,
    calibration: {
      ...scales,
      modelIds,
      points: usable.length,
      errorBand: Math.max(leastErrorBand, rounded(sizes[Math.floor(sizes.length * 0.8)] ?? leastErrorBand)),
    },
    before: errorsAt(unchanged),
    after,
    skipped,
  };
}

interface MeasuredPoint extends MeasuredServer {
  readonly id: number;
  readonly model: string;
}

function pointOf(run: MeasuredRun, server: MeasuredServer, id: number): MeasuredPoint {
  const { client: _, ttftMs: _ttft, tpotMs: _tpot, e2eMs: _e2e, ...load } = run;
  return { ...load, ...server, id, model: server.model ?? run.model ?? '' };
}

function compare(answer: PointPrediction, run: MeasuredRun, id: number): FigureError[] {
  const figures: FigureError[] = [];
  const add = (
    metric: FigureError['metric'],
    measured: MeasuredLatency,
    predicted: PointPrediction['ttftMs'],
  ): void => {
    for (const statistic of ['mean', 'p50', 'p99'] as const) {
      const measuredMs = measured[statistic];
      if (measuredMs === undefined) continue;
      const predictedMs = predicted[statistic];
      figures.push({ run: id, metric, statistic, measuredMs, predictedMs, error: predictedMs / measuredMs - 1 });
    }
  };
  add('ttft', run.ttftMs, answer.ttftMs);
  add('tpot', run.tpotMs, answer.tpotMs);
  add('e2e', run.e2eMs, answer.e2eMs);
  return figures;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function scalesOf(logs: readonly number[]): CalibrationScales {
  const [memory = 0, compute = 0, step = 0, request = 0] = logs;
  const scale = (log: number): number => rounded(Math.exp(log));
  return { memory: scale(memory), compute: scale(compute), step: scale(step), request: scale(request) };
}

/** Coordinate by coordinate, the step halved when no coordinate helps. */
function search(costAt: (logs: readonly number[]) => number, dimensions: number): readonly number[] {
  let best: number[] = new Array(dimensions).fill(0);
  let cost = costAt(best);
  for (let step = firstStep; step >= lastStep; ) {
    let moved = false;
    for (let axis = 0; axis < dimensions; axis++) {
      for (const direction of [step, -step]) {
        const trial = [...best];
        trial[axis] = Math.max(-widest, Math.min(widest, (trial[axis] as number) + direction));
        const trialCost = costAt(trial);
        if (trialCost < cost) {
          best = trial;
          cost = trialCost;
          moved = true;
          break;
        }
      }
    }
    if (!moved) step /= 2;
  }
  return best;
}

import type { EfficiencyFactors } from '../../lib/capacity/efficiency.ts';
import { meanTokens } from '../../lib/capacity/lengths.ts';
import { subsetOf, thin } from './fit-serving.ts';
import { fold, type HeldBack } from './held-back.ts';
import type { Metric, ServingPoint } from './points.ts';
import { type Estimate, simulatePoint } from './simulate-point.ts';

/** Figures a table prints, in this order. */
export const reportedMetrics = ['tpot', 'ttft', 'endToEnd', 'endToEndP99'] as const;
export type ReportedMetric = (typeof reportedMetrics)[number];

/** One measured figure beside its prediction. */
export interface Comparison {
  readonly point: ServingPoint;
  readonly metric: ReportedMetric;
  readonly measuredMs: number;
  readonly predictedMs: number;
  /** predicted ÷ measured − 1 */
  readonly error: number;
}

/** Which factors a table was made with. */
export type View = 'fitted' | 'model left out' | 'GPU left out';
export const views: readonly View[] = ['fitted', 'model left out', 'GPU left out'];

/** Factors for a point under a view; undefined where no fit without it exists. */
export function factorsFor(
  view: View,
  point: ServingPoint,
  shipped: EfficiencyFactors,
  heldBack: readonly HeldBack[],
): EfficiencyFactors | undefined {
  if (view === 'fitted') return shipped;
  const by = view === 'model left out' ? 'model' : 'gpu';
  const set = heldBack.find((candidate) => candidate.by === by && candidate.value === fold(point, by));
  if (!set) return undefined;
  const base = by === 'gpu' ? withoutKernels(shipped, set.value) : shipped;
  return { ...base, serving: set.serving, experts: set.experts };
}

/**
 * Factors without the kernels of a GPU. One that stands alone for its architecture loses them all, and the older
 * architecture's take their place.
 */
export function withoutKernels(from: EfficiencyFactors, gpuId: string): EfficiencyFactors {
  if (gpuId !== 'B200') return from;
  const { bf16, fp8 } = from.gemm.Hopper ?? {};
  return { ...from, gemm: { ...from.gemm, Blackwell: { bf16, fp8, nvfp4: fp8 } } };
}

/** Every figure of the points beside its prediction. */
export function compare(
  points: readonly ServingPoint[],
  factorsOf: (point: ServingPoint) => EfficiencyFactors | undefined,
): readonly Comparison[] {
  return points.flatMap((point) => {
    const factors = factorsOf(point);
    return factors ? comparisonsOf(point, simulatePoint(point, factors)) : [];
  });
}

function comparisonsOf(point: ServingPoint, estimate: Estimate): readonly Comparison[] {
  const { measured } = point;
  const pairs: readonly (readonly [ReportedMetric, Metric, number | undefined])[] = [
    measured.tpotMean ? ['tpot', 'tpotMean', measured.tpotMean] : ['tpot', 'itlMean', measured.itlMean],
    ['ttft', 'ttftMean', measured.ttftMean],
    ['endToEnd', 'endToEndMean', measured.endToEndMean ?? derivedEndToEnd(point)],
    ['endToEndP99', 'endToEndP99', measured.endToEndP99],
  ];
  return pairs.flatMap(([metric, key, measuredMs]) => {
    if (!measuredMs) return [];
    const predictedMs = estimate[key];
    return [{ point, metric, measuredMs, predictedMs, error: predictedMs / measuredMs - 1 }];
  });
}

/** Mean end-to-end time of a row that publishes first token and token time only. */
function derivedEndToEnd({ measured, outputTokens }: ServingPoint): number | undefined {
  if (!measured.ttftMean || !measured.tpotMean) return undefined;
  return measured.ttftMean + measured.tpotMean * (meanTokens(outputTokens) - 1);
}

/** Median and 90th percentile of absolute errors, and the median signed one. */
export interface ErrorSummary {
  readonly count: number;
  readonly median: number;
  readonly p90: number;
  readonly bias: number;
}

export function summarise(comparisons: readonly Pick<Comparison, 'error'>[]): ErrorSummary {
  const signed = comparisons.map(({ error }) => error).sort((a, b) => a - b);
  const sizes = signed.map(Math.abs).sort((a, b) => a - b);
  const at = (list: readonly number[], share: number) => list[Math.floor(share * list.length)] ?? 0;
  return { count: signed.length, median: at(sizes, 0.5), p90: at(sizes, 0.9), bias: at(signed, 0.5) };
}

/** Median absolute error in percent by view, subset and metric: what the regression gate compares. */
export type GateFigures = Readonly<Record<string, number>>;

/** The gate runs on at most this many points of a subset, so that it takes a second. */
export const gatePointsPerSubset = 4;

export function gateFigures(
  points: readonly ServingPoint[],
  shipped: EfficiencyFactors,
  heldBack: readonly HeldBack[],
): GateFigures {
  const chosen = thin(points, gatePointsPerSubset);
  const figures: Record<string, number> = {};
  for (const view of views) {
    const comparisons = compare(chosen, (point) => factorsFor(view, point, shipped, heldBack));
    const groups = Map.groupBy(comparisons, ({ point, metric }) => `${view} | ${subsetOf(point)} | ${metric}`);
    for (const [key, members] of groups) figures[key] = Number((100 * summarise(members).median).toFixed(1));
  }
  return figures;
}

import type { EfficiencyFactors, ExpertPath, ServingFactors } from '../../lib/capacity/efficiency.ts';
import { leastSquares, type Parameter } from './least-squares.ts';
import type { ServingPoint } from './points.ts';
import { simulatePoint } from './simulate-point.ts';

/** Range in which each serving factor keeps its meaning; the fit stays inside. */
export const servingRanges: Readonly<
  Record<keyof ServingFactors, readonly [start: number, low: number, high: number]>
> = {
  elementwiseLaunchSeconds: [2e-6, 8e-7, 5e-6],
  attentionLaunchSeconds: [8e-6, 3e-6, 3e-5],
  kvReadEfficiency: [0.7, 0.4, 0.98],
  kvReadEfficiencyUnpacked: [0.5, 0.2, 0.95],
  latentReadEfficiency: [0.5, 0.1, 0.95],
  prefillAttentionEfficiency: [0.45, 0.2, 0.75],
  quantizationUnfused: [0.5, 0.05, 1],
  sustainedComputeSlowdown: [1.1, 0.85, 1.5],
  sustainedMemorySlowdown: [1, 0.8, 1.3],
  allReduceLatencySlowdown: [1.2, 0.7, 2.5],
  allReduceTransferSlowdown: [1, 0.7, 1.1],
  routerEvenness: [3, 0.3, 50],
  stepSeconds: [5e-4, 5e-5, 5e-3],
  synchronousStepSeconds: [1e-3, 1e-4, 5e-3],
  stepSecondsPerSequence: [1e-5, 5e-7, 2e-4],
  mixedStepSecondsPerLayer: [2e-5, 1e-6, 2e-4],
  frontEndSeconds: [5e-4, 1e-4, 5e-3],
  frontEndSecondsPerToken: [1e-6, 1e-7, 1e-5],
  requestSeconds: [5e-3, 5e-4, 3e-2],
  requestSecondsPerToken: [4e-6, 1e-7, 2e-5],
};

const expertRanges = {
  launchSeconds: [4e-5, 5e-6, 2e-4],
  memoryEfficiency: [0.6, 0.15, 0.95],
  computeEfficiency: [0.4, 0.05, 0.95],
} as const;

const fittedPaths: readonly ExpertPath[] = [
  'fp8',
  'int4-dequantized',
  'int4-native',
  'mxfp4-dequantized',
  'mxfp4-native',
  'nvfp4',
];

export function parameters(): readonly Parameter[] {
  const serving = Object.entries(servingRanges).map(([name, [start, low, high]]) => ({
    name: `serving.${name}`,
    start,
    low,
    high,
  }));
  const experts = fittedPaths.flatMap((path) =>
    Object.entries(expertRanges).map(([name, [start, low, high]]) => ({
      name: `experts.${path}.${name}`,
      start,
      low,
      high,
    })),
  );
  return [...serving, ...experts];
}

/** The base factors with the fitted values put at their names. */
export function withValues(
  base: EfficiencyFactors,
  names: readonly string[],
  values: readonly number[],
): EfficiencyFactors {
  const copy = structuredClone(base) as unknown as Record<string, unknown>;
  names.forEach((name, i) => {
    const keys = name.split('.');
    const last = keys.pop() ?? '';
    const node = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
    node[last] = values[i];
  });
  return copy as unknown as EfficiencyFactors;
}

/** One subset: the same source, model, GPU and precision. Each counts by the root of its size. */
export function subsetOf(point: ServingPoint): string {
  const { model, gpu, precision } = point.deployment;
  return `${point.set} | ${model.id} | ${gpu.id} | ${precision}`;
}

/** At most `most` points of each subset, evenly spread: a fit needs the shape, not every repetition. */
export function thin(points: readonly ServingPoint[], most: number): readonly ServingPoint[] {
  const subsets = Map.groupBy(
    points.filter((point) => !point.setAside),
    subsetOf,
  );
  return [...subsets.values()].flatMap((subset) =>
    subset.filter((_, i) => Math.floor((i * most) / subset.length) !== Math.floor(((i - 1) * most) / subset.length)),
  );
}

/**
 * Fits every serving factor on points through the simulator. Token times and end-to-end weigh most; the first token less,
 * since harness and cold starts move it more than the engine does.
 */
export function fitServing(
  points: readonly ServingPoint[],
  base: EfficiencyFactors,
  iterations: number,
): EfficiencyFactors {
  const used = points.filter((point) => !point.setAside);
  const sizes = new Map<string, number>();
  for (const point of used) sizes.set(subsetOf(point), (sizes.get(subsetOf(point)) ?? 0) + 1);
  const params = parameters();
  const names = params.map((p) => p.name);
  const values = leastSquares(
    params,
    (v) => {
      const factors = withValues(base, names, v);
      return used.flatMap((point) => {
        const weight = (point.set === 'blis-train' ? 1.5 : 1) * (sizes.get(subsetOf(point)) ?? 1) ** -0.25;
        const estimate = simulatePoint(point, factors);
        const { tpotMean, itlMean, ttftMean, endToEndMean } = point.measured;
        const residuals: number[] = [];
        const add = (share: number, predicted: number, measured: number | undefined) => {
          if (measured) residuals.push(weight * share * Math.log(predicted / measured));
        };
        add(1, estimate.tpotMean, tpotMean);
        add(1, estimate.itlMean, itlMean);
        add(0.4, estimate.ttftMean, ttftMean);
        add(0.5, estimate.endToEndMean, endToEndMean);
        return residuals;
      });
    },
    { iterations, prior: 0.05, robustAt: 0.1 },
  );
  return withValues(
    base,
    names,
    values.map((x) => Number(x.toPrecision(3))),
  );
}

import type { EfficiencyFactors, ExpertPath, ServingFactors } from '../../lib/capacity/efficiency.ts';
import { jacobianAt, leastSquares, type Parameter, type Residuals } from './least-squares.ts';
import type { ServingPoint } from './points.ts';
import { simulatePoint } from './simulate-point.ts';

/** Range in which each serving factor keeps its meaning; the fit stays inside. */
export const servingRanges: Readonly<
  Record<keyof ServingFactors, readonly [start: number, low: number, high: number]>
> = {
  elementwiseLaunchSeconds: [2e-6, 8e-7, 5e-6],
  elementwiseEfficiency: [0.7, 0.4, 1.3],
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
  launchSeconds: [3e-5, 5e-6, 2e-4],
  memoryEfficiency: [0.75, 0.15, 0.95],
  computeEfficiency: [0.2, 0.05, 0.95],
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

function valueAt(factors: EfficiencyFactors, name: string): number {
  return name.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], factors) as number;
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

const options = { prior: 0.05, robustAt: 0.1 } as const;

/**
 * Weighted log errors of points as a function of the fitted values. Token times and end-to-end weigh most; the first
 * token less, since harness and cold starts move it more than the engine does.
 */
function residualsOf(points: readonly ServingPoint[], base: EfficiencyFactors, names: readonly string[]): Residuals {
  const sizes = Map.groupBy(points, subsetOf);
  return (values) => {
    const factors = withValues(base, names, values);
    return points.flatMap((point) => {
      const weight = (point.set === 'blis-train' ? 1.5 : 1) * (sizes.get(subsetOf(point))?.length ?? 1) ** -0.25;
      const estimate = simulatePoint(point, factors);
      const { tpotMean, itlMean, ttftMean, endToEndMean } = point.measured;
      const residuals: number[] = [];
      const add = (share: number, predicted: number, measured: number | undefined) => {
        if (measured) residuals.push(weight * share * Math.log(predicted / measured));
      };
      add(1, estimate.tpotMean, tpotMean);
      add(1, estimate.itlMean, itlMean);
      add(0.25, estimate.ttftMean, ttftMean);
      add(0.5, estimate.endToEndMean, endToEndMean);
      return residuals;
    });
  };
}

/** Fits every serving factor on points through the simulator, from the factors of `base`. */
export function fitServing(
  points: readonly ServingPoint[],
  base: EfficiencyFactors,
  iterations: number,
): EfficiencyFactors {
  const params = parameters();
  const names = params.map(({ name }) => name);
  const from = names.map((name) => valueAt(base, name));
  return rounded(base, names, leastSquares(params, residualsOf(points, base, names), { ...options, iterations, from }));
}

/**
 * Fits without some points, for held-back figures: same priors, loss and start at the priors; only the derivatives are
 * taken once, at the full fit, for all splits (their rows are each point's own). Residuals are evaluated anew each round.
 */
export function heldBackFitter(
  points: readonly ServingPoint[],
  shipped: EfficiencyFactors,
): (isKept: (point: ServingPoint) => boolean, base: EfficiencyFactors) => EfficiencyFactors {
  const params = parameters();
  const names = params.map(({ name }) => name);
  const values = names.map((name) => valueAt(shipped, name));
  const slopes = points.map((point) => jacobianAt(values, residualsOf([point], shipped, names)));
  const sizes = Map.groupBy(points, subsetOf);
  return (isKept, base) => {
    const kept = points.filter(isKept);
    const residuals = residualsOf(kept, base, names);
    const jacobian = params.map((_, i) =>
      points.flatMap((point, k) => {
        if (!isKept(point)) return [];
        // Alone a point weighs 1; in the fit it carries its subset's weight.
        const weight = (sizes.get(subsetOf(point))?.length ?? 1) ** -0.25;
        return (slopes[k]?.[i] ?? []).map((x) => x * weight);
      }),
    );
    const from = params.map(({ start }) => start);
    return rounded(base, names, leastSquares(params, residuals, { ...options, iterations: 12, from, jacobian }));
  };
}

function rounded(base: EfficiencyFactors, names: readonly string[], values: readonly number[]): EfficiencyFactors {
  return withValues(
    base,
    names,
    values.map((x) => Number(x.toPrecision(3))),
  );
}

import type { EfficiencyFactors, ExpertPath, ServingFactors } from '../../lib/capacity/efficiency.ts';
import { leastSquares, type Parameter, type Residuals } from './least-squares.ts';
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
  expertHalfDepth: [300, 10, 3000],
  stepSeconds: [5e-4, 5e-5, 5e-3],
  synchronousStepSeconds: [1e-3, 1e-4, 5e-3],
  stepSecondsPerSequence: [1e-5, 5e-7, 2e-4],
  mixedStepSecondsPerLayer: [2e-5, 1e-6, 2e-4],
  frontEndSeconds: [5e-4, 1e-4, 5e-3],
  frontEndSecondsPerToken: [1e-6, 1e-7, 1e-5],
  requestSeconds: [5e-3, 5e-4, 3e-2],
  requestSecondsPerToken: [4e-6, 1e-7, 2e-5],
};

/**
 * How the engine builds an expert layer: assembled of kernels for routing, sorting, two multiplications and the sum
 * (Triton, Marlin), or fused in one library call (FlashInfer's kernels for Blackwell). Paths of one make share what they
 * have in common; each departs from it only as far as its own points say, and one nobody measured takes it as it is.
 */
const expertMakes: Readonly<Record<ExpertPath, 'assembled' | 'fused'>> = {
  bf16: 'assembled',
  fp8: 'assembled',
  'int4-dequantized': 'assembled',
  'int4-native': 'assembled',
  'mxfp4-dequantized': 'assembled',
  'mxfp4-native': 'fused',
  nvfp4: 'fused',
};

const sharesOfPlain = { memoryShare: [0.9, 0.2, 1.2], computeShare: [0.6, 0.05, 1.2] } as const;
const makeRanges = {
  assembled: { launchSeconds: [4e-5, 5e-6, 2e-4], ...sharesOfPlain },
  fused: { launchSeconds: [2e-5, 5e-6, 2e-4], ...sharesOfPlain },
} as const;
const expertKeys = ['launchSeconds', 'memoryShare', 'computeShare'] as const;

/** Pull of a path towards its make, in residual per factor of e. */
const departurePrior = 0.2;

const paths = Object.keys(expertMakes) as readonly ExpertPath[];
const measuredPaths = paths.filter((path) => path !== 'bf16');

function parameters(): readonly Parameter[] {
  const serving = Object.entries(servingRanges).map(([name, [start, low, high]]) => ({
    name: `serving.${name}`,
    start,
    low,
    high,
  }));
  const makes = Object.entries(makeRanges).flatMap(([make, ranges]) =>
    Object.entries(ranges).map(([name, [start, low, high]]) => ({ name: `make.${make}.${name}`, start, low, high })),
  );
  const departures = measuredPaths.flatMap((path) =>
    expertKeys.map((key) => ({ name: `path.${path}.${key}`, start: 1, low: 0.3, high: 3, prior: departurePrior })),
  );
  return [...serving, ...makes, ...departures];
}

/** The base factors with the fitted values in their places. */
function withValues(base: EfficiencyFactors, names: readonly string[], values: readonly number[]): EfficiencyFactors {
  const fitted = new Map(names.map((name, i) => [name, values[i]]));
  const fittedValue = (name: string) => Number((fitted.get(name) ?? 1).toPrecision(3));
  const record = <K extends string>(keys: readonly K[], of: (key: K) => number) =>
    Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, number>;
  const servingKeys = Object.keys(servingRanges) as (keyof ServingFactors)[];
  const expertFactors = (path: ExpertPath) =>
    record(expertKeys, (key) =>
      Number((fittedValue(`make.${expertMakes[path]}.${key}`) * fittedValue(`path.${path}.${key}`)).toPrecision(3)),
    );
  return {
    ...base,
    serving: record(servingKeys, (key) => fittedValue(`serving.${key}`)),
    experts: Object.fromEntries(paths.map((path) => [path, expertFactors(path)])) as EfficiencyFactors['experts'],
  };
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

const options = { iterations: 30, prior: 0.03, robustAt: 0.05 } as const;

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

/** Fits every factor of serving on points through the simulator, from the priors: what was shipped before has no say. */
export function fitServing(points: readonly ServingPoint[], base: EfficiencyFactors): EfficiencyFactors {
  const params = parameters();
  const names = params.map(({ name }) => name);
  return withValues(base, names, leastSquares(params, residualsOf(points, base, names), options));
}

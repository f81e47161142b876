import type { EfficiencyFactors, ExpertPath, ServingFactors } from '../../lib/capacity/efficiency.ts';
import { prepareStepTime } from '../../lib/capacity/step-time.ts';
import { evaluate } from './evaluate.ts';
import { leastSquares, type Parameter } from './least-squares.ts';
import type { ServingPoint } from './points.ts';

/** Range in which each serving factor keeps its meaning; the fit stays inside. */
export const servingRanges: Readonly<Record<keyof ServingFactors, readonly [start: number, low: number, high: number]>> = {
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

const fittedPaths: readonly ExpertPath[] = ['fp8', 'int4-dequantized', 'int4-native', 'mxfp4-dequantized', 'mxfp4-native', 'nvfp4'];

export function parameters(base: EfficiencyFactors): readonly Parameter[] {
  const serving = Object.entries(servingRanges).map(([name, [start, low, high]]) => ({ name: `serving.${name}`, start, low, high }));
  const experts = fittedPaths.flatMap((path) =>
    Object.entries(expertRanges).map(([name, [start, low, high]]) => ({ name: `experts.${path}.${name}`, start, low, high })),
  );
  return [...serving, ...experts].map((p) => ({ ...p, start: p.start || valueAt(base, p.name) }));
}

function valueAt(factors: EfficiencyFactors, name: string): number {
  return name.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], factors) as number;
}

/** The base factors with the fitted values put at their names. */
export function withValues(base: EfficiencyFactors, names: readonly string[], values: readonly number[]): EfficiencyFactors {
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

export function fitServing(points: readonly ServingPoint[], base: EfficiencyFactors, iterations = 12): EfficiencyFactors {
  const used = points.filter((point) => !point.setAside);
  const sizes = new Map<string, number>();
  for (const point of used) sizes.set(subsetOf(point), (sizes.get(subsetOf(point)) ?? 0) + 1);
  const params = parameters(base);
  const names = params.map((p) => p.name);
  const values = leastSquares(
    params,
    (v) => {
      const factors = withValues(base, names, v);
      return used.flatMap((point) => {
        const weight = (point.set === 'blis-train' ? 1.5 : 1) * (sizes.get(subsetOf(point)) ?? 1) ** -0.25;
        const estimate = evaluate(point, prepareStepTime(point.deployment, factors));
        const { tpotMean, itlMean, ttftMean, endToEndMean } = point.measured;
        const r: number[] = [];
        if (tpotMean) r.push(weight * Math.log(estimate.tpotMean / tpotMean));
        if (itlMean) r.push(weight * Math.log(estimate.itlMean / itlMean));
        if (ttftMean) r.push(weight * 0.4 * Math.log(estimate.ttftMean / ttftMean));
        if (endToEndMean) r.push(weight * 0.5 * Math.log(estimate.endToEndMean / endToEndMean));
        return r;
      });
    },
    { iterations, prior: 0.05, robustAt: 0.1 },
  );
  return withValues(base, names, values.map((x) => Number(x.toPrecision(3))));
}

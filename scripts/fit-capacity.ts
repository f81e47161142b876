/**
 * Fits the factors of the performance model on a folder of calibration files.
 *
 *   node scripts/fit-capacity.ts <folder> [--kernels] [--serving] [--held-back]      (no flag: all three)
 *
 * Writes `lib/capacity/data/factors.json`, and from the held-back fits `calibration/held-back-factors.json` and
 * `lib/capacity/data/error-bands.json`. Takes minutes; deterministic.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalog } from '../blueprints/catalog.ts';
import { modelKind } from '../lib/capacity/confidence.ts';
import type { EfficiencyFactors } from '../lib/capacity/efficiency.ts';
import { fitGemm, kernelGpus, measuredGemms } from './capacity/fit-gemm.ts';
import { fitServing, thin } from './capacity/fit-serving.ts';
import { fold, type HeldBack, heldBackPoints, splits } from './capacity/held-back.ts';
import { servingPoints } from './capacity/points.ts';
import { simulatePoint } from './capacity/simulate-point.ts';

const root = join(import.meta.dirname, '..');
const [folder, ...flags] = process.argv.slice(2);
if (!folder)
  throw new Error(
    'usage: node scripts/fit-capacity.ts <folder with the calibration files> [--kernels] [--serving] [--held-back]',
  );
const wants = (flag: string) => flags.length === 0 || flags.includes(flag);
const factorsPath = join(root, 'lib/capacity/data/factors.json');
const heldBackPath = join(root, 'calibration/held-back-factors.json');
const bandsPath = join(root, 'lib/capacity/data/error-bands.json');

const catalog = loadCatalog({ vectorStores: {}, modelServers: {}, gateways: {}, clouds: {} });
let factors = JSON.parse(readFileSync(factorsPath, 'utf8')) as EfficiencyFactors;
const save = (path: string, value: unknown) => writeFileSync(path, `${JSON.stringify(value, undefined, 1)}\n`);

if (wants('--kernels')) {
  factors = { ...factors, gemm: kernelFactors(readFileSync(join(folder, 'kernel-gemm.csv'), 'utf8')) };
  save(factorsPath, factors);
}

const points = servingPoints((name) => readFileSync(join(folder, name), 'utf8'), catalog);

if (wants('--serving')) {
  factors = fitServing(thin(points, 20), factors, 10);
  save(factorsPath, factors);
}

if (wants('--held-back')) {
  const sets: HeldBack[] = [];
  for (const split of splits(points)) {
    const kept = points.filter((point) => fold(point, split.by) !== split.value);
    const base = split.by === 'gpu' ? withoutKernels(factors, split.value) : factors;
    const fitted = fitServing(thin(kept, 8), base, 6);
    sets.push({ ...split, serving: fitted.serving, experts: fitted.experts });
    process.stdout.write(`held back ${split.by} ${split.value}\n`);
    save(heldBackPath, sets);
  }
  save(bandsPath, errorBands(sets));
}

function kernelFactors(text: string): EfficiencyFactors['gemm'] {
  const rows = measuredGemms(text);
  const gpuOf = (system: string) => {
    const gpu = catalog.gpus.find(({ id }) => id === kernelGpus[system]);
    if (!gpu) throw new Error(`${system}: not in the catalogue`);
    return gpu;
  };
  const families = Map.groupBy(rows, (row) => gpuOf(row.system).architecture);
  return Object.fromEntries(
    [...families].map(([family, members]) => [
      family,
      Object.fromEntries(
        [...Map.groupBy(members, (row) => row.kind)].map(([kind, ofKind]) => {
          const fitted = Object.entries(fitGemm(ofKind, gpuOf));
          return [kind, Object.fromEntries(fitted.map(([name, value]) => [name, Number(value.toPrecision(3))]))];
        }),
      ),
    ]),
  ) as unknown as EfficiencyFactors['gemm'];
}

/** A GPU that stands alone for its architecture loses its kernels too: the older architecture's take their place. */
function withoutKernels(from: EfficiencyFactors, gpuId: string): EfficiencyFactors {
  if (gpuId !== 'B200') return from;
  const { bf16, fp8 } = from.gemm.Hopper ?? {};
  return { ...from, gemm: { ...from.gemm, Blackwell: { bf16, fp8, nvfp4: fp8 } } };
}

/** The 80th percentile of held-back errors in token time, by kind of model and by what was left out. */
function errorBands(sets: readonly HeldBack[]): Record<string, Record<string, number>> {
  const band = (by: HeldBack['by']) => {
    const errors = new Map<string, number[]>();
    for (const set of sets.filter((candidate) => candidate.by === by)) {
      const base = by === 'gpu' ? withoutKernels(factors, set.value) : factors;
      for (const point of heldBackPoints(points, set)) {
        const measured = point.measured.tpotMean ?? point.measured.itlMean;
        if (!measured) continue;
        const estimate = simulatePoint(point, { ...base, serving: set.serving, experts: set.experts });
        const predicted = point.measured.tpotMean ? estimate.tpotMean : estimate.itlMean;
        const kind = modelKind(point.deployment);
        errors.set(kind, [...(errors.get(kind) ?? []), Math.abs(predicted / measured - 1)]);
      }
    }
    return Object.fromEntries(
      [...errors].map(([kind, list]) => {
        const sorted = list.sort((a, b) => a - b);
        return [kind, Number((sorted[Math.floor(0.8 * sorted.length)] ?? 0).toPrecision(2))];
      }),
    );
  };
  return { modelLeftOut: band('model'), gpuLeftOut: band('gpu') };
}

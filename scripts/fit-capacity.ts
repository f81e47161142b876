/**
 * Fits the factors of the performance model on a folder of calibration files.
 *
 *   node scripts/fit-capacity.ts <folder> [--kernels] [--serving] [--held-back]      (no flag: all three)
 *   node scripts/fit-capacity.ts <folder> --import      (copies the rows the fit needs to `calibration/` first)
 *
 * Writes `lib/capacity/data/factors.json`, `all-reduce.json` beside it, and from the held-back fits `calibration/held-back-factors.json` and
 * `lib/capacity/data/error-bands.json`. Takes minutes; deterministic.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalog } from '../blueprints/catalog.ts';
import { modelKind } from '../lib/capacity/confidence.ts';
import type { EfficiencyFactors } from '../lib/capacity/efficiency.ts';
import { withoutKernels } from './capacity/accuracy-figures.ts';
import { allReduceTable } from './capacity/all-reduce-table.ts';
import { fitGemm, kernelGpus, measuredGemms } from './capacity/fit-gemm.ts';
import { fitServing, thin } from './capacity/fit-serving.ts';
import { fold, type HeldBack, heldBackPoints, splits } from './capacity/held-back.ts';
import { importRows } from './capacity/import-rows.ts';
import { servingPoints } from './capacity/points.ts';
import { simulatePoint } from './capacity/simulate-point.ts';

const root = join(import.meta.dirname, '..');
const [folder, ...flags] = process.argv.slice(2);
if (!folder)
  throw new Error(
    'usage: node scripts/fit-capacity.ts <folder with the calibration files> [--kernels] [--serving] [--held-back]',
  );
const source = flags.includes('--import') ? importRows(folder, join(root, 'calibration')) : folder;
const wants = (flag: string) => flags.every((name) => name === '--import') || flags.includes(flag);
const factorsPath = join(root, 'lib/capacity/data/factors.json');
const heldBackPath = join(root, 'calibration/held-back-factors.json');
const bandsPath = join(root, 'lib/capacity/data/error-bands.json');

const catalog = loadCatalog({ vectorStores: {}, modelServers: {}, gateways: {}, clouds: {} });
let factors = JSON.parse(readFileSync(factorsPath, 'utf8')) as EfficiencyFactors;
const save = (path: string, value: unknown) => writeFileSync(path, `${JSON.stringify(value, undefined, 1)}\n`);

if (wants('--kernels')) {
  factors = { ...factors, gemm: kernelFactors(readFileSync(join(source, 'kernel-gemm.csv'), 'utf8')) };
  save(factorsPath, factors);
  save(
    join(root, 'lib/capacity/data/all-reduce.json'),
    allReduceTable(readFileSync(join(source, 'kernel-allreduce.csv'), 'utf8')),
  );
}

const points = servingPoints((name) => readFileSync(join(source, name), 'utf8'), catalog);

if (wants('--serving')) {
  factors = fitServing(thin(points, 20), factors);
  save(factorsPath, factors);
}

if (wants('--held-back')) {
  const sets: HeldBack[] = [];
  for (const split of splits(points)) {
    const base = split.by === 'gpu' ? withoutKernels(factors, split.value) : factors;
    const kept = points.filter((point) => fold(point, split.by) !== split.value);
    const fitted = fitServing(thin(kept, 10), base);
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

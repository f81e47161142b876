/**
 * Writes the accuracy page from the calibration rows of the repository: `docs/accuracy.md`, its plots under
 * `docs/accuracy/`, and `calibration/accuracy.json`, which the regression gate compares with.
 *
 *   node scripts/accuracy.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalog } from '../blueprints/catalog.ts';
import { defaultFactors } from '../lib/capacity/efficiency.ts';
import { type Comparison, compare, factorsFor, gateFigures, type View, views } from './capacity/accuracy-figures.ts';
import { accuracyPage } from './capacity/accuracy-page.ts';
import { neverFitted } from './capacity/compared.ts';
import { measuredGemms } from './capacity/fit-gemm.ts';
import type { HeldBack } from './capacity/held-back.ts';
import { memoryRows } from './capacity/memory-rows.ts';
import { servingPoints } from './capacity/points.ts';
import { scatterPlot } from './capacity/scatter-plot.ts';

const root = join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(root, 'calibration', name), 'utf8');
const catalog = loadCatalog({ vectorStores: {}, modelServers: {}, gateways: {}, clouds: {} });
const points = servingPoints(read, catalog);
const heldBack = JSON.parse(read('held-back-factors.json')) as readonly HeldBack[];
const used = points.filter((point) => !point.setAside);

const comparisons = Object.fromEntries(
  views.map((view) => [view, compare(used, (point) => factorsFor(view, point, defaultFactors, heldBack))]),
) as Record<View, readonly Comparison[]>;

mkdirSync(join(root, 'docs/accuracy'), { recursive: true });
const titles = { tpot: 'Time per output token', ttft: 'Time to first token', endToEnd: 'End-to-end time' } as const;
for (const [metric, title] of Object.entries(titles)) {
  for (const view of ['fitted', 'model left out'] as const) {
    const own = comparisons[view].filter((comparison) => comparison.metric === metric);
    const name = `${metric.toLowerCase()}-${view.replaceAll(' ', '-')}.svg`;
    writeFileSync(join(root, 'docs/accuracy', name), scatterPlot(`${title}, ${view}`, own));
  }
}

const page = accuracyPage({
  points,
  comparisons,
  neverFitted: neverFitted(read('compared.csv'), catalog),
  gemms: measuredGemms(read('kernel-gemm.csv')),
  memory: memoryRows(read('vllm-memory-ledger.csv'), catalog),
  gpus: catalog.gpus,
  factors: defaultFactors,
});
writeFileSync(join(root, 'docs/accuracy.md'), page);
const gate = gateFigures(points, defaultFactors, heldBack);
writeFileSync(join(root, 'calibration/accuracy.json'), `${JSON.stringify(gate, undefined, 1)}\n`);
process.stdout.write('docs/accuracy.md, docs/accuracy/*.svg, calibration/accuracy.json\n');

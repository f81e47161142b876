/**
 * Rewrites the catalogue's data files from a folder of collected facts:
 *
 *   node scripts/refresh-catalog.ts <folder> [--instance-types <instance-types.md>]
 *
 * `<folder>` holds gpus.csv, models.json, hosted-models.json, aws-gpu-instances.csv, aws-prices.csv and
 * aws-services.csv. The Markdown file is the instance-type reference of karpenter-provider-aws; it gives processors and
 * memory of the general-purpose types. Rows of the data files that the folder does not have are kept. Nothing here runs
 * at plan time.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { instancePrices, machineRows, servicePriceRows } from './refresh-catalog/aws.ts';
import { parseCsv } from './refresh-catalog/csv.ts';
import { gpuRows } from './refresh-catalog/gpus.ts';
import { hostedModelRows } from './refresh-catalog/hosted.ts';
import { modelRows } from './refresh-catalog/models.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'instance-types': { type: 'string' } },
});
const folder = positionals[0];
if (folder === undefined) throw new Error('usage: refresh-catalog.ts <folder> [--instance-types <file>]');

const root = join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

interface PackedFile {
  readonly sources: readonly (readonly [string, string, string?])[];
  readonly rows: readonly Readonly<Record<string, unknown> & { sources: readonly number[] }>[];
}

/** Adds the rows of the present file whose ids the new one lacks, with their sources. */
function keepOwnRows(path: string, fresh: PackedFile, idOf: (row: PackedFile['rows'][number]) => unknown): PackedFile {
  if (!existsSync(path)) return fresh;
  const present = JSON.parse(readFileSync(path, 'utf8')) as PackedFile;
  const known = new Set(fresh.rows.map(idOf));
  const sources = [...fresh.sources];
  const own = present.rows
    .filter((row) => !known.has(idOf(row)))
    .map((row) => ({
      ...row,
      sources: row.sources.map((index) => {
        const cell = present.sources[index];
        if (cell === undefined) throw new Error(`${String(idOf(row))}: source ${index} is not in the table`);
        const key = JSON.stringify(cell);
        const at = sources.findIndex((one) => JSON.stringify(one) === key);
        return at >= 0 ? at : sources.push(cell) - 1;
      }),
    }));
  return { sources, rows: [...fresh.rows, ...own] };
}

/** One row a line, so that a changed fact is one changed line. */
function write(path: string, file: PackedFile, idOf: (row: PackedFile['rows'][number]) => string): void {
  const rows = [...file.rows].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const lines = (items: readonly unknown[]) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
  writeFileSync(path, `{\n  "sources": [\n${lines(file.sources)}\n  ],\n  "rows": [\n${lines(rows)}\n  ]\n}\n`);
  console.log(`${path.slice(root.length + 1)}: ${rows.length} rows, ${file.sources.length} sources`);
}

const byId = (row: Readonly<Record<string, unknown>>) => String(row.id);
const catalogData = join(root, 'lib/catalog/data');
const awsData = join(root, 'blueprints/clouds/aws/data');

for (const [name, file] of [
  ['gpus.json', gpuRows(parseCsv(read('gpus.csv')))],
  ['models.json', modelRows(JSON.parse(read('models.json')))],
] as const) {
  const path = join(catalogData, name);
  write(path, keepOwnRows(path, file, byId), byId);
}
write(join(catalogData, 'hosted-models.json'), hostedModelRows(JSON.parse(read('hosted-models.json'))), byId);

const prices = parseCsv(read('aws-prices.csv'));
const typesPath = values['instance-types'];
const machines = machineRows(
  parseCsv(read('aws-gpu-instances.csv')),
  typesPath === undefined ? '' : readFileSync(typesPath, 'utf8'),
  new Set(prices.filter((row) => row.kind === 'general').map((row) => String(row.instance_type))),
);
const byType = (row: Readonly<Record<string, unknown>>) => String(row.instanceType);
const machinesPath = join(awsData, 'machines.json');
write(machinesPath, keepOwnRows(machinesPath, machines, byType), byType);
write(join(awsData, 'service-prices.json'), servicePriceRows(parseCsv(read('aws-services.csv'))), (row) =>
  [row.service, row.item, row.region, row.tier ?? ''].join('|'),
);

const { sources, groups } = instancePrices(prices);
const groupLines = groups.map(([name, types]) => {
  const typeLines = types.map(([type, regions]) => `      ${JSON.stringify(type)}: ${JSON.stringify(regions)}`);
  return `    ${JSON.stringify(name)}: {\n${typeLines.join(',\n')}\n    }`;
});
const sourceLines = sources.map((cell) => `    ${JSON.stringify(cell)}`).join(',\n');
writeFileSync(
  join(awsData, 'instance-prices.json'),
  `{\n  "sources": [\n${sourceLines}\n  ],\n  "prices": {\n${groupLines.join(',\n')}\n  }\n}\n`,
);
console.log(`blueprints/clouds/aws/data/instance-prices.json: ${prices.length} prices, ${sources.length} sources`);

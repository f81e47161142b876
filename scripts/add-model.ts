/**
 * Adds a model to the catalogue from its published config.json:
 *
 *   node scripts/add-model.ts <id> <config.json> --source <owner/repo@commit:path> --date <YYYY-MM-DD>
 *        [--family <name>] [--licence <id>] [--gated] [--revision <commit to mirror>] [--dtype <as published>] [--note <text>]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modelFromConfig } from '../lib/catalog/model-config.ts';
import { sentence } from '../lib/outcome.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    source: { type: 'string' },
    date: { type: 'string' },
    family: { type: 'string' },
    licence: { type: 'string' },
    gated: { type: 'boolean' },
    revision: { type: 'string' },
    dtype: { type: 'string' },
    note: { type: 'string' },
  },
});
const [id, file] = positionals;
if (id === undefined || file === undefined || values.source === undefined || values.date === undefined) {
  throw new Error('usage: add-model.ts <id> <config.json> --source <ref> --date <YYYY-MM-DD>');
}

const found = modelFromConfig(JSON.parse(readFileSync(file, 'utf8').replaceAll(/\bInfinity\b/g, '1e308')), {
  id,
  source: { ref: values.source, date: values.date },
});
if (!found.ok) throw new Error(found.reasons.map(sentence).join('\n'));

const path = join(import.meta.dirname, '../lib/catalog/data/models.json');
const data = JSON.parse(readFileSync(path, 'utf8')) as {
  sources: [string, string, string?][];
  rows: { id: string; sources: number[] }[];
};
const cell: [string, string] = [values.source, values.date];
const known = data.sources.findIndex((one) => JSON.stringify(one) === JSON.stringify(cell));
const index = known >= 0 ? known : data.sources.push(cell) - 1;
const row = {
  ...found.value,
  ...(values.family !== undefined && { family: values.family }),
  ...(values.dtype !== undefined && { nativeDtype: values.dtype }),
  ...(values.licence !== undefined && { licence: values.licence }),
  ...(values.gated && { gated: true }),
  ...(values.revision !== undefined && { revision: values.revision }),
  ...(values.note !== undefined && { notes: values.note }),
  sources: [index],
};
const rows = [...data.rows.filter((one) => one.id !== id), row].sort((a, b) => (a.id < b.id ? -1 : 1));
const lines = (items: readonly unknown[]) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
writeFileSync(path, `{\n  "sources": [\n${lines(data.sources)}\n  ],\n  "rows": [\n${lines(rows)}\n  ]\n}\n`);
console.log(`${id}: ${(row.parameters / 1e9).toFixed(2)}B parameters, ${rows.length} models`);

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rows } from '../lib/decisions/rows.ts';

/**
 * Lists rows D, Q and V of the reference that no test cites, and cited ids the reference does not have. A test cites a
 * row in its title or in the `row` of its case; a short case of a situation in its second cell.
 */
const root = join(import.meta.dirname, '..');
const rowId = /\b[DQV]\d{1,2}(?:\.\d{1,2})?\b/g;
const title = /\b(?:test|it|describe)(?:\.\w+(?:\([^()]*\))?)*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
const row = /\brow: '([DQV][\d.]+)'/g;
const secondCell = /\[\s*'(?:\\.|[^'\\])*',\s*'([DQV]\d{1,2}(?:\.\d{1,2})?)'/g;

const cited = new Map<string, string>();
for (const file of globSync('test/**/*.ts', { cwd: root }).sort()) {
  const text = readFileSync(join(root, file), 'utf8');
  const inTitles = [...text.matchAll(title)].flatMap((match) => match[2]?.match(rowId) ?? []);
  const short = file.includes('situations') ? text.matchAll(secondCell) : [];
  const inCases = [...text.matchAll(row), ...short].map((match) => match[1] ?? '');
  for (const id of [...inTitles, ...inCases]) if (!cited.has(id)) cited.set(id, file);
}

const wanted = rows.map(({ id }) => id).filter((id) => /^[DQV]/.test(id));
const groups = new Set(wanted.map((id) => id.split('.')[0] ?? id));
const untested = wanted.filter((id) => !cited.has(id));
const unknown = [...cited].filter(([id]) => !wanted.includes(id) && !groups.has(id));
for (const id of untested) console.log(`${id}: no test cites it`);
for (const [id, file] of unknown) console.log(`${id}: cited in ${file}, not in the reference`);
console.log(`${wanted.length - untested.length} of ${wanted.length} rows have a test`);
process.exitCode = untested.length + unknown.length > 0 ? 1 : 0;

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const files = ['bin', 'lib', 'blueprints'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);

function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /^(?:import|export)\s(?:[^'";=(]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? '');
}

const room = (file: string) => file.split('/').slice(0, 2).join('/');
const resolve = (file: string, target: string) => normalize(join(dirname(file), target));

/** make-plan ▶ {documents, explain, artifacts} ▶ plan ▶ decisions ▶ {capacity, compliance} ▶ {requirements, catalog} ▶ outcome */
const floors: readonly (readonly string[])[] = [
  ['lib/outcome.ts'],
  ['lib/catalog', 'lib/requirements'],
  ['lib/capacity', 'lib/compliance'],
  ['lib/decisions'],
  ['lib/plan'],
  ['lib/artifacts', 'lib/documents', 'lib/explain'],
  ['lib/index.ts', 'lib/make-plan.ts'],
];
const floorOf = (file: string) => floors.findIndex((floor) => floor.includes(room(file)) || floor.includes(file));
const allowedInLib = new Set(['zod', 'handlebars', 'yaml', 'marked', 'd3-array', '@viz-js/viz']);
const diskModules = new Set(['node:fs', 'node:path', 'node:crypto']);

test.each(files)('%s imports only downwards', (file) => {
  const wrong: string[] = [];
  for (const target of imports(file)) {
    if (target.startsWith('.')) {
      const to = resolve(file, target);
      if (to.startsWith('bin/') && !file.startsWith('bin/')) wrong.push(`${to}: nothing imports bin`);
      if (file.startsWith('lib/') && !to.startsWith('lib/')) wrong.push(`${to}: lib imports only lib`);
      if (file.startsWith('lib/') && to.startsWith('lib/') && floorOf(to) > floorOf(file))
        wrong.push(`${to}: a floor above`);
      if (/^(?:test|conformance|scripts)\//.test(to)) wrong.push(`${to}: not part of the product`);
    } else if (file.startsWith('lib/')) {
      const disk = file === 'lib/artifacts/write.ts' && diskModules.has(target);
      if (!allowedInLib.has(target) && !disk) wrong.push(`${target}: not a package lib may use`);
    }
  }
  if (
    file.startsWith('lib/') &&
    /\bimport\(\s*['"`]/.test(readFileSync(join(root, file), 'utf8').replaceAll(/import\('[^']+'\)\./g, ''))
  )
    wrong.push('dynamic import() hides from this test');
  expect(wrong).toEqual([]);
});

test('no two rooms of lib look at each other', () => {
  const looks = new Set(
    files
      .filter((file) => file.startsWith('lib/'))
      .flatMap((file) => imports(file).map((target) => `${room(file)} ${room(resolve(file, target))}`)),
  );
  const both = [...looks].filter((pair) => {
    const [from, to] = pair.split(' ');
    return from !== undefined && to !== undefined && from < to && looks.has(`${to} ${from}`);
  });
  // What a product says of the answers is part of the catalogue's contract; the answers name what the catalogue holds.
  expect(both).toEqual(['lib/catalog lib/requirements']);
});

test('the test sees every room of lib', () => {
  expect(files.filter((file) => file.startsWith('lib/') && floorOf(file) === -1)).toEqual([]);
});

test.each(files.filter((file) => file.startsWith('lib/')))(
  '%s reads no clock, no environment and no unseeded randomness',
  (file) => {
    const text = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(
      text.match(/\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.env\b|\bperformance\.now\b|\bfetch\(/g),
    ).toBeNull();
  },
);

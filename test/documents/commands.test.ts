import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commands } from '../../bin/commands/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const known = new Set(commands.map(({ name }) => name));

/** Every `groundplan <command>` a text tells somebody to run. */
const named = (text: string) =>
  [...text.matchAll(/(?:[`$]|npx |^ +)\s*groundplan ([a-z]+)\b/gm)].map(([, name]) => name);

test('texts name only commands that exist', () => {
  const files = globSync(['*.md', 'docs/*.md', 'templates/**/*.hbs', '{bin,lib,blueprints}/**/*.ts'], { cwd: root });
  const wrong = files.flatMap((file) =>
    named(readFileSync(`${root}/${file}`, 'utf8'))
      .filter((name) => name !== undefined && !known.has(name))
      .map((name) => `${file}: groundplan ${name}`),
  );
  expect(wrong).toEqual([]);
  expect(files.length).toBeGreaterThan(100);
});

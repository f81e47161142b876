import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds package.json: the checkout, or the installed package one floor above dist/. */
function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Every layout under templates/, by its path without `.hbs`. */
export function readTemplates(): Record<string, string> {
  const folder = join(packageRoot(), 'templates');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.hbs'));
  return Object.fromEntries(
    names
      .sort()
      .map((name) => [name.slice(0, -'.hbs'.length).replaceAll('\\', '/'), readFileSync(join(folder, name), 'utf8')]),
  );
}

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { invalid, type Outcome } from '../lib/outcome.ts';
import { schemaHeader } from '../lib/requirements/json-schema.ts';
import { type AnswersText, readAnswersText } from '../lib/requirements/text.ts';

/** Bytes of an answers file from the disk → its value and text. */
export function readAnswersFile(path: string): Outcome<AnswersText> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const found = error instanceof Error ? error.message.replace(/, \w+ '.*'$/, '') : 'no answer from the disk';
    return invalid([{ path, asked: 'a readable answers file', found, change: 'Check the path.' }]);
  }
  return readAnswersText(bytes, path);
}

/** Where answers for a target go: the file itself, or `groundplan.yaml` in the folder. */
export function answersPath(target: string): string {
  return /^\.(ya?ml|json)$/.test(extname(target)) ? resolve(target) : join(resolve(target), 'groundplan.yaml');
}

/** A name for the platform from the target's own: `My Platform/` → `my-platform`; undefined where none is left. */
export function nameFromTarget(target: string): string | undefined {
  const path = answersPath(target);
  const file = basename(path, extname(path));
  const raw = file === 'groundplan' ? basename(dirname(path)) : file;
  const name = raw
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 30)
    .replaceAll(/-+$/g, '');
  return name.length >= 3 ? name : undefined;
}

/** The text a person would have written: schema line for editors, sections in the schema's order. */
export function answersText(path: string, answers: unknown): string {
  if (path.endsWith('.json')) return `${JSON.stringify(answers, null, 2)}\n`;
  return `${schemaHeader}\n${stringify(answers, { lineWidth: 120 })}`;
}

/** Writes all or nothing: a new file beside the old one, then one rename. */
export function writeAtomically(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeFileSync(staged, text, { mode: 0o644 });
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}

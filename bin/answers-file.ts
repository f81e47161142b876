import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { invalid, type Outcome } from '../lib/outcome.ts';
import { answersJsonSchema, schemaHeader, schemaPath } from '../lib/requirements/json-schema.ts';
import { type AnswersText, changesBetween, readAnswersText, rewriteAnswers } from '../lib/requirements/text.ts';
import { checkPlace, readFault } from './disk.ts';

/** Bytes of an answers file from the disk → its value and text. */
export function readAnswersFile(path: string): Outcome<AnswersText> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const found = readFault(error);
    return invalid([{ path, asked: 'a readable answers file', found, change: 'Check the path.' }]);
  }
  return readAnswersText(bytes, path);
}

/** Where answers for a target go: the file itself, or `groundplan.yaml` in the folder. */
export function answersPath(target: string): string {
  return isFolder(target) ? join(resolve(target), 'groundplan.yaml') : resolve(target);
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

/** A folder takes the schema beside its answers; a file that stands alone has nowhere to keep one. */
function isFolder(target: string): boolean {
  return !/^\.(ya?ml|json)$/.test(extname(target));
}

/**
 * The text a person would have written. Answers that came from a file keep its comments and order; in a folder the
 * first line names the schema for editors.
 */
export function answersText(target: string, answers: unknown, from?: AnswersText): string {
  if (answersPath(target).endsWith('.json')) return `${JSON.stringify(answers, null, 2)}\n`;
  const text =
    from?.format === 'yaml'
      ? rewriteAnswers(from, changesBetween(from.value, answers))
      : stringify(answers, { lineWidth: 120 });
  return isFolder(target) && !text.startsWith('# yaml-language-server') ? `${schemaHeader}\n${text}` : text;
}

/** Writes the answers of a target, and in a folder the schema that their first line names. */
export function writeAnswers(target: string, text: string): string {
  const path = answersPath(target);
  if (isFolder(target)) {
    writeAtomically(join(dirname(path), schemaPath), `${JSON.stringify(answersJsonSchema(), null, 2)}\n`);
  }
  writeAtomically(path, text);
  return path;
}

/** Writes all or nothing: a new file beside the old one, then one rename. */
export function writeAtomically(path: string, text: string): void {
  if (!existsSync(dirname(path))) checkPlace(dirname(path));
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

import { lstatSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invalid } from '../lib/outcome.ts';
import type { Refusal } from './output.ts';

/** What the system says, in words. Anything else of its codes is unexpected here. */
const words: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'a read-only disk',
  ENOSPC: 'a full disk',
  EDQUOT: 'a disk quota that is used up',
  ENOENT: 'no such file or folder',
  EISDIR: 'a folder where a file is needed',
  ENOTDIR: 'a file where a folder is needed',
  ENAMETOOLONG: 'a name that is too long',
  ENOTSUP: 'a folder in which the system makes no new ones',
};

/** Folder of this package: what is missing inside it is our bug, not the user's disk. */
const own = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Why a file could not be read, in words. */
export function readFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (words[code] !== undefined) return words[code];
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** A disk that is full, read-only or without the folder is the user's to change; undefined where it is our bug. */
export function diskFault(error: unknown): Refusal | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined;
  const found = words[String(error.code)];
  const path = 'path' in error ? String(error.path) : undefined;
  if (found === undefined || path?.startsWith(own + sep)) return undefined;
  const change = 'Make room or name another place, and run the command again.';
  const reason = { path: path ?? 'disk', asked: 'a place that can be read and written', found, change };
  return { ...invalid([reason]), subject: 'The disk needs' };
}

/**
 * Refuses a folder that cannot be made or written, before anything is. A folder is made and removed where the path
 * begins: making all of a path at once never ends beneath one like /proc, which has no room for any.
 *
 * @throws Error with the code of the system and the place, as `diskFault` reads it
 */
export function checkPlace(folder: string): void {
  let place = resolve(folder);
  while (!isThere(place) && place !== dirname(place)) place = dirname(place);
  const fault = (code: string): Error =>
    Object.assign(new Error(`${place} cannot hold ${folder}`), { code, syscall: 'mkdir', path: place });
  if (!statSync(place).isDirectory()) throw fault('ENOTDIR');
  try {
    rmdirSync(mkdtempSync(join(place, '.groundplan-')));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw fault(code === 'ENOENT' ? 'ENOTSUP' : code);
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // Beneath a file there is nothing.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return false;
    throw error;
  }
}

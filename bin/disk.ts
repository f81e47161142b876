import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Failure, invalid } from '../lib/outcome.ts';

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
export function diskFault(error: unknown): Failure | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined;
  const found = words[String(error.code)];
  const path = 'path' in error ? String(error.path) : undefined;
  if (found === undefined || path?.startsWith(own + sep)) return undefined;
  const change = 'Make room or name another place, and run the command again.';
  return invalid([{ path: path ?? 'disk', asked: 'a place that can be read and written', found, change }]);
}

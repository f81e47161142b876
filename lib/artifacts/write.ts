import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { Artifact } from './artifact.ts';

/** Where the hashes of what was generated are kept, beneath the project. */
export const manifestPath = '.groundplan/manifest.json';
const journalPath = '.groundplan/journal.json';
const stagingPath = '.groundplan/staging';
/** New contents of files that the user has edited, to be merged by hand. */
const incomingPath = '.groundplan/incoming';

interface Manifest {
  readonly schemaVersion: 1;
  /** sha256 of every generated file, by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** What one write did, by path; every list is sorted. */
export interface WriteReport {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  /** Generated before and edited since: left alone; the new contents lie under `.groundplan/incoming/`. */
  readonly keptEdits: readonly string[];
  /** Not ours and in the way of a new file: left alone, likewise. */
  readonly keptForeign: readonly string[];
}

interface Journal {
  /** Staged file to final path. */
  readonly moves: readonly { readonly from: string; readonly to: string }[];
  readonly removals: readonly string[];
}

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

function readIfFile(path: string): Buffer | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? readFileSync(path) : undefined;
}

function writeDurably(path: string, contents: string, executable = false): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w', executable ? 0o755 : 0o644);
  try {
    writeFileSync(file, contents);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Says what the disk itself would have said, before anything is written. */
function inTheWay(path: string, code: string, needed: string): Error {
  return Object.assign(new Error(`${path} is in the way: ${needed} is needed there`), { code, syscall: 'lstat', path });
}

/** Refuses a path that leaves the project, by its text or through a link the project holds. */
function checkPath(root: string, path: string): void {
  const parts = path.split('/');
  if (
    path === '' ||
    path.includes('\\') ||
    path.includes('\0') ||
    parts.some((part) => part === '' || part === '.' || part === '..')
  )
    throw new Error(`not a path beneath the project: ${JSON.stringify(path)}`);
  for (let depth = 1; depth < parts.length; depth++) {
    const folder = join(root, ...parts.slice(0, depth));
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat && !stat.isDirectory()) throw inTheWay(folder, 'ENOTDIR', 'a folder');
  }
  const target = join(root, ...parts);
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw inTheWay(target, 'EISDIR', 'a plain file');
}

function readManifest(root: string): Manifest {
  const text = readIfFile(join(root, manifestPath));
  return text ? (JSON.parse(text.toString('utf8')) as Manifest) : { schemaVersion: 1, files: {} };
}

/**
 * Ends a write that was killed after its point of commitment, or clears one that was killed before it. Every command
 * that reads or writes a project calls it first, so what it sees is the old project or the new one, whole.
 *
 * @returns true if there was something to end
 */
export function recoverProject(root: string): boolean {
  const journal = readIfFile(join(root, journalPath));
  const staging = join(root, stagingPath);
  if (journal) applyJournal(root, JSON.parse(journal.toString('utf8')) as Journal);
  const hadStaging = existsSync(staging);
  if (hadStaging) rmSync(staging, { recursive: true });
  return journal !== undefined || hadStaging;
}

/** Safe to repeat from the start: a move whose source is gone has been made. */
function applyJournal(root: string, journal: Journal): void {
  for (const { from, to } of journal.moves) {
    const source = join(root, from);
    if (!existsSync(source)) continue;
    mkdirSync(dirname(join(root, to)), { recursive: true });
    renameSync(source, join(root, to));
  }
  for (const path of journal.removals) {
    rmSync(join(root, path), { force: true });
    removeEmptyFolders(root, dirname(path));
  }
  rmSync(join(root, journalPath), { force: true });
}

function removeEmptyFolders(root: string, path: string): void {
  for (let folder = path; folder !== '.' && folder !== ''; folder = dirname(folder)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return; // not empty: something in it is the user's
    }
  }
}

interface Sorted {
  readonly writes: Artifact[];
  readonly incoming: Artifact[];
  readonly report: { [K in keyof WriteReport]: string[] };
  readonly files: Record<string, string>;
}

function sortOut(root: string, artifacts: readonly Artifact[], before: Manifest): Sorted {
  const sorted: Sorted = {
    writes: [],
    incoming: [],
    report: { created: [], updated: [], unchanged: [], removed: [], keptEdits: [], keptForeign: [] },
    files: {},
  };
  for (const artifact of artifacts) {
    checkPath(root, artifact.path);
    if (artifact.path in sorted.files) throw new Error(`two artifacts claim ${artifact.path}`);
    const next = sha256(artifact.contents);
    const last = before.files[artifact.path];
    const found = readIfFile(join(root, artifact.path));
    const foundHash = found && sha256(found);
    sorted.files[artifact.path] = next;
    if (foundHash === next) sorted.report.unchanged.push(artifact.path);
    else if (foundHash !== undefined && foundHash !== last) {
      sorted.report[last === undefined ? 'keptForeign' : 'keptEdits'].push(artifact.path);
      sorted.incoming.push({ ...artifact, path: `${incomingPath}/${artifact.path}` });
      // The hash of what was last generated stays, so that the file goes on counting as edited.
      if (last === undefined) delete sorted.files[artifact.path];
      else sorted.files[artifact.path] = last;
    } else {
      sorted.report[foundHash === undefined ? 'created' : 'updated'].push(artifact.path);
      sorted.writes.push(artifact);
    }
  }
  for (const [path, last] of Object.entries(before.files)) {
    if (path in sorted.files) continue;
    const found = readIfFile(join(root, path));
    if (!found) continue;
    if (sha256(found) === last) sorted.report.removed.push(path);
    else sorted.report.keptEdits.push(path);
  }
  for (const list of Object.values(sorted.report)) list.sort();
  return sorted;
}

/**
 * Writes a project, all or nothing. Everything is staged beneath `.groundplan/` first; one rename of the journal is the
 * point of commitment; what a kill leaves half moved is moved on by the next command (`recoverProject`). A project
 * that did not exist appears by a single rename. Files it did not generate, and generated files that were edited, are
 * never touched.
 *
 * @param seeds - files that are the user's from then on (the answers): written with the rest and not counted as generated
 * @throws Error if a path leaves the project, two artifacts claim one path, or the disk refuses
 */
export function writeProject(
  root: string,
  artifacts: readonly Artifact[],
  seeds: readonly Artifact[] = [],
): WriteReport {
  if (!existsSync(root)) return writeFresh(root, artifacts, seeds);
  recoverProject(root);
  const sorted = sortOut(root, artifacts, readManifest(root));
  const manifest: Manifest = { schemaVersion: 1, files: Object.fromEntries(Object.entries(sorted.files).sort()) };
  for (const seed of seeds) checkPath(root, seed.path);
  const staged: Artifact[] = [
    ...seeds,
    ...sorted.writes,
    ...sorted.incoming,
    { path: manifestPath, contents: `${JSON.stringify(manifest, null, 2)}\n` },
  ];
  const moves = staged.map(({ path }, index) => ({ from: `${stagingPath}/${index}`, to: path }));
  staged.forEach((artifact, index) => {
    writeDurably(join(root, stagingPath, String(index)), artifact.contents, artifact.executable);
  });
  const stale = existsSync(join(root, incomingPath)) ? listFiles(root, incomingPath) : [];
  const keep = new Set(sorted.incoming.map((artifact) => artifact.path));
  const journal: Journal = { moves, removals: [...sorted.report.removed, ...stale.filter((path) => !keep.has(path))] };
  const draft = join(root, stagingPath, 'journal.json');
  writeDurably(draft, JSON.stringify(journal));
  renameSync(draft, join(root, journalPath));
  applyJournal(root, journal);
  rmSync(join(root, stagingPath), { recursive: true, force: true });
  return sorted.report;
}

function writeFresh(root: string, artifacts: readonly Artifact[], seeds: readonly Artifact[]): WriteReport {
  const parent = dirname(root.endsWith(sep) ? root.slice(0, -1) : root);
  const draft = join(parent, `.${root.slice(parent.length).replaceAll(sep, '')}.groundplan-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    const report = writeProject(draft, artifacts, seeds);
    renameSync(draft, root);
    return report;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

function listFiles(root: string, folder: string): string[] {
  return readdirFiles(join(root, folder)).map((path) => `${folder}/${path}`);
}

function readdirFiles(folder: string, prefix = ''): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? readdirFiles(join(folder, entry.name), `${prefix}${entry.name}/`)
      : [`${prefix}${entry.name}`],
  );
}

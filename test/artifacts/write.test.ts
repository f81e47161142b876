import { fork } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifestPath, recoverProject, writeProject } from '../../lib/artifacts/write.ts';

let folder: string;
let root: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundplan-write-'));
  root = join(folder, 'project');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const a = { path: 'docs/a.md', contents: 'one\n' };
const b = { path: 'b.txt', contents: 'b\n' };

describe('writing a project', () => {
  test('a new project holds the artifacts, their hashes, and nothing else', () => {
    const report = writeProject(root, [a, b]);
    expect(report.created).toEqual(['b.txt', 'docs/a.md']);
    expect(read('docs/a.md')).toBe('one\n');
    expect(readdirSync(root).sort()).toEqual(['.groundplan', 'b.txt', 'docs']);
    expect(readdirSync(join(root, '.groundplan'))).toEqual(['manifest.json']);
    expect(readdirSync(folder)).toEqual(['project']);
  });

  test('writing the same artifacts again changes nothing', () => {
    writeProject(root, [a, b]);
    const manifest = read(manifestPath);
    const report = writeProject(root, [a, b]);
    expect(report.unchanged).toEqual(['b.txt', 'docs/a.md']);
    expect(read(manifestPath)).toBe(manifest);
  });

  test('an edited file is reported and kept, its new contents lie beside, twice over', () => {
    writeProject(root, [a, b]);
    writeFileSync(join(root, 'docs/a.md'), 'mine\n');
    for (const contents of ['two\n', 'three\n']) {
      const report = writeProject(root, [{ ...a, contents }, b]);
      expect(report.keptEdits).toEqual(['docs/a.md']);
      expect(read('docs/a.md')).toBe('mine\n');
      expect(read('.groundplan/incoming/docs/a.md')).toBe(contents);
    }
    writeFileSync(join(root, 'docs/a.md'), 'three\n');
    expect(writeProject(root, [{ ...a, contents: 'three\n' }, b]).unchanged).toContain('docs/a.md');
    expect(existsSync(join(root, '.groundplan/incoming'))).toBe(false);
  });

  test('a file that was not generated is never touched, even in the way of a new one', () => {
    mkdirSync(root);
    writeFileSync(join(root, 'b.txt'), 'the user’s\n');
    writeFileSync(join(root, 'notes.txt'), 'keep\n');
    const report = writeProject(root, [a, b]);
    expect(report.keptForeign).toEqual(['b.txt']);
    expect(read('b.txt')).toBe('the user’s\n');
    expect(read('notes.txt')).toBe('keep\n');
    writeProject(root, [a]);
    expect(read('b.txt')).toBe('the user’s\n');
  });

  test('a seed is written with the rest, is the user’s from then on, and is replaced only when it is given again', () => {
    const seed = { path: 'groundplan.yaml', contents: 'name: a\n' };
    writeProject(root, [a], [seed]);
    expect(JSON.parse(read(manifestPath)).files).not.toHaveProperty('groundplan.yaml');
    writeFileSync(join(root, 'groundplan.yaml'), 'name: b\n');
    expect(writeProject(root, [a]).keptForeign).toEqual([]);
    expect(read('groundplan.yaml')).toBe('name: b\n');
    writeProject(root, [a], [seed]);
    expect(read('groundplan.yaml')).toBe('name: a\n');
  });

  test('a file that is no longer generated goes, unless it was edited', () => {
    writeProject(root, [a, b, { path: 'old/c.txt', contents: 'c\n' }]);
    writeFileSync(join(root, 'b.txt'), 'edited\n');
    const report = writeProject(root, [a]);
    expect(report.removed).toEqual(['old/c.txt']);
    expect(report.keptEdits).toEqual(['b.txt']);
    expect(existsSync(join(root, 'old'))).toBe(false);
    expect(read('b.txt')).toBe('edited\n');
  });

  test.each([['../evil'], ['/evil'], ['a/../../evil'], ['a//b'], ['./a'], ['a\\b'], ['']])(
    'fails when a path leaves the project: %j',
    (path) => {
      expect(() => writeProject(root, [{ path, contents: 'x' }])).toThrow('not a path beneath the project');
      expect(existsSync(root)).toBe(false);
    },
  );

  test('fails when a link in the project leads out of it, before anything is written', () => {
    mkdirSync(join(folder, 'outside'));
    mkdirSync(root);
    symlinkSync(join(folder, 'outside'), join(root, 'docs'));
    expect(() => writeProject(root, [b, a])).toThrow('in the way');
    expect(readdirSync(join(folder, 'outside'))).toEqual([]);
    expect(existsSync(join(root, 'b.txt'))).toBe(false);
  });
});

/** Reads back what a project holds, less Groundplan's own folder. */
function contents(): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  return Object.fromEntries(paths.filter((path) => !path.startsWith('.groundplan/')).map((path) => [path, read(path)]));
}

test('a write killed at a random moment leaves the old or the new project, whole (50 kills)', async () => {
  const worker = join(import.meta.dirname, 'write-forever.ts');
  writeProject(root, [{ path: 'start.txt', contents: 'start' }]);
  writeFileSync(join(root, 'mine.txt'), 'the user’s');
  let interrupted = 0;
  for (let kill = 0; kill < 50; kill++) {
    const child = fork(worker, [root], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    await new Promise((resolve) => child.once('message', resolve));
    await sleep(((kill * 7919) % 40) + Math.random());
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    if (recoverProject(root)) interrupted++;
    const { 'mine.txt': mine, ...generated } = contents();
    expect(mine).toBe('the user’s');
    const versions = new Set(Object.values(generated));
    expect(versions.size).toBe(1);
    const version = [...versions][0] === 'odd'.repeat(2000) ? 1 : 0;
    expect(Object.keys(generated)).toHaveLength(version === 1 ? 41 : 40);
    const manifest = JSON.parse(read(manifestPath)) as { files: Record<string, string> };
    expect(Object.keys(manifest.files).sort()).toEqual(Object.keys(generated).sort());
  }
  expect(interrupted).toBeGreaterThan(0);
}, 60_000);

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { checkPlace, diskFault, readFault } from '../../bin/disk.ts';
import { writeProject } from '../../lib/artifacts/write.ts';

const folder = mkdtempSync(join(tmpdir(), 'groundplan-disk-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'file'), '');
mkdirSync(join(folder, 'project/docs.md'), { recursive: true });
writeFileSync(join(folder, 'project/kubernetes'), '');

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('what the disk refuses is said in words, with the place', () => {
  const artifact = (path: string) => writeProject(join(folder, 'project'), [{ path, contents: 'x' }]);
  test.each([
    ['a missing folder', () => writeFileSync(join(folder, 'none/x'), ''), 'no such file or folder'],
    ['a folder', () => writeFileSync(folder, ''), 'a folder where a file is needed'],
    ['a file as a folder', () => writeFileSync(join(folder, 'file/x'), ''), 'a file where a folder is needed'],
    ['a folder of the user in the way', () => artifact('docs.md'), 'a folder where a file is needed'],
    ['a file of the user in the way', () => artifact('kubernetes/a.yaml'), 'a file where a folder is needed'],
  ])('%s', (_, act, found) => {
    const reason = diskFault(caught(act))?.reasons[0];
    expect(reason?.found).toBe(found);
    expect(reason?.path).toContain(folder);
  });

  test('a full disk names no file', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(diskFault(full)?.reasons[0]).toMatchObject({ path: 'disk', found: 'a full disk' });
  });

  test('a file missing inside the package, and any other error, is our bug', () => {
    const own = fileURLToPath(new URL('../../templates/none.hbs', import.meta.url));
    expect(diskFault(caught(() => readFileSync(own)))).toBeUndefined();
    expect(diskFault(new TypeError('x is undefined'))).toBeUndefined();
  });

  test('reading says the same', () => {
    expect(readFault(caught(() => readFileSync(join(folder, 'none'))))).toBe('no such file or folder');
    expect(readFault(caught(() => JSON.parse('{')))).toMatch(/JSON/);
  });
});

function groundplan(...args: string[]) {
  const program = fileURLToPath(new URL('../../bin/groundplan.ts', import.meta.url));
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', cwd: folder, timeout: 60_000 });
}

describe('a place for a project', () => {
  test.each([
    ['a file', 'file', 'file', 'a file where a folder is needed'],
    ['beneath a file', 'file/a/b', 'file', 'a file where a folder is needed'],
  ])('is not %s', (_, path, place, found) => {
    const reason = diskFault(caught(() => checkPlace(join(folder, path))))?.reasons[0];
    expect(reason).toMatchObject({ path: join(folder, place), found });
  });

  test('is any folder that can be made, and looking leaves nothing behind', () => {
    checkPlace(join(folder, 'new/deep'));
    checkPlace(join(folder, 'project'));
    expect(readdirSync(folder).sort()).toEqual(['file', 'project']);
    expect(readdirSync(join(folder, 'project')).sort()).toEqual(['docs.md', 'kubernetes']);
  });

  test.runIf(existsSync('/proc/self'))('is not where the system makes no folders: refused at once', () => {
    for (const args of [
      ['generate', '--preset', 'homelab', '--out', '/proc/x/y'],
      ['new', '/proc/x/y', '--preset', 'homelab'],
    ]) {
      const ran = groundplan(...args);
      expect(ran.stderr).toMatch(/^The disk needs one change:\n {2}\/proc\n/);
      expect(ran.status).toBe(2);
    }
  });
});

test('the command line ends with 2, not with a stack', () => {
  const ran = groundplan('schema', '--out', join(folder, 'none/x.json'));
  expect(ran.stderr).toMatch(/^The disk needs one change:\n/);
  expect(ran.stderr).not.toMatch(/\n {4}at /);
  expect(ran.status).toBe(2);
});

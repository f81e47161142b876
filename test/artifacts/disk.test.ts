import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { diskFault, readFault } from '../../bin/disk.ts';
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

test('the command line ends with 2, not with a stack', () => {
  const program = fileURLToPath(new URL('../../bin/groundplan.ts', import.meta.url));
  const ran = spawnSync(process.execPath, [program, 'schema', '--out', join(folder, 'none/x.json')], {
    encoding: 'utf8',
  });
  expect(ran.stderr).toMatch(/^The disk needs one change:\n/);
  expect(ran.stderr).not.toMatch(/\n {4}at /);
  expect(ran.status).toBe(2);
});

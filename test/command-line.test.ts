import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

function groundplan(...args: string[]) {
  const program = join(import.meta.dirname, '../bin/groundplan.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('what the command line itself refuses', () => {
  test.each([
    [['plan', '--bogus'], '--bogus', 'See `groundplan plan --help`.'],
    [['plan', '--presett', 'homelab'], '--presett', 'Did you mean --preset?'],
    [['compare', 'a.yaml'], 'b', 'See `groundplan compare --help`.'],
    [['nosuch'], 'nosuch', 'See `groundplan --help`.'],
    [['predict'], '--points <file>', 'See `groundplan predict --help`.'],
    [['catalog', 'list', '--bogus'], '--bogus', 'See `groundplan catalog --help`.'],
  ])('%j is JSON like any other refusal, where JSON is asked for', (args, path, change) => {
    const { status, stdout, stderr } = groundplan(...args, '--json');
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      kind: 'invalid',
      reasons: [{ path, asked: expect.any(String), found: expect.any(String), change }],
    });
  });

  test('is a line of text where it is not', () => {
    const { status, stdout, stderr } = groundplan('plan', '--bogus');
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: "error: unknown option '--bogus'\n" });
  });
});

describe('a refusal says what needs the change', () => {
  test.each([
    ['the command', ['catalog', 'show', 'nothing-like-it']],
    ['the command', ['explain', 'nothing-like-it', '--preset', 'homelab']],
    ['the command', ['explain', 'D1', '--plan', 'package.json']],
    ['the command', ['compare', 'nowhere.yaml', 'preset:homelab']],
    ['the command', ['compare', 'preset:nobody', 'preset:homelab']],
    ['the answers', ['compare', 'preset:homelab', 'preset:homelab', '--set', 'nothing.likeIt=1']],
  ])('%s: %j', (what, args) => {
    const { status, stderr } = groundplan(...args);
    expect(status).toBe(2);
    expect(stderr.toLowerCase()).toMatch(new RegExp(`^${what} needs? one change:`));
  });
});

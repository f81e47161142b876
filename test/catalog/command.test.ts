import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { configure as configureCatalog } from '../../bin/commands/catalog.ts';
import { configure as configureSchema } from '../../bin/commands/schema.ts';
import { answersJsonSchema } from '../../lib/requirements/json-schema.ts';

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

/** The command in this process: what it prints, and the exit code it leaves. */
async function run(name: 'catalog' | 'schema', ...args: string[]) {
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += text.toString();
      return true;
    });
  }
  const command = new Command(name);
  ({ catalog: configureCatalog, schema: configureSchema })[name](command);
  await command.parseAsync(args, { from: 'user' });
  vi.restoreAllMocks();
  return { ...printed, status: process.exitCode ?? 0 };
}

describe('groundplan catalog', () => {
  test('list prints facts with source and age, counted to a given day', async () => {
    const { status, stdout } = await run('catalog', 'list', 'gpus', '--json', '--today', '2026-09-01');
    expect(status).toBe(0);
    const rows = JSON.parse(stdout) as { id: string; ageDays: number; source: string }[];
    expect(rows.find(({ id }) => id === 'L4')).toMatchObject({ ageDays: 31, source: expect.stringContaining('@') });
    expect(rows.every(({ source }) => source !== '')).toBe(true);
  });

  test('the oldest of its sources makes a fact old', async () => {
    const { stdout } = await run('catalog', 'list', 'offers', '--json', '--today', '2026-06-28');
    const rows = JSON.parse(stdout) as { id: string; ageDays: number }[];
    expect(rows.find(({ id }) => id === 'g6.xlarge')).toMatchObject({ ageDays: 365 });
  });

  test('show resolves an alias and prints every source', async () => {
    const { status, stdout } = await run(
      'catalog',
      'show',
      'RedHatAI/Llama-3.1-8B-Instruct-FP8-dynamic',
      '--today',
      '2026-09-01',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('meta-llama/Llama-3.1-8B-Instruct (models)');
    expect(stdout).toMatch(/source {2}\S+, 2026-08-21, 11 days old/);
  });

  test('check parses every row', async () => {
    const { status, stdout } = await run('catalog', 'check', '--json', '--today', '2026-09-01');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ reasons: [], today: '2026-09-01' });
  });

  test.each([
    [['list', 'gpuss'], 'Did you mean gpus?'],
    [['show', 'H100-SMX'], 'Did you mean H100-SXM'],
    [['check', '--today', 'soon'], 'a date like 2026-01-31'],
    [['check', '--max-age', 'old'], 'a number of days'],
  ])('%j ends in exit 2 with the way on', async (args, text) => {
    const { status, stderr } = await run('catalog', ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^The command needs one change:\n/);
    expect(stderr).toContain(text);
  });
});

test('groundplan schema prints what editors read, or writes it', async () => {
  expect(JSON.parse((await run('schema')).stdout)).toEqual(answersJsonSchema());
  const folder = mkdtempSync(join(tmpdir(), 'groundplan-schema-'));
  try {
    expect((await run('schema', '--out', join(folder, 's.json'))).status).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 's.json'), 'utf8'))).toEqual(answersJsonSchema());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'groundplan-predict-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function groundplan(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/groundplan.ts'), ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr };
}

const point = {
  model: 'RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8-dynamic',
  gpu: 'H100-SXM',
  precision: 'fp8',
  inputTokens: 500,
  outputTokens: 100,
};

describe('groundplan predict', () => {
  test('answers hundreds of points in one process, line by line and in order', () => {
    const lines = Array.from({ length: 300 }, (_, index) =>
      JSON.stringify({ ...point, id: `p${index}`, concurrency: 1 + (index % 8) }),
    );
    lines.splice(100, 0, 'no JSON at all', '', JSON.stringify({ ...point, id: 'odd', gpu: 'ABACUS', concurrency: 1 }));
    const { status, stdout } = groundplan(['predict', '--points', '-'], lines.join('\n'));
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string | null; error?: string; ttftMs?: { p95: number } });
    expect(status).toBe(0);
    expect(answers).toHaveLength(302);
    expect(answers[100]).toMatchObject({ id: null, error: expect.stringContaining('JSON') });
    expect(answers[101]).toMatchObject({ id: 'odd', error: expect.stringContaining('ABACUS') });
    expect(answers[102]).toMatchObject({ id: 'p100', ttftMs: { p95: expect.any(Number) } });
  });

  test('fails with exit 2 when the file is missing', () => {
    const { status, stderr } = groundplan(['predict', '--points', 'nowhere.jsonl']);
    expect(status).toBe(2);
    expect(stderr).toContain('nowhere.jsonl');
  });
});

describe('groundplan calibrate', () => {
  const result = {
    model_id: 'meta-llama/Llama-3.1-8B-Instruct',
    num_prompts: 80,
    request_rate: 'inf',
    max_concurrency: 8,
    completed: 80,
    total_input_tokens: 80_000,
    total_output_tokens: 16_000,
    mean_ttft_ms: 900,
    mean_tpot_ms: 60,
  };

  test('reports before and after, stores the scales, and keeps those of other GPUs', () => {
    writeFileSync(join(folder, 'c8.json'), JSON.stringify(result));
    const first = groundplan(['calibrate', 'c8.json', '--gpu', 'L4', '--precision', 'fp8']);
    expect(first.status).toBe(0);
    expect(first.stdout).toMatch(/first token .*%.*→.*%/);
    const second = groundplan(['calibrate', 'c8.json', '--gpu', 'NVIDIA L40S', '--precision', 'fp8', '--json']);
    expect(second.status).toBe(0);
    const stored = JSON.parse(readFileSync(join(folder, 'groundplan.calibration.json'), 'utf8')) as {
      gpus: Record<string, { memory: number }>;
    };
    expect(Object.keys(stored.gpus)).toEqual(['L4', 'L40S']);
    // The same result means a much slower L40S than L4, against what each should do.
    expect(stored.gpus['L40S']?.memory).toBeGreaterThan(stored.gpus['L4']?.memory ?? 9);
  });

  test('fails with exit 2 and every problem when GPU and file are unknown', () => {
    const { status, stderr } = groundplan(['calibrate', 'nowhere.json', '--gpu', 'ABACUS', '--precision', 'fp8']);
    expect(status).toBe(2);
    expect(stderr).toContain('ABACUS');
    expect(stderr).toContain('nowhere.json');
  });
});

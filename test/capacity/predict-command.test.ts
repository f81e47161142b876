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

  test('reads GuideLLM and AIPerf files too, and names a run that is left out by its file and place', () => {
    const model = result.model_id;
    const spread = (mean: number) => ({ successful: { mean, median: mean, percentiles: { p99: mean * 1.2 } } });
    const benchmark = (streams: number, inputTokens: number) => ({
      config: { strategy: { type_: 'concurrent', streams } },
      metrics: {
        request_totals: { successful: 80 },
        prompt_token_count: spread(inputTokens),
        output_token_count: spread(200),
        time_to_first_token_ms: spread(900),
        inter_token_latency_ms: spread(60),
        request_latency: spread(13),
      },
    });
    const guide = { args: { model }, benchmarks: [benchmark(8, 1000), benchmark(1, 500_000)] };
    const metric = (avg: number) => ({ unit: 'ms', avg, p50: avg, p99: avg * 1.2 });
    const profile = {
      input_config: { endpoint: { model_names: [model] }, loadgen: { concurrency: 8 } },
      request_count: { avg: 80 },
      input_sequence_length: { avg: 1000, std: 0 },
      output_sequence_length: { avg: 200, std: 0 },
      time_to_first_token: metric(900),
      inter_token_latency: metric(60),
      request_latency: metric(13_000),
    };
    writeFileSync(join(folder, 'guide.json'), JSON.stringify(guide));
    writeFileSync(join(folder, 'aiperf.json'), JSON.stringify(profile));
    const ran = groundplan([
      ...['calibrate', 'guide.json', 'aiperf.json', '--gpu', 'L4', '--precision', 'fp8', '--dry-run'],
    ]);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain('L4: 2 runs, 18 figures');
    expect(ran.stdout).toContain('left out: guide.json, run 2 (GuideLLM): ');
  });

  test('names everything that is missing at once', () => {
    const { status, stdout } = groundplan(['calibrate', '--json']);
    const { reasons } = JSON.parse(stdout) as { reasons: { path: string }[] };
    expect(status).toBe(2);
    expect(reasons.map(({ path }) => path)).toEqual(['results', '--gpu', '--precision']);
  });

  test('fails with exit 2 and every problem of options and files, each once', () => {
    const model = ['--model', 'nobody/nothing', '--max-model-len', 'long'];
    const args = ['c8.json', 'nowhere.json', '--gpu', 'ABACUS', '--precision', 'fp88', ...model];
    const { status, stderr } = groundplan(['calibrate', ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^The command needs 5 changes:\n/);
    expect(
      stderr
        .match(/^ {2}\S.*$/gm)
        ?.map((line) => line.trim())
        .sort(),
    ).toEqual(['--gpu', '--max-model-len', '--model', '--precision', 'nowhere.json']);
  });
});

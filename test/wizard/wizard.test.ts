import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { keys, openTerminal, program, type Terminal } from './terminal.ts';

let folder: string;
let terminal: Terminal | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundplan-wizard-'));
});
afterEach(() => {
  terminal?.close();
  terminal = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: string[]): Terminal {
  terminal = openTerminal(['new', ...args], folder);
  return terminal;
}

const draft = () => parse(readFileSync(join(folder, '.groundplan-draft.yaml'), 'utf8'));

/** From an empty start to the first question. */
async function fromNothing(...args: string[]): Promise<Terminal> {
  const opened = start(...args);
  await opened.see('Start from');
  await opened.see('select');
  opened.type(keys.enter);
  return opened;
}

/** Down to the n-th choice of a select, then enter. */
async function pick(opened: Terminal, prompt: string, downs: number): Promise<void> {
  await opened.see(prompt);
  await opened.see('select');
  for (let step = 0; step < downs; step++) {
    opened.type(keys.down);
    await opened.see('select');
  }
  opened.type(keys.enter);
}

async function answer(opened: Terminal, prompt: string, text: string): Promise<void> {
  await opened.see(`? ${prompt}`);
  await opened.see('goes back');
  opened.type(`${text}${keys.enter}`);
}

describe('the wizard in a real terminal', { timeout: 60_000 }, () => {
  test('asks one at a time, refuses at once, goes back, and Ctrl-C loses nothing', async () => {
    const opened = await fromNothing('my-lab');
    await pick(opened, 'What does the load look like?', 0);
    expect(await opened.see('Do answers stream')).toContain('Q1 · latency.streaming');
    await opened.see('select');
    opened.type(keys.enter);
    await answer(opened, 'Time to first token, median goal', '2s');
    await answer(opened, 'Time to first token, P95 goal', '800');
    await opened.see('asked a median at or below the P95 of 800 ms; found 2000 ms');
    // The refused text stays to be corrected: erase it and go back instead.
    opened.type(`\x7f\x7f\x7f<${keys.enter}`);
    await opened.see('Q1 · latency.ttftMs.p50 · ');
    await opened.see('(2000)');
    opened.type(`350${keys.enter}`);
    await answer(opened, 'Time to first token, P95 goal', '800');
    await opened.see('Time per output token, median goal');
    await opened.see('goes back');
    opened.type(keys.interrupt);
    expect(await opened.exitCode).toBe(130);
    expect(opened.screen()).toContain('--resume');
    expect(draft()).toMatchObject({
      target: 'my-lab',
      answers: { name: 'my-lab', latency: { streaming: true, ttftMs: { p50: 350, p95: 800 } } },
    });
    expect(readdirSync(folder)).toEqual(['.groundplan-draft.yaml']);

    const resumed = start('--resume');
    expect(await resumed.see('? Time per output token, median goal')).toContain('latency.tpotMs.p50');
    resumed.type(keys.interrupt);
    expect(await resumed.exitCode).toBe(130);
  });

  test('a preset goes to the review: nothing is written before it, the answers after it', async () => {
    const opened = start('lab', '--preset', 'homelab', '--set', 'latency.tpotMs.p95=90');
    const review = await opened.see('What now?', 40_000);
    expect(review).toContain('nothing is written yet');
    expect(review).toMatch(/Decisions[\s\S]*Predicted at peak[\s\S]*USD a month/);
    expect(readdirSync(folder)).toEqual(['.groundplan-draft.yaml']);
    await chooseNow(opened, 'Write the answers only');
    expect(await opened.exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual(['lab']);
    const text = readFileSync(join(folder, 'lab/groundplan.yaml'), 'utf8');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=.groundplan/answers.schema.json');
    expect(existsSync(join(folder, 'lab/.groundplan/answers.schema.json'))).toBe(true);
    expect(parse(text)).toMatchObject({ name: 'lab', preset: 'homelab', latency: { tpotMs: { p95: 90 } } });
  });

  test('a whole walk asks only what matters and stops with a draft', async () => {
    const opened = await fromNothing('attic');
    const asked = await answerAll(opened, {
      'throughput.pattern': 'single-user',
      'latency.streaming': 'yes',
      'latency.ttftMs.p50': '0.5 s',
      'latency.ttftMs.p95': '1500',
      'latency.tpotMs.p50': '40',
      'latency.tpotMs.p95': '60',
      'throughput.concurrency': '2',
      'throughput.inputTokens.mean': '1k',
      'throughput.inputTokens.p95': '3000',
      'throughput.outputTokens.mean': '300',
      'throughput.outputTokens.p95': '900',
      'model.class': 'open-weight',
      'model.id': 'Qwen/Qwen3-8B',
      'model.maxContextTokens': '16384',
      'model.qualityTolerance': 'moderate',
      'fineTuning.needed': 'no',
      'retrieval.needed': 'no',
      'infrastructure.cloud': 'on-premises',
      'infrastructure.costCeilingUsdPerMonth': '50',
      'infrastructure.owned': 'L4:1:1',
      'compliance.residency': 'none',
      'compliance.pii': 'none',
      'compliance.dataMayLeave': 'no',
      'compliance.auditLog.required': 'no',
      'application.shape': 'single-call',
      'application.output': 'free-text',
      'application.languages': 'en',
      'application.exposure': 'internal',
      'operations.environment': 'homelab',
      'operations.availabilityPercent': '95',
      'operations.users': '3',
      'operations.rateLimitPerUser.requestsPerMinute': '60',
      'operations.rateLimitPerUser.tokensPerMinute': '100k',
      'operations.rtoHours': '3 days',
      'operations.rpoHours': '1 week',
    });
    expect(asked).not.toContain('infrastructure.regions');
    expect(asked).not.toContain('throughput.requestsPerSecond.peak');
    expect(asked).not.toContain('retrieval.updates');
    expect(asked).not.toContain('operations.onCall.channel');
    expect(asked).not.toContain('infrastructure.existing.kmsKeyArn');
    await opened.see('What now?', 40_000);
    await chooseNow(opened, 'Stop here and keep the draft');
    expect(await opened.exitCode).toBe(0);
    expect(draft().answers).toMatchObject({
      latency: { ttftMs: { p50: 500, p95: 1500 } },
      throughput: { inputTokens: { mean: 1000 }, activeHoursPerMonth: 730 },
      infrastructure: { owned: [{ gpu: 'L4', count: 1, nodes: 1 }] },
      operations: { rtoHours: 72, rpoHours: 168, rateLimitPerUser: { tokensPerMinute: 100_000 } },
    });
  });
});

/** Types the beginning of a choice, which moves there, and takes it. */
async function chooseNow(opened: Terminal, choice: string): Promise<void> {
  const shown = await opened.see('navigate');
  if (!shown.includes(`❯ ${choice}`)) {
    opened.type(choice);
    await opened.see(`❯ ${choice}`);
  }
  opened.type(keys.enter);
}

/** Answers each question as it comes, by its path; what is not in the table takes its default. Ends at the review. */
async function answerAll(opened: Terminal, table: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const asked: string[] = [];
  for (;;) {
    const heading = await opened.see(/([\w.]+) · \d+ of \d+|Review:/);
    const path = /([\w.]+) · \d+ of \d+$/.exec(heading)?.[1];
    if (path === undefined) return asked;
    asked.push(path);
    const prompt = await opened.see(/navigate|goes back\)/);
    const text = table[path];
    if (text === undefined) opened.type(keys.enter);
    else if (prompt.endsWith('goes back)')) opened.type(`${text}${keys.enter}`);
    else {
      if (!prompt.includes(`❯ ${text}`)) {
        opened.type(text);
        await opened.see(`❯ ${text}`);
      }
      opened.type(keys.enter);
    }
  }
}

describe('without a terminal', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, 'new', ...args], {
      cwd: folder,
      input: '',
      encoding: 'utf8',
      timeout: 30_000,
    });

  test('nothing is asked: exit 2 and every missing path', () => {
    const { status, stdout, stderr } = run('my-lab', '--json');
    expect(status).toBe(2);
    expect(stderr).toBe('');
    const paths = (JSON.parse(stdout) as { reasons: { path: string }[] }).reasons.map(({ path }) => path);
    expect(paths).toContain('latency.streaming');
    expect(paths).toContain('operations.rpoHours');
    expect(paths.length).toBeGreaterThan(20);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a flag without a preset answers its path, an item of a list too', () => {
    const { stdout } = run(
      'my-lab',
      '--json',
      '--set',
      'application.languages[0]=de',
      '--set',
      'latency.streaming=true',
    );
    const paths = (JSON.parse(stdout) as { reasons: { path: string }[] }).reasons.map(({ path }) => path);
    expect(paths).toContain('infrastructure.cloud');
    expect(paths).not.toContain('latency.streaming');
    expect(paths).not.toContain('application.languages');
  });

  test('whole answers are written, and an existing file is left alone', () => {
    expect(run('lab.yaml', '--preset', 'homelab').status).toBe(0);
    const before = readFileSync(join(folder, 'lab.yaml'), 'utf8');
    const again = run('lab.yaml', '--preset', 'support-chat-rag');
    expect(again.status).toBe(2);
    expect(again.stderr).toContain('one that exists');
    expect(readFileSync(join(folder, 'lab.yaml'), 'utf8')).toBe(before);
  });

  test('answers from a file keep their comments; flags change single ones', () => {
    run('lab.yaml', '--preset', 'homelab');
    const own = join(folder, 'own.yaml');
    writeFileSync(
      own,
      readFileSync(join(folder, 'lab.yaml'), 'utf8').replace('concurrency: 2', 'concurrency: 2 # two windows'),
    );
    expect(run('copy.yaml', '--answers', 'own.yaml', '--set', 'operations.users=5').status).toBe(0);
    const copy = readFileSync(join(folder, 'copy.yaml'), 'utf8');
    expect(copy).toContain('concurrency: 2 # two windows');
    expect(parse(copy)).toMatchObject({ operations: { users: 5 } });
  });

  test('a draft of another kind, or none, is refused in one sentence', () => {
    expect(run('--resume').stderr).toContain('found   none');
    writeFileSync(join(folder, '.groundplan-draft.yaml'), 'just text');
    expect(run('--resume').stderr).toContain('something else');
  });

  test('a misspelt preset names the others', () => {
    const { status, stderr } = run('x', '--preset', 'homelabb');
    expect(status).toBe(2);
    expect(stderr).toContain('homelab');
  });
});

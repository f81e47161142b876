import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { presets } from '../../blueprints/presets/index.ts';
import { answersJsonSchema } from '../../lib/requirements/json-schema.ts';
import { migrateAnswers } from '../../lib/requirements/migrations.ts';
import { parseRequirements } from '../../lib/requirements/parse.ts';
import { formatPath, parsePath, valueAt, withValue } from '../../lib/requirements/path.ts';
import { keysAt, questionAt, questions } from '../../lib/requirements/questions.ts';
import { readQuantity } from '../../lib/requirements/units.ts';
import { answersWith, soundAnswers } from '../fixtures/answers.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';

describe('the JSON Schema', () => {
  const schema = answersJsonSchema();
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

  test.each(Object.entries(presets))('accepts preset %s', (_id, preset) => {
    expect(validate(preset.answers)).toBe(true);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a unit', { 'latency.ttftMs.p50': '2s' }],
    ['an unknown key', { 'model.identifier': 'x' }],
    ['an unknown value', { 'infrastructure.cloud': 'azure' }],
    ['a missing section', { compliance: undefined }],
  ])('fails when there is %s', (_what, changes) => {
    expect(validate(answersWith(changes))).toBe(false);
  });

  test('every question brings its prompt, help, unit and row to the editor', () => {
    const missing: string[] = [];
    for (const question of questions()) {
      let node: unknown = schema;
      for (const part of question.path.split(/[.]/)) {
        const name = part.replace('[]', '');
        node = valueAt(node, ['properties', name]);
        if (part.endsWith('[]')) node = valueAt(node, ['items']);
      }
      const title = valueAt(node, ['title']);
      const description = String(valueAt(node, ['description']));
      if (title !== question.prompt || !description.includes(`(${question.row})`)) missing.push(question.path);
      else if (question.unit !== undefined && !description.includes(question.unit)) missing.push(question.path);
    }
    expect(missing).toEqual([]);
  });

  test('is the same twice', () => {
    expect(JSON.stringify(answersJsonSchema())).toBe(JSON.stringify(answersJsonSchema()));
  });
});

describe('questions', () => {
  test('cover Q1 to Q9', () => {
    expect([...new Set(questions().map(({ row }) => row))].sort()).toEqual([
      'Q1',
      'Q2',
      'Q3',
      'Q4',
      'Q5',
      'Q6',
      'Q7',
      'Q8',
      'Q9',
    ]);
  });

  test('say why they matter and document every default', () => {
    for (const question of questions()) {
      expect(question.help.length, question.path).toBeGreaterThan(10);
      if (question.default !== undefined) expect(question.help, question.path).toContain('Default: ');
    }
  });

  test('ask only what earlier answers make relevant', () => {
    const relevant = (path: string, answers: unknown) => questionAt(path)?.isRelevant(answers as never);
    expect(relevant('latency.ttftMs.p50', { latency: { streaming: true } })).toBe(true);
    expect(relevant('latency.ttftMs.p50', { latency: { streaming: false } })).toBe(false);
    expect(relevant('throughput.batch.runsPerMonth', { throughput: { pattern: 'batch' } })).toBe(true);
    expect(relevant('retrieval.updates', { retrieval: { needed: false } })).toBe(false);
    expect(relevant('infrastructure.regions', { infrastructure: { cloud: 'on-premises' } })).toBe(false);
    expect(relevant('infrastructure.owned', { infrastructure: { cloud: 'aws' } })).toBe(false);
    expect(relevant('operations.onCall.channel', { operations: { environment: 'homelab' } })).toBe(false);
    expect(relevant('fineTuning.labelKappa', { fineTuning: { needed: true, goal: 'preference' } })).toBe(false);
  });

  test('a question that sound answers hold is relevant to them', () => {
    for (const preset of Object.values(presets)) {
      for (const question of questions()) {
        if (question.path.includes('[]') || valueAt(preset.answers, parsePath(question.path)) === undefined) continue;
        expect(question.isRelevant(preset.answers as never), `${question.path} of ${preset.title}`).toBe(true);
      }
    }
  });

  test('know the names at a path', () => {
    expect(keysAt(['latency'])).toEqual(['streaming', 'ttftMs', 'tpotMs', 'endToEndMs']);
    expect(keysAt(['infrastructure', 'owned', 0])).toEqual(['gpu', 'count', 'nodes']);
    expect(keysAt(['infrastructure', 'gpu', 'quota'])).toEqual([]);
    expect(keysAt(['nothing'])).toEqual([]);
  });
});

describe('older versions', () => {
  const draft = {
    schemaVersion: 0,
    latency: { streaming: true, p50Ms: 350, p95Ms: 800, tpotMs: { p50: 15, p95: 25 } },
    throughput: { pattern: 'interactive', rps: 3, peakRps: 8 },
    infrastructure: { cloud: 'aws', maxMonthlyCost: 18_000 },
  };

  test('version 0 moves its answers to their places', () => {
    expect(migrateAnswers(draft)).toEqual({
      ok: true,
      value: {
        schemaVersion: 1,
        latency: { streaming: true, tpotMs: { p50: 15, p95: 25 }, ttftMs: { p50: 350, p95: 800 } },
        throughput: { pattern: 'interactive', requestsPerSecond: { expected: 3, peak: 8 } },
        infrastructure: { cloud: 'aws', costCeilingUsdPerMonth: 18_000 },
      },
    });
  });

  test('without streaming the one latency was end to end', () => {
    const migrated = migrateAnswers({ ...draft, latency: { streaming: false, p50Ms: 900, p95Ms: 2000 } });
    expect(migrated).toMatchObject({
      ok: true,
      value: { latency: { streaming: false, endToEndMs: { p50: 900, p95: 2000 } } },
    });
  });

  test('whole answers of version 0 parse', () => {
    const { latency, throughput, infrastructure } = draft;
    const old = {
      ...soundAnswers,
      schemaVersion: 0,
      latency,
      throughput: { ...soundAnswers.throughput, ...throughput, requestsPerSecond: undefined },
      infrastructure: { ...infrastructure, regions: ['us-east-1'] },
    };
    const parsed = parseRequirements(JSON.parse(JSON.stringify(old)), tinyCatalog);
    expect(parsed).toMatchObject({ ok: true, value: { schemaVersion: 1, latency: { ttftMs: { p95: 800 } } } });
  });

  test('an answer in the new place wins over the old one', () => {
    const migrated = migrateAnswers({ ...draft, infrastructure: { maxMonthlyCost: 1, costCeilingUsdPerMonth: 2 } });
    expect(migrated).toMatchObject({ ok: true, value: { infrastructure: { costCeilingUsdPerMonth: 2 } } });
  });

  test.each([
    [2, 'newer Groundplan'],
    ['1', 'bare number'],
    [undefined, 'schemaVersion: 1'],
    [-1, 'schemaVersion: 1'],
  ])('fails when the version is %j', (schemaVersion, change) => {
    const parsed = parseRequirements({ ...soundAnswers, schemaVersion }, tinyCatalog);
    expect(!parsed.ok && parsed.reasons).toMatchObject([
      { path: 'schemaVersion', change: expect.stringContaining(change) },
    ]);
  });
});

describe('quantities a person writes', () => {
  test.each([
    ['200ms', 'ms', 200],
    ['2s', 'ms', 2000],
    ['1.5 min', 'ms', 90_000],
    ['20 ms per token', 'ms per token', undefined],
    ['20ms', 'ms per token', 20],
    ['4h', 'hours', 4],
    ['2 days', 'hours', 48],
    ['1y', 'days', 365],
    ['3 TB', 'GB', 3000],
    ['$4,100', 'USD/month', 4100],
    ['10k', 'tokens', 10_000],
    ['1.5M', undefined, 1_500_000],
    ['99.9%', '%', 99.9],
    ['4 rps', 'requests/s', 4],
    ['4,5', 'ms', undefined],
    ['fast', 'ms', undefined],
    ['', 'ms', undefined],
  ])('%s in %s is %s', (text, unit, value) => expect(readQuantity(text, unit)).toBe(value));
});

describe('paths', () => {
  test('go to text and back', () => {
    for (const text of ['latency.ttftMs.p95', 'infrastructure.owned[0].gpu', 'pins.D7.choice'])
      expect(formatPath(parsePath(text))).toBe(text);
    expect(formatPath([])).toBe('answers');
  });

  test('set and take out without touching the rest', () => {
    const before = parse('a: {b: [1, 2]}\nc: 3') as unknown;
    expect(withValue(before, ['a', 'b', 1], 9)).toEqual({ a: { b: [1, 9] }, c: 3 });
    expect(withValue(before, ['a', 'b'], undefined)).toEqual({ a: {}, c: 3 });
    expect(before).toEqual({ a: { b: [1, 2] }, c: 3 });
  });
});

import { describe, expect, test } from 'vitest';
import { decide } from '../../lib/decisions/decide.ts';
import { approvedDomains } from '../../lib/decisions/endpoints.ts';
import {
  callLimitProblems,
  endpointProblem,
  hostedRegistryId,
  presetLatencyTargets,
  presetTargets,
  quotaProblems,
  registryId,
  registryIdPattern,
} from '../../lib/decisions/validation.ts';
import { machinesListUsdPerMonth } from '../../lib/plan/provisioning-fee.ts';
import { reservedUsdPerMonth } from '../../lib/plan/reserve.ts';
import { parseRequirements } from '../../lib/requirements/parse.ts';
import { overlaid } from '../fixtures/answers.ts';
import { baseAnswers, decidedFixture, decideFixture, recordIn, requirementsOf } from './fixtures/answers.ts';
import { fixtureCatalog } from './fixtures/catalog.ts';
import { fixtureSizer } from './fixtures/sizer.ts';

describe('V1 registry ids', () => {
  test('a Hugging Face id and revision map to one, each revision to its own', () => {
    const first = registryId('meta-llama/Llama-3.1-8B-Instruct', '0e9e39f249a16976918f6564b8830bc894c89659');
    const second = registryId('meta-llama/Llama-3.1-8B-Instruct', '1e9e39f249a16976918f6564b8830bc894c89659');
    expect(first).toMatch(registryIdPattern);
    expect(first).not.toBe(second);
    expect(registryId('meta-llama/Llama-3.1-8B-Instruct', undefined)).toBe(
      'huggingface/meta-llama-Llama-3.1-8B-Instruct:1.0',
    );
  });

  test.each([
    ['openai', 'gpt-5', 'openai/gpt-5:1.0'],
    ['anthropic', 'claude-haiku-4-5', 'anthropic/claude-haiku-4-5:1.0'],
    ['aws-bedrock', 'eu.anthropic.claude:0@x', 'custom/eu.anthropic.claude-0-x:1.0'],
  ])('a model of %s maps to its registry', (provider, id, expected) => {
    expect(hostedRegistryId(provider, id)).toBe(expected);
  });

  test.each(['huggingface/org/name:1.0', 'openai/gpt-5', 'mistral/large:1.0', 'openai/gpt-5:1'])(
    'fails when %s is taken for one',
    (id) => {
      expect(registryIdPattern.test(id)).toBe(false);
    },
  );

  test('fails when nothing of a name is left', () => {
    expect(() => registryId('///', undefined)).toThrow(RangeError);
  });
});

describe('V2 endpoints', () => {
  const approved = ['api.example.com'];
  test.each([
    'http://chat.serving.svc.cluster.local:8000',
    'http://10.1.2.3/v1',
    'http://localhost:8000',
    'https://api.example.com/v1',
    'https://eu.api.example.com',
  ])('%s is internal or approved', (url) => {
    expect(endpointProblem(url, approved)).toBeUndefined();
  });

  test.each([
    'https://api.example.com.evil.test',
    'https://evil.test/api.example.com',
    'http://11.1.2.3',
    'http://172.32.0.1',
    'no address',
  ])('fails when %s is used', (url) => {
    expect(endpointProblem(url, approved)?.asked).toBe(url);
  });
});

describe('V2 in decisions', () => {
  test('a hosted model of a provider nobody approved is refused', () => {
    const unknown = {
      ...fixtureCatalog,
      hostedModels: fixtureCatalog.hostedModels.map((row) => ({ ...row, provider: 'somebody' })),
    };
    const outcome = decide(
      requirementsOf({ model: { class: 'hosted', id: null, hostedId: 'big-1' } }),
      unknown,
      fixtureSizer,
      reservedUsdPerMonth,
      machinesListUsdPerMonth,
    );
    expect(outcome).toMatchObject({ ok: false, kind: 'infeasible' });
    if (!outcome.ok) expect(outcome.reasons[0].found).toContain('V2');
  });

  test('the endpoint of a hosted model is in its record and approved', () => {
    const record = recordIn(decidedFixture({ model: { class: 'hosted', id: null, hostedId: 'big-1' } }), 'D2');
    expect(endpointProblem(String(record.parameters['endpoint']), approvedDomains)).toBeUndefined();
  });
});

describe('V3 training data paths', () => {
  const withPath = (dataPath: string) =>
    parseRequirements(
      overlaid(baseAnswers, {
        fineTuning: {
          needed: true,
          goal: 'generation',
          examples: 5000,
          format: 'jsonl',
          promptingFails: true,
          dataPath,
        },
      }),
    );

  test('a path under /data/training is accepted', () => {
    expect(withPath('/data/training/cases/one.jsonl').ok).toBe(true);
  });

  test.each([
    '/data/other/cases.jsonl',
    '/data/training/../secrets.jsonl',
    '/data/training/cases.txt',
    'data/training/cases.jsonl',
  ])('fails when the path is %s', (path) => {
    const parsed = withPath(path);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.reasons[0].path).toBe('fineTuning.dataPath');
  });
});

describe('V4 quota of a training job', () => {
  const quota = { maxGpus: 8, maxMemoryGb: 256 };
  test('8 GPUs and 256 GB are inside, 9 and 257 are not', () => {
    expect(quotaProblems({ gpus: 8, memoryGb: 256 }, quota)).toEqual([]);
    expect(quotaProblems({ gpus: 9, memoryGb: 257 }, quota).map((reason) => reason.path)).toEqual([
      'fineTuning.maxGpus',
      'fineTuning.maxMemoryGb',
    ]);
  });

  test('a method beyond the quota is refused, and raising the answer admits it', () => {
    const large = {
      model: { id: 'org/chat-70b' },
      throughput: { requestsPerSecond: { expected: 0.2, peak: 0.5 } },
      pins: { D6: { choice: 'full', reason: 'the whole model must adapt' } },
    };
    const tuned = { needed: true, goal: 'generation', promptingFails: true, examples: 200_000 };
    const refused = decideFixture({ ...large, fineTuning: tuned });
    expect(refused).toMatchObject({ ok: false, kind: 'infeasible' });
    if (!refused.ok) expect(refused.reasons[0].found).toContain('V4');
    const raised = decidedFixture({ ...large, fineTuning: { ...tuned, maxGpus: 64, maxMemoryGb: 2000 } });
    expect(raised.fineTuning?.method).toBe('full');
    expect(raised.fineTuning?.gpus).toBeGreaterThanOrEqual(8);
  });
});

describe('V5 secrets', () => {
  test.each(['name', 'operations.onCall.channel', 'application.languages'])(
    'a secret in %s is refused and not printed',
    (path) => {
      const secret = `sk-${'a1B2c3D4e5'.repeat(4)}`;
      const overlay = path
        .split('.')
        .reduceRight<unknown>((value, key) => ({ [key]: value }), path.endsWith('languages') ? [secret] : secret);
      const parsed = parseRequirements(overlaid(baseAnswers, overlay));
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) {
        expect(parsed.reasons.some((reason) => reason.asked.includes('V5'))).toBe(true);
        expect(JSON.stringify(parsed.reasons)).not.toContain(secret);
      }
    },
  );
});

describe('V6 every call', () => {
  const route = decidedFixture().routing.routes[0];
  test('has a token limit, a cost budget, a latency target and a fallback in each decided route', () => {
    for (const overlay of [
      {},
      { model: { class: 'either', hostedId: 'big-1' } },
      { model: { class: 'hosted', id: null, hostedId: 'small-1' } },
    ]) {
      const { routes } = decidedFixture(overlay).routing;
      expect(callLimitProblems(routes)).toEqual([]);
      for (const each of routes) expect(each.lastResorts.at(-1)).toBe('informative-error');
    }
  });

  test.each([
    ['a token limit', { maxOutputTokens: 0 }],
    ['a cost budget', { maxUsdPerCall: 0 }],
    ['a latency target', { latencyTargetMs: 0 }],
    ['a fallback', { fallbacks: [], lastResorts: [] }],
  ])('fails when %s is missing', (what, hole) => {
    expect(callLimitProblems([{ ...route, ...hole }]).map((reason) => reason.asked)).toEqual([what]);
  });
});

describe('V7 targets left to a preset', () => {
  const open = { latency: { streaming: true, ttftMs: null, tpotMs: null } };
  test('P95 of the first token is below 200 ms and a stream gets more than 100 tokens a second', () => {
    expect(presetLatencyTargets.ttftMs.p95).toBeLessThan(200);
    expect(1000 / presetLatencyTargets.tpotMs.p95).toBeGreaterThan(100);
    expect(presetTargets(requirementsOf({ ...open, preset: 'some' }))).toMatchObject(presetLatencyTargets);
  });

  test('answers without a preset, or with goals of their own, keep what they say', () => {
    expect(presetTargets(requirementsOf(open)).ttftMs).toBeUndefined();
    expect(presetTargets(requirementsOf({ preset: 'some' })).ttftMs).toEqual({ p50: 200, p95: 500 });
  });

  test('the record says which preset the answers start from', () => {
    expect(recordIn(decidedFixture({ preset: 'some' }), 'D3').reasons).toContain('Answers start from preset some.');
  });
});

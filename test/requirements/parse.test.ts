import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { parseRequirements } from '../../lib/requirements/parse.ts';
import { answersWith, sections, soundAnswers } from '../fixtures/answers.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';

function problems(answers: unknown) {
  const parsed = parseRequirements(answers, tinyCatalog);
  return parsed.ok ? [] : parsed.reasons;
}
const paths = (answers: unknown) => problems(answers).map(({ path }) => path);

describe('sound answers', () => {
  test('parse, with defaults applied', () => {
    const parsed = parseRequirements(soundAnswers, tinyCatalog);
    expect(parsed).toMatchObject({
      ok: true,
      value: { throughput: { activeHoursPerMonth: 730, burstiness: 1 }, pins: {} },
    });
  });

  test.each(Object.entries(presets))(
    'preset %s parses against the shipped catalogue and names itself',
    (id, preset) => {
      const parsed = parseRequirements(preset.answers, loadCatalog(products));
      expect(parsed.ok ? parsed.value.preset : parsed.reasons).toBe(id);
    },
  );
});

describe('one wrong answer gets one clear reason with its path', () => {
  test.each<[string, Record<string, unknown>, string, Record<string, unknown>]>([
    // Shapes and units
    [
      'seconds where ms are asked',
      { 'latency.ttftMs.p50': '0.2s' },
      'latency.ttftMs.p50',
      { found: '«0.2s»', change: expect.stringContaining('Write 200 ') },
    ],
    [
      'ms with the unit',
      { 'latency.ttftMs.p95': '900ms' },
      'latency.ttftMs.p95',
      { change: expect.stringContaining('Write 900 ') },
    ],
    [
      'thousands with a letter',
      { 'operations.users': '10k' },
      'operations.users',
      { change: expect.stringContaining('Write 10000 ') },
    ],
    [
      'a word where a number is asked',
      { 'operations.users': 'many' },
      'operations.users',
      { change: expect.stringContaining('bare number') },
    ],
    [
      'an enumeration misspelt',
      { 'infrastructure.cloud': 'asw' },
      'infrastructure.cloud',
      { change: 'Did you mean aws?' },
    ],
    [
      'an unknown key',
      { 'throughput.requestPerSecond': 1 },
      'throughput.requestPerSecond',
      { change: 'Did you mean requestsPerSecond?' },
    ],
    ['an unknown section', { modell: {} }, 'modell', { change: 'Did you mean model?' }],
    [
      'a word for a truth value',
      { 'fineTuning.needed': 'no' },
      'fineTuning.needed',
      { change: 'Write false without quotes.' },
    ],
    ['a missing answer', { 'application.shape': undefined }, 'application.shape', { found: 'nothing' }],
    [
      'a number outside its range',
      { 'operations.availabilityPercent': 100 },
      'operations.availabilityPercent',
      { asked: 'at most 99.99 (%)' },
    ],
    ['a bad name', { name: 'My Platform' }, 'name', { found: '«My Platform»' }],
    [
      'a pin of no decision',
      { 'pins.D99': { choice: 'x', reason: 'because of reasons' } },
      'pins.D99',
      { asked: 'a decision id, D1 to D11' },
    ],
    [
      'a training path outside its folder (V3)',
      { fineTuning: { needed: true, goal: 'generation', examples: 100, format: 'jsonl', dataPath: '/etc/passwd' } },
      'fineTuning.dataPath',
      { asked: expect.stringContaining('V3') },
    ],
    // Q1, Q2
    [
      'P50 above P95',
      { 'latency.ttftMs.p50': 900 },
      'latency.ttftMs.p50',
      { asked: 'a median at or below the P95 of 400 ms' },
    ],
    [
      'expected above peak',
      { 'throughput.requestsPerSecond.expected': 9 },
      'throughput.requestsPerSecond.expected',
      {},
    ],
    ['streaming without a first-token goal', { 'latency.ttftMs': undefined }, 'latency.ttftMs', { found: 'nothing' }],
    ['streaming without a pace goal', { 'latency.tpotMs': undefined }, 'latency.tpotMs', { found: 'nothing' }],
    [
      'whole answers without an end-to-end goal',
      { latency: { streaming: false } },
      'latency.endToEndMs',
      { found: 'nothing' },
    ],
    [
      'an end to end shorter than the first token',
      { 'latency.endToEndMs': { p50: 10, p95: 20 } },
      'latency.endToEndMs.p95',
      {},
    ],
    [
      'an interactive load without a rate',
      { 'throughput.requestsPerSecond': undefined },
      'throughput.requestsPerSecond',
      { found: 'nothing' },
    ],
    [
      'a single user without a concurrency',
      { 'throughput.pattern': 'single-user', 'throughput.requestsPerSecond': undefined },
      'throughput.concurrency',
      { found: 'nothing' },
    ],
    [
      'a batch section on an interactive load',
      { 'throughput.batch': { requestsPerRun: 10, finishWithinHours: 1, runsPerMonth: 1 } },
      'throughput.batch',
      {},
    ],
    ['no token lengths', { 'throughput.inputTokens': undefined }, 'throughput.inputTokens', { found: 'nothing' }],
    ['mean length above its P95', { 'throughput.outputTokens.mean': 700 }, 'throughput.outputTokens.mean', {}],
    [
      'input longer than the context',
      { 'throughput.inputTokens.p95': 9000 },
      'throughput.inputTokens.p95',
      { asked: 'at most the context of 8192 tokens' },
    ],
    [
      'input and output longer than the context together',
      { 'throughput.inputTokens.p95': 8100 },
      'model.maxContextTokens',
      {},
    ],
    ['a prefix longer than the input', { 'throughput.sharedPrefixTokens': 3000 }, 'throughput.sharedPrefixTokens', {}],
    // Q3
    ['open weights without a model', { 'model.id': undefined }, 'model.id', { found: 'nothing' }],
    [
      'an unknown model',
      { 'model.id': 'meta-llama/Lama-3.1-8B' },
      'model.id',
      { change: 'Did you mean meta-llama/Llama-3.1-8B-Instruct?' },
    ],
    ['an embedding model for chat', { 'model.id': 'BAAI/bge-m3' }, 'model.id', { asked: 'a chat model' }],
    ['a context the model does not have', { 'model.maxContextTokens': 200_000 }, 'model.maxContextTokens', {}],
    [
      'either without a hosted model',
      { 'model.class': 'either', 'compliance.dataMayLeave': true },
      'model.hostedId',
      { found: 'nothing' },
    ],
    [
      'an unknown hosted model',
      { 'model.hostedId': 'claude-haiku-45', 'compliance.dataMayLeave': true },
      'model.hostedId',
      { change: expect.stringContaining('claude-haiku-4-5') },
    ],
    [
      'a provider’s API with data that may not leave',
      { 'model.hostedId': 'claude-haiku-4-5' },
      'model.hostedId',
      { asked: expect.stringContaining('D2.1') },
    ],
    ['a short revision', { 'model.revision': 'abc123' }, 'model.revision', { asked: 'a full 40-digit commit hash' }],
    [
      'a hosted model answered elsewhere',
      {
        'model.hostedId': 'us.anthropic.claude-haiku-4-5',
        'compliance.dataMayLeave': true,
        'compliance.residency': 'eu',
        'infrastructure.regions': ['eu-central-1'],
      },
      'model.hostedId',
      { asked: 'a model answered inside eu' },
    ],
    // Q4, Q5
    ['fine-tuning details without fine-tuning', { 'fineTuning.examples': 100 }, 'fineTuning.examples', {}],
    [
      'classification without kappa',
      {
        fineTuning: {
          needed: true,
          goal: 'classification-extraction',
          examples: 100,
          format: 'jsonl',
          dataPath: '/data/training/a.jsonl',
        },
      },
      'fineTuning.labelKappa',
      { found: 'nothing' },
    ],
    [
      'a data path of another format',
      {
        fineTuning: {
          needed: true,
          goal: 'generation',
          examples: 100,
          format: 'csv',
          dataPath: '/data/training/a.jsonl',
        },
      },
      'fineTuning.dataPath',
      {},
    ],
    ['retrieval without a corpus', { 'retrieval.corpus': undefined }, 'retrieval.corpus', { found: 'nothing' }],
    [
      'real-time updates that may be a week old',
      { 'retrieval.updates': 'real-time', 'retrieval.stalenessToleranceHours': 168 },
      'retrieval.updates',
      {},
    ],
    // Q6
    ['a cloud without a region', { 'infrastructure.regions': [] }, 'infrastructure.regions', { found: 'nothing' }],
    [
      'an unknown region',
      { 'infrastructure.regions': ['us-east-9'] },
      'infrastructure.regions[0]',
      { change: expect.stringContaining('us-east-1') },
    ],
    [
      'EU residency with us-east-1',
      { 'compliance.residency': 'eu' },
      'infrastructure.regions[0]',
      { asked: 'a region inside compliance.residency eu', change: expect.stringContaining('eu-central-1') },
    ],
    ['owned machines in a cloud', { 'infrastructure.owned': [{ gpu: 'L4', count: 1 }] }, 'infrastructure.owned', {}],
    [
      'an unknown GPU',
      { 'infrastructure.gpu.allow': ['L4', 'H100-SMX'] },
      'infrastructure.gpu.allow[1]',
      { change: 'Did you mean H100-SXM?' },
    ],
    [
      'a quota of an unknown GPU',
      { 'infrastructure.gpu.quota': { L5: 1 } },
      'infrastructure.gpu.quota.L5',
      { change: 'Did you mean L4?' },
    ],
    [
      'an own price of an unknown type',
      { 'infrastructure.ownPrices': [{ instanceType: 'g6.xlrage', region: 'us-east-1', usdPerHour: 1 }] },
      'infrastructure.ownPrices[0].instanceType',
      { change: expect.stringContaining('g6.xlarge') },
    ],
    [
      'an own price in a region that is not used',
      { 'infrastructure.ownPrices': [{ instanceType: 'g6.xlarge', region: 'us-west-2', usdPerHour: 1 }] },
      'infrastructure.ownPrices[0].region',
      {},
    ],
    [
      'Amazon Linux under auto mode (D11)',
      { 'infrastructure.provisioning': 'auto-mode', 'infrastructure.nodeOperatingSystem': 'al2023' },
      'infrastructure.nodeOperatingSystem',
      { asked: expect.stringContaining('bottlerocket') },
    ],
    ['spot alone under a latency goal (D11)', { 'infrastructure.purchases': ['spot'] }, 'infrastructure.purchases', {}],
    [
      'a network without subnets',
      { 'infrastructure.existing': { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['us-east-1a'] } },
      'infrastructure.existing.privateSubnetIds',
      { found: 'nothing' },
    ],
    [
      'a security group without its cluster',
      {
        'infrastructure.existing': {
          vpcId: 'vpc-0123456789abcdef0',
          privateSubnetIds: ['subnet-0a'],
          availabilityZones: ['us-east-1a'],
          clusterSecurityGroupId: 'sg-0123456789abcdef0',
        },
      },
      'infrastructure.existing.clusterName',
      { found: 'nothing' },
    ],
    [
      'a security group without its network',
      { 'infrastructure.existing': { clusterName: 'ours', clusterSecurityGroupId: 'sg-0123456789abcdef0' } },
      'infrastructure.existing.vpcId',
      { found: 'nothing' },
    ],
    [
      'a zone of another region',
      {
        'infrastructure.existing': {
          vpcId: 'vpc-0123456789abcdef0',
          privateSubnetIds: ['subnet-0a'],
          availabilityZones: ['eu-west-1a'],
        },
      },
      'infrastructure.existing.availabilityZones[0]',
      {},
    ],
    // Q7
    [
      'an audit log without retention',
      { 'compliance.auditLog': { required: true } },
      'compliance.auditLog.retentionDays',
      { found: 'nothing' },
    ],
    ['PCI DSS without sensitive data', { 'compliance.frameworks': ['pci-dss'] }, 'compliance.pii', {}],
    [
      'HIPAA without an audit log',
      { 'compliance.frameworks': ['hipaa'], 'compliance.pii': 'sensitive', 'compliance.auditLog': { required: false } },
      'compliance.auditLog.required',
      {},
    ],
    [
      'FedRAMP outside the United States',
      { 'compliance.frameworks': ['fedramp-moderate'], 'compliance.residency': 'none' },
      'compliance.residency',
      {},
    ],
    [
      'sensitive data that may leave (D2.1)',
      { 'compliance.pii': 'sensitive', 'compliance.dataMayLeave': true },
      'compliance.dataMayLeave',
      {},
    ],
    ['a framework twice', { 'compliance.frameworks': ['soc2', 'soc2'] }, 'compliance.frameworks[1]', {}],
    // Q8, Q9
    ['a language that is none', { 'application.languages': ['english'] }, 'application.languages[0]', {}],
    ['production without on-call', { 'operations.onCall': undefined }, 'operations.onCall', { found: 'nothing' }],
    [
      'a token limit below one request',
      { 'operations.rateLimitPerUser.tokensPerMinute': 100 },
      'operations.rateLimitPerUser.tokensPerMinute',
      {},
    ],
    ['limits below the peak', { 'operations.users': 10 }, 'operations.rateLimitPerUser.requestsPerMinute', {}],
    ['copies without a second region', { 'operations.crossRegionCopies': true }, 'operations.crossRegionCopies', {}],
  ])('fails when there is %s', (_what, changes, path, reason) => {
    const found = problems(answersWith(changes));
    expect(found.map((one) => one.path)).toEqual([path]);
    expect(found[0]).toMatchObject(reason);
    for (const one of found) for (const part of [one.asked, one.found, one.change]) expect(part).not.toBe('');
  });
});

describe('all problems come at once', () => {
  test('shapes and rules of different sections together', () => {
    const answers = answersWith({
      'latency.ttftMs.p50': '2s',
      'infrastructure.regions': ['eu-central-1'],
      'retrieval.needed': false,
      'operations.onCall': undefined,
      nonsense: 1,
    });
    expect(paths(answers).sort()).toEqual([
      'infrastructure.regions[0]',
      'latency.ttftMs.p50',
      'nonsense',
      'operations.onCall',
      'retrieval.corpus',
      'retrieval.keywordSearch',
      'retrieval.stalenessToleranceHours',
      'retrieval.updates',
    ]);
  });

  test('an empty file names every answer that no other makes optional', () => {
    const found = paths({ schemaVersion: 1 });
    expect(found).toContain('latency.streaming');
    expect(found).toContain('operations.rateLimitPerUser.tokensPerMinute');
    expect(found.length).toBe(26);
    // Q1–Q9 each leave none to a silent default.
    for (const section of sections) expect(found.some((path) => path.startsWith(`${section}.`))).toBe(true);
  });

  test.each([[undefined], [null], [[]], ['text'], [42]])('%j is no set of answers', (answers) => {
    expect(paths(answers)).toEqual(['answers']);
  });
});

test.each(['__proto__', 'constructor', 'prototype'])('the prototype name %s is refused wherever it stands', (name) => {
  const section = JSON.parse(`{"${name}": {"polluted": true}}`) as object;
  for (const answers of [{ ...soundAnswers, model: section }, JSON.parse(`{"schemaVersion": 1, "${name}": {}}`)]) {
    expect(problems(answers).some(({ found }) => found === 'a name that is reserved in JavaScript')).toBe(true);
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a batch run needs no latency goals, and its runs must end before the next', () => {
  const batch = {
    'latency.streaming': false,
    'latency.ttftMs': undefined,
    'latency.tpotMs': undefined,
    'throughput.pattern': 'batch',
    'throughput.requestsPerSecond': undefined,
    'throughput.batch': { requestsPerRun: 1000, finishWithinHours: 8, runsPerMonth: 22 },
  };
  expect(paths(answersWith(batch))).toEqual([]);
  expect(paths(answersWith({ ...batch, 'throughput.batch.runsPerMonth': 200 }))).toEqual([
    'throughput.batch.finishWithinHours',
  ]);
});

test('V7: a preset may leave the goals of a streamed answer open, answers of one’s own may not', () => {
  const open = { 'latency.ttftMs': undefined, 'latency.tpotMs': undefined };
  expect(paths(answersWith({ ...open, preset: 'support-chat-rag' }))).toEqual([]);
  expect(paths(answersWith(open))).toEqual(['latency.ttftMs', 'latency.tpotMs']);
  expect(paths(answersWith({ 'latency.ttftMs': undefined, preset: 'support-chat-rag' }))).toEqual(['latency.ttftMs']);
});

test('GPUs are known by their aliases and carried on by their ids', () => {
  const parsed = parseRequirements(
    answersWith({ 'infrastructure.gpu': { allow: ['h100', 'NVIDIA L4'], quota: { 'H100-80GB': 8 } } }),
    tinyCatalog,
  );
  expect(parsed.ok && parsed.value.infrastructure.gpu).toEqual({ allow: ['H100-SXM', 'L4'], quota: { 'H100-SXM': 8 } });
});

test('a provider that names no place is refused where data must stay in one', () => {
  const hosted = { 'model.hostedId': 'claude-haiku-4-5', 'compliance.dataMayLeave': true };
  expect(problems(answersWith(hosted))).toMatchObject([
    { path: 'model.hostedId', found: expect.stringContaining('no source names') },
  ]);
  expect(paths(answersWith({ ...hosted, 'compliance.residency': 'none' }))).toEqual([]);
});

test('own hardware needs machines and no region', () => {
  const home = { 'infrastructure.cloud': 'on-premises', 'infrastructure.regions': undefined };
  expect(paths(answersWith(home))).toEqual(['infrastructure.owned']);
  expect(paths(answersWith({ ...home, 'infrastructure.owned': [{ gpu: 'L4', count: 1 }] }))).toEqual([]);
});

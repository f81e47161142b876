import { parsePath, withValue } from '../../lib/requirements/path.ts';
import type { Answers } from '../../lib/requirements/schema.ts';

/** Sound answers that fit the tiny catalogue; tests change one or two of them. */
export const soundAnswers: Answers = {
  schemaVersion: 1,
  name: 'support-chat',
  latency: { streaming: true, ttftMs: { p50: 350, p95: 800 }, tpotMs: { p50: 15, p95: 25 } },
  throughput: {
    pattern: 'interactive',
    requestsPerSecond: { expected: 3, peak: 8 },
    inputTokens: { mean: 2200, p95: 4000 },
    outputTokens: { mean: 250, p95: 600 },
  },
  model: {
    class: 'open-weight',
    id: 'meta-llama/Llama-3.1-8B-Instruct',
    maxContextTokens: 8192,
    qualityTolerance: 'moderate',
  },
  fineTuning: { needed: false },
  retrieval: {
    needed: true,
    corpus: { documents: 250_000, gigabytes: 3 },
    updates: 'weekly',
    stalenessToleranceHours: 72,
    keywordSearch: 'helpful',
  },
  infrastructure: { cloud: 'aws', regions: ['us-east-1'], costCeilingUsdPerMonth: 18_000 },
  compliance: {
    residency: 'us',
    pii: 'present',
    dataMayLeave: false,
    auditLog: { required: true, retentionDays: 365 },
    frameworks: ['soc2'],
  },
  application: { shape: 'chain', output: 'free-text', languages: ['en'], exposure: 'public' },
  operations: {
    environment: 'prod',
    availabilityPercent: 99.9,
    onCall: { channel: 'platform@example.com', pages: 'Platform rota' },
    users: 4000,
    rateLimitPerUser: { requestsPerMinute: 10, tokensPerMinute: 40_000 },
    rtoHours: 4,
    rpoHours: 24,
  },
};

/** The sound answers with some replaced by path; undefined takes one out. */
export function answersWith(changes: Readonly<Record<string, unknown>>): unknown {
  let answers: unknown = soundAnswers;
  for (const [path, value] of Object.entries(changes)) answers = withValue(answers, parsePath(path), value);
  return answers;
}

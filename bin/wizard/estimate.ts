import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { makePlan } from '../../lib/make-plan.ts';
import type { Outcome } from '../../lib/outcome.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { parsePath, valueAt, withValue } from '../../lib/requirements/path.ts';

/** Answers without which a figure would be a guess. */
const necessary = [
  'latency.streaming',
  'throughput.pattern',
  'throughput.inputTokens.p95',
  'throughput.outputTokens.p95',
  'model.class',
  'model.maxContextTokens',
  'model.qualityTolerance',
] as const;

/** Stands in for questions that are still open, so that figures come early. Never written to a file. */
const standIns: readonly (readonly [path: string, value: unknown])[] = [
  ['schemaVersion', 1],
  ['name', 'estimate'],
  ['fineTuning.needed', false],
  ['retrieval.needed', false],
  ['infrastructure.cloud', 'aws'],
  ['infrastructure.regions', ['us-east-1']],
  ['infrastructure.costCeilingUsdPerMonth', 100_000_000],
  ['compliance.residency', 'none'],
  ['compliance.pii', 'none'],
  ['compliance.dataMayLeave', true],
  ['compliance.auditLog.required', false],
  ['compliance.frameworks', []],
  ['application.shape', 'single-call'],
  ['application.output', 'free-text'],
  ['application.languages', ['en']],
  ['application.exposure', 'internal'],
  ['operations.environment', 'dev'],
  ['operations.availabilityPercent', 99],
  ['operations.users', 1_000_000],
  ['operations.rateLimitPerUser.requestsPerMinute', 1_000_000],
  ['operations.rateLimitPerUser.tokensPerMinute', 1_000_000_000],
  ['operations.rtoHours', 24],
  ['operations.rpoHours', 24],
];

export function isEnough(answers: unknown): boolean {
  return necessary.every((path) => valueAt(answers, parsePath(path)) !== undefined);
}

/** Answers with the open questions filled in; undefined while too little is known. */
export function filledIn(answers: unknown): unknown {
  if (!isEnough(answers)) return undefined;
  let filled = answers;
  for (const [path, value] of standIns) {
    const parts = parsePath(path);
    const onPremises = valueAt(filled, ['infrastructure', 'cloud']) === 'on-premises';
    if (path === 'infrastructure.regions' && onPremises) continue;
    if (valueAt(filled, parts) === undefined) filled = withValue(filled, parts, value);
  }
  return filled;
}

const usd = (value: number) => Math.round(value).toLocaleString('en');

/** One line: GPUs and monthly cost, or the limit that binds; undefined while the answers do not fit together yet. */
export function estimateLine(answers: unknown): string | undefined {
  const filled = filledIn(answers);
  if (filled === undefined) return undefined;
  return lineOf(makePlan(filled, loadCatalog(products)));
}

function lineOf(plan: Outcome<Plan>): string | undefined {
  if (!plan.ok) {
    const [first] = plan.reasons;
    return plan.kind === 'invalid'
      ? undefined
      : `nothing fits yet: ${first.path}, asked ${first.asked}, best ${first.found}`;
  }
  const { cost, models } = plan.value;
  const gpus = models
    .filter(({ gpusPerReplica }) => gpusPerReplica > 0)
    .map(({ replicas, gpusPerReplica, nodePool, modelId, precision }) => {
      const pool = plan.value.platform.nodePools.find(({ id }) => id === nodePool);
      return `${replicas.maximum * gpusPerReplica} × ${pool?.gpuId ?? 'GPU'} for ${modelId} (${precision})`;
    });
  const machines = gpus.length === 0 ? 'no GPU' : gpus.join(', ');
  return `${machines}; ${usd(cost.usdPerMonth.expected)} USD a month, ${usd(cost.usdPerMonth.maximum)} at most`;
}

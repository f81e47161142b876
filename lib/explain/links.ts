import type { Plan } from '../plan/plan.ts';
import { answerAt } from '../requirements/path.ts';

export type Link = Plan['links'][number];

/**
 * The edges answer → row → decision and answer → alert, beside those the plan has already. The emitters add decision →
 * resource and flag, since only they know what they raise.
 */
export function decisionLinks(plan: Plan): Link[] {
  const edges = [
    ...plan.links,
    ...plan.decisions.flatMap(recordEdges),
    ...partEdges(plan),
    ...plan.alerts.flatMap((alert) =>
      alert.answers.map((path) => edge(`answer:${path}`, `alert:${alert.id}`, alert.because)),
    ),
  ];
  const unique = new Map(edges.map((link) => [`${link.from} ${link.to}`, link]));
  return [...unique.values()].toSorted((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function edge(from: string, to: string, because: string): Link {
  return { from, to, because };
}

function recordEdges(record: Plan['decisions'][number]): readonly Link[] {
  const [row = record.id] = record.rows;
  return [
    ...record.answers.map((answer) => edge(`answer:${answer.path}`, `row:${row}`, `${answer.path} is ${answer.value}`)),
    ...record.rows.map((id) => {
      const own = record.reasons.find((reason) => reason.startsWith(`${id}:`));
      return edge(`row:${id}`, `decision:${record.id}`, own ?? `${id} was consulted for ${record.title.toLowerCase()}`);
    }),
  ];
}

/** Answers that shape each part a platform must contain, where no decision stands between. */
const partAnswers: Readonly<Record<string, readonly string[]>> = {
  P1: ['infrastructure.isolated', 'infrastructure.regions', 'operations.availabilityPercent', 'compliance.residency'],
  P2: ['infrastructure.gpu', 'throughput.requestsPerSecond', 'operations.availabilityPercent'],
  P3: ['model.id', 'model.revision', 'infrastructure.isolated'],
  P4: ['latency', 'throughput.requestsPerSecond', 'operations.availabilityPercent'],
  P5: ['operations.rateLimitPerUser', 'operations.users', 'application.exposure'],
  P6: ['retrieval.needed', 'retrieval.stalenessToleranceHours', 'retrieval.updates'],
  P7: ['fineTuning.needed', 'fineTuning.goal'],
  P8: ['model.qualityTolerance', 'retrieval.needed', 'fineTuning.needed'],
  P9: ['application.shape', 'application.output'],
  P10: ['latency', 'operations.environment', 'operations.onCall'],
  P11: ['infrastructure.costCeilingUsdPerMonth', 'operations.environment'],
  P12: ['application.exposure', 'compliance.pii', 'application.output'],
  P13: ['compliance.auditLog', 'compliance.frameworks', 'compliance.residency'],
  P14: ['compliance.frameworks', 'compliance.pii', 'operations.environment'],
  P15: ['operations.rtoHours', 'operations.rpoHours', 'operations.crossRegionCopies'],
  P16: ['compliance.frameworks', 'operations.environment'],
  P17: ['operations.onCall', 'operations.environment'],
  P18: ['throughput.requestsPerSecond', 'latency'],
  P19: ['operations.rtoHours', 'retrieval.needed', 'fineTuning.needed'],
  P20: ['operations.environment', 'fineTuning.needed'],
  P21: ['infrastructure.regions', 'infrastructure.cloud', 'operations.crossRegionCopies'],
  P22: ['latency', 'infrastructure.costCeilingUsdPerMonth'],
  P23: ['application.shape', 'application.output', 'retrieval.needed'],
  P24: ['throughput.inputTokens', 'throughput.outputTokens', 'throughput.requestsPerSecond'],
};

function partEdges({ requirements }: Plan): readonly Link[] {
  const parts = Object.entries(partAnswers).flatMap(([part, paths]) =>
    paths
      .filter((path) => answerAt(requirements, path) !== undefined)
      .map((path) => edge(`answer:${path}`, `row:${part}`, `${part} follows ${path}`)),
  );
  const questions = Object.entries(questionSections).map(([row, section]) =>
    edge(`answer:${section}`, `row:${row}`, `${row} asks for ${section}`),
  );
  return [...parts, ...questions];
}

/** Section of the answers each question asks for. */
export const questionSections: Readonly<Record<string, string>> = {
  Q1: 'latency',
  Q2: 'throughput',
  Q3: 'model',
  Q4: 'fineTuning',
  Q5: 'retrieval',
  Q6: 'infrastructure',
  Q7: 'compliance',
  Q8: 'application',
  Q9: 'operations',
};

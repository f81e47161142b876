import { count } from '../../decisions/decision.ts';
import { servedLatencyGoals } from '../../decisions/serving-requirement.ts';
import { presetTargets } from '../../decisions/validation.ts';
import type { Requirements } from '../../requirements/schema.ts';
import { burnRate, number, shareAbove } from './promql.ts';
import {
  type AlertParts,
  type AlertProducts,
  type ReasonedAlert,
  urgent,
  watchedAtGateway,
  watchedModels,
} from './reasoned.ts';

/** A latency of Q1: its goals, its histogram, and how its alerts are named. */
interface LatencyGoal {
  readonly id: string;
  readonly title: string;
  /** Of its histogram, best first: a mean gap stands in where a server does not export TPOT a request. */
  readonly meanings: readonly string[];
  readonly path: string;
  readonly goals?: { readonly p50: number; readonly p95: number };
}

function goalsOf(latency: Pick<Requirements['latency'], 'ttftMs' | 'tpotMs' | 'endToEndMs'>): readonly LatencyGoal[] {
  return [
    {
      id: 'Ttft',
      title: 'Time to first token',
      meanings: ['timeToFirstToken'],
      path: 'latency.ttftMs',
      goals: latency.ttftMs,
    },
    {
      id: 'Tpot',
      title: 'Time per output token',
      meanings: ['timePerOutputToken', 'interTokenLatency'],
      path: 'latency.tpotMs',
      goals: latency.tpotMs,
    },
    {
      id: 'EndToEnd',
      title: 'End-to-end time',
      meanings: ['endToEndLatency'],
      path: 'latency.endToEndMs',
      goals: latency.endToEndMs,
    },
  ];
}

/**
 * A P95 goal leaves 5% of requests to be slow: that is its error budget, and the rules watch how fast it is spent. A
 * median has no useful budget (half may be slow), so it is compared directly over an hour.
 */
export function latencyAlerts(parts: AlertParts, catalog: AlertProducts): readonly ReasonedAlert[] {
  const asked = goalsOf(presetTargets(parts.requirements));
  const served = goalsOf(servedLatencyGoals(parts.requirements));
  const watched = [
    ...watchedModels(parts, catalog).map((each) => ({ ...each, latencyGoals: served })),
    ...watchedAtGateway(parts, catalog).map((each) => ({ ...each, latencyGoals: asked })),
  ];
  return watched.flatMap(({ metrics, selector, suffix, latencyGoals }) => {
    return latencyGoals.flatMap(({ id, title, meanings, path, goals }): ReasonedAlert[] => {
      const histogram = meanings.map((meaning) => metrics[meaning]).find((name) => name !== undefined);
      if (!goals || histogram === undefined) return [];
      const slow = shareAbove(histogram, selector, goals.p95 / 1000);
      const common = { runbook: 'latency-degradation', rows: ['Q1', 'P10'], decisions: ['D3', 'D4', 'D5'] } as const;
      const p95 = { ...common, answers: [`${path}.p95`] };
      return [
        {
          ...p95,
          id: `${id}P95High${suffix}`,
          title: `${title}: P95 goal is being missed fast`,
          expression: burnRate(slow, 0.05, 'page'),
          forMinutes: 2,
          severity: urgent(parts),
          because: `The P95 goal is ${count(goals.p95)} ms; requests above it spend the 5% budget 6 to 14.4 times too fast.`,
        },
        {
          ...p95,
          id: `${id}P95Slipping${suffix}`,
          title: `${title}: P95 goal is being missed slowly`,
          expression: burnRate(slow, 0.05, 'ticket'),
          forMinutes: 15,
          severity: 'ticket',
          because: `The P95 goal is ${count(goals.p95)} ms; at this pace the month ends above it.`,
        },
        {
          ...common,
          answers: [`${path}.p50`],
          id: `${id}P50High${suffix}`,
          title: `${title}: median above its goal`,
          expression: `histogram_quantile(0.5, sum by (le) (rate(${histogram}_bucket{${selector}}[1h]))) > ${number(goals.p50 / 1000)}`,
          forMinutes: 15,
          severity: 'ticket',
          because: `The median goal is ${count(goals.p50)} ms over an hour.`,
        },
      ];
    });
  });
}

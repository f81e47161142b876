import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { retiredVllmMetrics } from '../../blueprints/model-servers/vllm/metrics.ts';
import { runbookIds } from '../../lib/documents/index.ts';
import { alertLinks, alertsFor } from '../../lib/plan/alerts.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { answerAt } from '../../lib/requirements/path.ts';
import { metricCatalog, plans } from './plans.ts';

/** Positions the grammar could not read; empty for valid PromQL. */
function syntaxErrors(expression: string): string[] {
  const errors: string[] = [];
  parser.parse(expression).iterate({
    enter: (node) => {
      if (node.type.isError)
        errors.push(`${node.from}: ${expression.slice(Math.max(0, node.from - 20), node.to + 20)}`);
    },
  });
  return errors;
}

const ids = (plan: Plan) => alertsFor(plan, metricCatalog).map(({ id }) => id);
const find = (plan: Plan, id: string) => alertsFor(plan, metricCatalog).find((alert) => alert.id === id);

test('the grammar used here refuses broken PromQL', () => {
  expect(syntaxErrors('sum by (le (rate(x[5m]))')).not.toEqual([]);
  expect(syntaxErrors('rate(x{a="b"}[5m]) >')).not.toEqual([]);
});

describe.each(Object.entries(plans))('alerts of %s', (_name, plan) => {
  const alerts = alertsFor(plan, metricCatalog);

  test('every expression is valid PromQL', () => {
    for (const alert of alerts) expect(syntaxErrors(alert.expression), alert.id).toEqual([]);
  });

  test('ids are unique and are valid rule names', () => {
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
    for (const { id } of alerts) expect(id).toMatch(/^[A-Z][A-Za-z0-9_]*$/);
  });

  test('every alert names a runbook that is written and answers that were given', () => {
    for (const alert of alerts) {
      expect(runbookIds, alert.id).toContain(alert.runbook);
      for (const path of alert.answers) expect(answerAt(plan.requirements, path), `${alert.id}: ${path}`).toBeDefined();
    }
  });

  test('links lead from each answer to the alert and from the alert to its runbook', () => {
    const links = alertLinks(plan, metricCatalog);
    for (const alert of alerts) {
      for (const path of alert.answers)
        expect(links).toContainEqual({ from: `answer:${path}`, to: `alert:${alert.id}`, because: alert.because });
      expect(links.some((link) => link.from === `alert:${alert.id}` && link.to === `runbook:${alert.runbook}`)).toBe(
        true,
      );
    }
  });

  test('no expression reads a metric under a name its server has given up', () => {
    for (const { id, expression } of alerts)
      for (const name of Object.keys(retiredVllmMetrics)) expect(expression.split(/[^\w:]/), id).not.toContain(name);
  });

  test('no expression holds a number with an exponent, NaN or a hole', () => {
    for (const { id, expression } of alerts) expect(expression, id).not.toMatch(/NaN|undefined|Infinity|\de[+-]?\d/);
  });
});

describe('which alerts there are', () => {
  const plan = plans['support chat'];

  test.each([
    'TtftP95High',
    'TtftP95Slipping',
    'TtftP50High',
    'TpotP95High',
    'QueueGrowing',
    'KvCacheNearlyFull',
    'PreemptionsHigh',
    'ErrorRateHigh',
    'ReplicasMissing',
    'GpuPodsUnschedulable',
    'GpuXidFatal',
    'GpuHot',
    'GpuMemoryFull',
    'CostPerRequestUp20',
    'SpendForecast100',
    'AuditLogNotWritten',
    'DriftEvaluationDue',
    'IngestionStale',
  ])('a production chat with retrieval has %s', (id) => {
    expect(ids(plan)).toContain(id);
  });

  test('a store on the cluster is watched for missing backups, one the cloud runs is not', () => {
    expect(ids(plans['store on the cluster'])).toContain('BackupMissing');
    expect(ids(plan)).not.toContain('BackupMissing');
  });

  test.each(['IngestionStale', 'DriftEvaluationDue'])('%s also fires where the job was never added', (id) => {
    expect(find(plan, id)?.expression).toMatch(/absent\(kube_cronjob_created\{namespace="\w+", cronjob="\w+"\}\)$/);
  });

  test('a batch run is judged by finishing in time, not by its queue', () => {
    expect(ids(plans['overnight batch'])).toContain('BatchRunLate');
    expect(ids(plans['overnight batch'])).not.toContain('QueueGrowing');
  });

  test('a server that exports no such metric gets no alert made of it', () => {
    const silent = { products: { modelServers: { vllm: { metrics: {} } }, gateways: {} } };
    expect(alertsFor(plan, silent).filter(({ expression }) => expression.includes('vllm:'))).toEqual([]);
  });

  test('a homelab without on-call is never paged and owes no monthly evaluation', () => {
    const homelab = alertsFor(plans.homelab, metricCatalog);
    expect(homelab.filter(({ severity }) => severity === 'page')).toEqual([]);
    expect(homelab.map(({ id }) => id)).not.toContain('DriftEvaluationDue');
  });

  test('a hosted model is timed at the gateway, under ids of its own beside a model that is served here', () => {
    expect(find(plans['hosted only'], 'TtftP95High')?.expression).toContain('namespace="gateway"');
    expect(ids(plans['several machines a replica'])).toContain('TtftP95High');
    const both = structuredClone(plans['support chat']);
    both.gateway.routes = [...both.gateway.routes, ...plans['hosted only'].gateway.routes];
    expect(ids(both)).toEqual(expect.arrayContaining(['TtftP95High', 'TtftP95HighAtGateway']));
  });

  test('a replica of several machines is a stateful set with numbered pods', () => {
    const plan = plans['several machines a replica'];
    expect(find(plan, 'ReplicasMissing')?.expression).toContain('kube_statefulset_status_replicas_ready');
    expect(find(plan, 'QueueGrowing')?.expression).toContain('pod=~"chat-[0-9]+(-[0-9]+)?"');
  });

  test('pods of the chat model are not those of its fallback', () => {
    const pattern = /pod=~"([^"]+)"/.exec(find(plan, 'QueueGrowing')?.expression ?? '')?.[1] ?? '';
    expect('chat-7d9f8c6b5d-x2x4z').toMatch(new RegExp(`^(${pattern})$`));
    expect('chat-fallback-7d9f8c6b5d-x2x4z').not.toMatch(new RegExp(`^(${pattern})$`));
  });

  test('hosted only: no GPU alert', () => {
    expect(ids(plans['hosted only']).filter((id) => id.startsWith('Gpu'))).toEqual([]);
  });
});

describe('thresholds follow the answers', () => {
  const plan = plans['support chat'];

  test('a looser P95 goal moves the limit and nothing else of the rule', () => {
    const looser = structuredClone(plan);
    if (looser.requirements.latency.ttftMs) looser.requirements.latency.ttftMs.p95 = 900;
    const [before, after] = [find(plan, 'TtftP95High'), find(looser, 'TtftP95High')];
    expect(before?.expression).toContain('histogram_fraction(0, 0.4,');
    expect(after?.expression).toBe(before?.expression.replaceAll('fraction(0, 0.4,', 'fraction(0, 0.9,'));
  });

  test('the fast burn rate of a 99.9% goal is 14.4 times 0.1%', () => {
    expect(find(plan, 'ErrorRateHigh')?.expression).toContain('> 0.0144 and');
  });

  test('spend steps below what the plan expects to spend are not alarms', () => {
    const dear = structuredClone(plan);
    dear.cost.usdPerMonth.expected = 0.6 * dear.spend.ceilingUsdPerMonth;
    expect(ids(dear).filter((id) => id.startsWith('SpendForecast'))).toEqual(['SpendForecast80', 'SpendForecast100']);
  });
});

import { hoursPerMonth } from '../catalog/prices.ts';
import { burnWindows } from '../plan/alerts/promql.ts';
import type { Alert, Plan } from '../plan/plan.ts';
import type { Page, PageInput } from './document.ts';
import { asSentence, decimal, percent, seconds } from './format.ts';
import { basisText, objectiveRows, objectivesOf, predictedFor } from './objectives.ts';
import { latencyPicture, shown } from './pictures.ts';
import { code, codeBlock, link, list as listOf, prose, type Verbatim } from './render.ts';

const secondsPerMonth = hoursPerMonth * 3600;

/** Alerts whose threshold comes from this answer. */
function watching(plan: Plan, answer: string): Verbatim | string {
  const alerts = plan.alerts.filter(({ answers }) => answers.includes(answer));
  return alerts.length === 0
    ? 'none: the model server exports no such metric'
    : listOf(alerts.map(({ id }) => link(id, `#${id.toLowerCase()}`)));
}

function alertContext(alert: Alert): object {
  return {
    id: alert.id,
    title: alert.title,
    severity: alert.severity === 'page' ? 'pages on-call' : 'opens a ticket',
    holds: alert.forMinutes === 0 ? 'at once' : `after ${seconds(alert.forMinutes * 60)}`,
    because: asSentence(alert.because),
    expression: codeBlock(alert.expression, 'promql'),
    runbook: link(alert.runbook, `../runbooks/${alert.runbook}.md`),
    answers: alert.answers.length === 0 ? '' : listOf(alert.answers.map(code)),
  };
}

export function sloPage({ plan, render }: PageInput): Page {
  const availability = plan.requirements.operations.availabilityPercent;
  const budget = (100 - availability) / 100;
  const rows = objectiveRows(plan);
  const picture = latencyPicture(plan);
  const context = {
    name: plan.name,
    objectives: objectivesOf(plan).map((objective, index) => ({
      ...rows[index],
      alerts: watching(plan, objective.answer),
    })),
    hasObjectives: rows.length > 0,
    basis: prose(basisText(plan)),
    predictedFor: predictedFor(plan),
    picture: shown(picture),
    batch: plan.requirements.throughput.pattern === 'batch',
    availability: `${decimal(availability, 2)}%`,
    errorBudget: percent(budget, 3),
    downtime: seconds(budget * secondsPerMonth),
    availabilityAlerts: watching(plan, 'operations.availabilityPercent'),
    windows: (['page', 'ticket'] as const).flatMap((kind) =>
      burnWindows[kind].map(({ long, short, burn }) => ({
        long,
        short,
        burn: `${decimal(burn, 1)}×`,
        latencyShare: percent(Math.min(0.99, 0.05 * burn), 0),
        failures: percent(Math.min(0.99, budget * burn), 2),
        kind: kind === 'page' ? 'pages' : 'ticket',
      })),
    ),
    alerts: plan.alerts.map((alert) => ({
      id: link(alert.id, `#${alert.id.toLowerCase()}`),
      title: alert.title,
      severity: alert.severity,
      runbook: link(alert.runbook, `../runbooks/${alert.runbook}.md`),
    })),
    details: plan.alerts.map(alertContext),
    hasAlerts: plan.alerts.length > 0,
    retrieval: plan.retrieval
      ? `The time to first token is measured at the model server. A caller also waits for retrieval: ${seconds(
          plan.retrieval.addedLatencyMs / 1000,
        )} in the plan.`
      : '',
  };
  return {
    path: 'docs/slo.md',
    title: 'Service levels and alerts',
    group: 'Operations',
    markdown: render.markdown('slo.md', context),
  };
}

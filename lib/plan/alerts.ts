import { answerAt } from '../requirements/path.ts';
import { costAlerts } from './alerts/cost.ts';
import { dataAlerts } from './alerts/data.ts';
import { gpuAlerts } from './alerts/gpu.ts';
import { latencyAlerts } from './alerts/latency.ts';
import type { AlertParts, AlertProducts, ReasonedAlert } from './alerts/reasoned.ts';
import { servingAlerts } from './alerts/serving.ts';
import type { Alert, Plan } from './plan.ts';

export type { AlertParts, AlertProducts } from './alerts/reasoned.ts';

function reasonedAlerts(parts: AlertParts, catalog: AlertProducts): readonly ReasonedAlert[] {
  return [
    ...latencyAlerts(parts, catalog),
    ...servingAlerts(parts, catalog),
    ...gpuAlerts(parts),
    ...costAlerts(parts, catalog),
    ...dataAlerts(parts, catalog),
  ].map((alert) => ({
    ...alert,
    answers: alert.answers.filter((path) => answerAt(parts.requirements, path) !== undefined),
  }));
}

/** Every alert of the platform (P10, P11), latency first. Same parts and metric names, same rules in the same order. */
export function alertsFor(parts: AlertParts, catalog: AlertProducts): Alert[] {
  return reasonedAlerts(parts, catalog).map(({ rows: _rows, decisions: _decisions, ...alert }) => alert);
}

/** The edges answer → alert, row → alert, decision → alert and alert → runbook of every alert, for `explain`. */
export function alertLinks(parts: AlertParts, catalog: AlertProducts): Plan['links'] {
  return reasonedAlerts(parts, catalog).flatMap((alert) => {
    const to = `alert:${alert.id}`;
    const from = (kind: string) => (id: string) => ({ from: `${kind}:${id}`, to, because: alert.because });
    return [
      ...alert.answers.map(from('answer')),
      ...alert.rows.map(from('row')),
      ...alert.decisions.map(from('decision')),
      { from: to, to: `runbook:${alert.runbook}`, because: alert.title },
    ];
  });
}

import { ApiObject, type App, Chart } from 'cdk8s';
import type { Plan } from '../../lib/plan/plan.ts';
import { labels, namespaces } from './names.ts';

/** Rules and monitors beside those of each workload (P10). */
export function addMonitoring(app: App, plan: Plan): void {
  const chart = new Chart(app, 'monitoring', { disableResourceNameHashes: true });
  if (plan.alerts.length === 0) return;
  new ApiObject(chart, 'Alerts', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: plan.name,
      namespace: namespaces.observability,
      labels: { ...labels(plan, plan.name, 'alerts') },
    },
    spec: {
      groups: [
        {
          name: plan.name,
          interval: '30s',
          rules: plan.alerts.map((alert) => ({
            alert: alert.id,
            expr: alert.expression,
            for: `${alert.forMinutes}m`,
            labels: { severity: alert.severity, platform: plan.name },
            annotations: { summary: alert.title, description: alert.because, runbook: `runbooks/${alert.runbook}.md` },
          })),
        },
      ],
    },
  });
}

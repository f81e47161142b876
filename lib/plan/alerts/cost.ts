import { hoursPerMonth } from '../../catalog/prices.ts';
import { replicaUsdPerHour, workloads } from '../workloads.ts';
import { figureOf, number } from './promql.ts';
import { type AlertParts, type AlertProducts, gatewayMetrics, type ReasonedAlert, watchedModels } from './reasoned.ts';

/** USD an hour of every running replica: the plan's price of a replica times the replicas there are. */
function replicaSpend(parts: AlertParts): string | undefined {
  const priced = parts.models
    .map((model) => ({ model, usd: replicaUsdPerHour(parts, model) }))
    .filter(({ usd }) => usd > 0);
  if (priced.length === 0) return undefined;
  return priced
    .map(({ model, usd }) => {
      const [metric, label] =
        model.nodesPerReplica > 1
          ? ['kube_statefulset_replicas', 'statefulset']
          : ['kube_deployment_status_replicas', 'deployment'];
      const series = `${metric}{namespace="${workloads.namespaces.serving}", ${label}="${model.role}"}`;
      return `${number(usd)} * sum(${series})`;
    })
    .join(' + ');
}

/** Cost per request, its growth, and where the month is heading (P10, P11). */
export function costAlerts(parts: AlertParts, catalog: AlertProducts): readonly ReasonedAlert[] {
  return [...costPerRequest(parts, catalog), ...spendForecast(parts), ...hostedSpend(parts, catalog)];
}

function costPerRequest(parts: AlertParts, catalog: AlertProducts): ReasonedAlert[] {
  const gateway = gatewayMetrics(parts, catalog);
  const usdPerHour = replicaSpend(parts);
  const [first] = watchedModels(parts, catalog);
  const served = first?.metrics.requestSuccess
    ? `${first.metrics.requestSuccess}{${first.selector}}`
    : gateway.requests;
  const spent = gateway.spendUsd;
  const ratio = (offset: string): string | undefined => {
    if (usdPerHour !== undefined && served !== undefined) {
      const hourly = `avg_over_time((${usdPerHour})[1d:5m]${offset})`;
      return `(24 * ${hourly} / sum(increase(${served}[1d]${offset})))`;
    }
    if (spent !== undefined && served !== undefined)
      return `(sum(increase(${spent}[1d]${offset})) / sum(increase(${served}[1d]${offset})))`;
    return undefined;
  };
  const [now, before] = [ratio(''), ratio(' offset 1w')];
  if (now === undefined || before === undefined) return [];
  return [
    {
      id: 'CostPerRequestUp20',
      title: 'A request costs 20% more than a week ago',
      expression: `${now}\n> 1.2 *\n${before}`,
      forMinutes: 60,
      severity: 'ticket',
      runbook: 'cost-spike',
      because: `The plan prices 1,000 requests at ${figureOf(parts.cost.usdPerThousandRequests)} USD at the expected volume.`,
      answers: ['throughput.requestsPerSecond.expected', 'infrastructure.costCeilingUsdPerMonth'],
      rows: ['P10', 'P11', 'P24'],
      decisions: ['D2', 'D11'],
    },
  ];
}

/** The cloud's own budget counts the bill, a day late; these follow the replicas, within the hour. */
function spendForecast(parts: AlertParts): ReasonedAlert[] {
  const usdPerHour = replicaSpend(parts);
  if (usdPerHour === undefined) return [];
  const fixed = parts.spend.proof.fixedUsd;
  const ceiling = parts.spend.ceilingUsdPerMonth;
  const percents = [...new Set(parts.spend.steps.map(({ percent }) => percent))].sort((a, b) => a - b);
  const planned = (100 * parts.cost.usdPerMonth.expected) / ceiling;
  return percents
    .filter((percent) => percent > planned)
    .map((percent) => ({
      id: `SpendForecast${percent}`,
      title: `The month is heading for ${percent}% of the cost ceiling`,
      expression: `${number(fixed)} + ${hoursPerMonth} * avg_over_time((${usdPerHour})[1d:5m]) > ${number((ceiling * percent) / 100)}`,
      forMinutes: 60,
      severity: 'ticket' as const,
      runbook: 'cost-spike',
      because: `The ceiling is ${figureOf(ceiling)} USD a month; the plan expects ${figureOf(Math.round(parts.cost.usdPerMonth.expected))} USD.`,
      answers: ['infrastructure.costCeilingUsdPerMonth'],
      rows: ['P11'],
      decisions: ['D11'],
    }));
}

/** What hosted models may spend is capped; this says that the cap will be reached. */
function hostedSpend(parts: AlertParts, catalog: AlertProducts): ReasonedAlert[] {
  const spent = gatewayMetrics(parts, catalog).spendUsd;
  const cap = parts.gateway.hostedFallbackUsdPerMonth;
  const routes = parts.gateway.routes.filter(({ kind }) => kind === 'hosted').map(({ model }) => model);
  if (spent === undefined || cap === 0 || routes.length === 0) return [];
  const daily = cap / 30;
  return [
    {
      id: 'HostedSpendHigh',
      title: 'Hosted models cost more than their share of a day',
      expression: `sum(increase(${spent}{model=~"${routes.join('|')}"}[1d])) > ${number(daily)}`,
      forMinutes: 15,
      severity: 'ticket',
      runbook: 'cost-spike',
      because: `Hosted models may spend ${figureOf(cap)} USD a month, ${figureOf(daily)} USD a day.`,
      answers: ['infrastructure.costCeilingUsdPerMonth'],
      rows: ['D10.4', 'P11'],
      decisions: ['D10'],
    },
  ];
}

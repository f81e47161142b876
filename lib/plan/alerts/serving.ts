import { sleepingPools } from '../sleep.ts';
import { workloads } from '../workloads.ts';
import { burnRate, figureOf, number } from './promql.ts';
import {
  type AlertParts,
  type AlertProducts,
  gatewayMetrics,
  type ReasonedAlert,
  urgent,
  type WatchedModel,
  watchedModels,
} from './reasoned.ts';

/** Queue, cache, errors, replicas: what tells that the models are about to miss their goals, or already do. */
export function servingAlerts(parts: AlertParts, catalog: AlertProducts): readonly ReasonedAlert[] {
  const batch = parts.requirements.throughput.pattern === 'batch';
  return [
    ...watchedModels(parts, catalog).flatMap((watched) =>
      [...(batch ? batchAlerts(parts, watched) : queueAlerts(parts, watched)), ...cacheAlerts(parts, watched)].map(
        (alert) => ({ ...alert, id: `${alert.id}${watched.suffix}` }),
      ),
    ),
    ...errorAlerts(parts, catalog),
    ...replicaAlerts(parts),
  ];
}

function queueAlerts(parts: AlertParts, { model, metrics, selector }: WatchedModel): ReasonedAlert[] {
  const waiting = metrics.requestsWaiting;
  const mark = model.scaleAtRequestsPerReplica;
  if (waiting === undefined) return [];
  const queue = `sum(${waiting}{${selector}})`;
  return [
    {
      id: 'QueueGrowing',
      title: 'Requests wait and the queue grows',
      expression: `${queue} > ${mark} and deriv(${queue}[10m:1m]) > 0`,
      forMinutes: 5,
      severity: urgent(parts),
      runbook: 'capacity-shortage',
      because: `Another replica starts at ${mark} requests a replica; a longer queue that still grows means none came.`,
      answers: ['throughput.requestsPerSecond.peak'],
      rows: ['Q2', 'P10'],
      decisions: ['D5', 'D11'],
    },
  ];
}

/** A batch queue is meant to be long; what counts is whether it empties in time. */
function batchAlerts(parts: AlertParts, { metrics, selector }: WatchedModel): ReasonedAlert[] {
  const run = parts.requirements.throughput.batch;
  const waiting = metrics.requestsWaiting;
  const done = metrics.requestSuccess;
  if (!run || waiting === undefined || done === undefined) return [];
  const needed = run.requestsPerRun / (run.finishWithinHours * 3600);
  return [
    {
      id: 'BatchRunLate',
      title: 'The batch run will not finish in time',
      expression: `sum(rate(${done}{${selector}}[30m])) < ${number(needed)} ` + `and sum(${waiting}{${selector}}) > 0`,
      forMinutes: 30,
      severity: 'ticket',
      runbook: 'capacity-shortage',
      because: `${figureOf(run.requestsPerRun)} requests in ${run.finishWithinHours} h need ${figureOf(needed)} finished requests a second.`,
      answers: ['throughput.batch.requestsPerRun', 'throughput.batch.finishWithinHours'],
      rows: ['Q2', 'P10'],
      decisions: ['D5', 'D11'],
    },
  ];
}

function cacheAlerts(parts: AlertParts, { model, metrics, selector }: WatchedModel): ReasonedAlert[] {
  const { kvCacheUsage, preemptions, requestSuccess } = metrics;
  const peak = parts.capacity?.chosen.prediction.kvCacheUtilizationPeak;
  const planned = peak === undefined ? '' : ` The plan expects ${Math.round(peak * 100)}% at peak.`;
  const alerts: ReasonedAlert[] = [];
  if (kvCacheUsage !== undefined) {
    alerts.push({
      id: 'KvCacheNearlyFull',
      title: 'KV cache nearly full',
      expression: `max by (pod) (${kvCacheUsage}{${selector}}) > 0.95`,
      forMinutes: 10,
      severity: 'ticket',
      runbook: 'capacity-shortage',
      because: `A full cache makes the engine throw sequences out and compute them again.${planned}`,
      answers: ['throughput.inputTokens.p95', 'throughput.outputTokens.p95', 'model.maxContextTokens'],
      rows: ['D5.1', 'P10'],
      decisions: ['D4', 'D5'],
    });
  }
  if (preemptions !== undefined && requestSuccess !== undefined) {
    alerts.push({
      id: 'PreemptionsHigh',
      title: 'More than one request in twenty is preempted',
      expression:
        `sum(rate(${preemptions}{${selector}}[15m])) ` + `> 0.05 * sum(rate(${requestSuccess}{${selector}}[15m]))`,
      forMinutes: 15,
      severity: 'ticket',
      runbook: 'latency-degradation',
      because: `A preempted request is computed again and its user waits; ${model.role} runs up to ${model.limits.maxNumSeqs} sequences a replica.`,
      answers: ['throughput.inputTokens.p95', 'throughput.outputTokens.p95'],
      rows: ['D5.1', 'P10'],
      decisions: ['D5'],
    });
  }
  return alerts;
}

/** Failed requests against the availability goal: seen at the gateway, else at the model servers. */
function errorAlerts(parts: AlertParts, catalog: AlertProducts): ReasonedAlert[] {
  const goal = parts.requirements.operations.availabilityPercent;
  const budget = (100 - goal) / 100;
  const gateway = gatewayMetrics(parts, catalog);
  const [first] = watchedModels(parts, catalog);
  const share = badShare(gateway) ?? badShare(first?.metrics ?? {});
  if (share === undefined) return [];
  const common = {
    runbook: 'model-rollback',
    answers: ['operations.availabilityPercent'],
    rows: ['Q9', 'P10'],
    decisions: ['D10'],
  } as const;
  return [
    {
      ...common,
      id: 'ErrorRateHigh',
      title: 'Requests fail: the availability goal is being missed fast',
      expression: burnRate(share, budget, 'page'),
      forMinutes: 2,
      severity: urgent(parts),
      because: `The availability goal is ${goal}%: ${number(100 - goal)}% of requests may fail.`,
      answers: [...common.answers],
      rows: [...common.rows],
    },
    {
      ...common,
      id: 'ErrorRateSlipping',
      title: 'Requests fail: the month will end below the availability goal',
      expression: burnRate(share, budget, 'ticket'),
      forMinutes: 15,
      severity: 'ticket',
      because: `The availability goal is ${goal}%: ${number(100 - goal)}% of requests may fail.`,
      answers: [...common.answers],
      rows: [...common.rows],
    },
  ];
}

const inServing = `namespace="${workloads.namespaces.serving}"`;

function badShare(metrics: Readonly<Record<string, string>>): ((window: string) => string) | undefined {
  const { requests, failures, httpRequests } = metrics;
  if (requests !== undefined && failures !== undefined)
    return (window) => `sum(rate(${failures}[${window}])) / sum(rate(${requests}[${window}]))`;
  if (httpRequests !== undefined)
    return (window) =>
      `sum(rate(${httpRequests}{${inServing}, status=~"5.."}[${window}])) / sum(rate(${httpRequests}{${inServing}}[${window}]))`;
  return undefined;
}

/** Replicas from the cluster's own state; a group of machines counts as the stateful set of its leaders. */
function replicaAlerts(parts: AlertParts): ReasonedAlert[] {
  const { serving, gateway } = workloads.namespaces;
  const asleep = new Set(sleepingPools(parts).map(({ id }) => id));
  const perModel = parts.models.map((model) => {
    const object = model.nodesPerReplica > 1 ? 'statefulset' : 'deployment';
    const [ready, asked] =
      object === 'statefulset'
        ? ['kube_statefulset_status_replicas_ready', 'kube_statefulset_replicas']
        : ['kube_deployment_status_replicas_available', 'kube_deployment_spec_replicas'];
    const selector = `{namespace="${serving}", ${object}="${model.role}"}`;
    // While its machines sleep none is asked for.
    const awake = asleep.has(model.nodePool) ? ` and ${asked}${selector} > 0` : '';
    return `${ready}${selector} < ${model.replicas.minimum}${awake}`;
  });
  const missing = [
    ...perModel,
    `kube_deployment_status_replicas_available{namespace="${gateway}", deployment="${workloads.gateway}"} < ${parts.gateway.replicas}`,
  ];
  const slowest = Math.max(60, ...parts.models.map((model) => model.loadSeconds));
  const gpuPools = parts.platform.nodePools.filter((pool) => pool.gpusPerNode > 0);
  return [
    {
      id: 'ReplicasMissing',
      title: 'Fewer replicas are ready than the plan keeps',
      expression: missing.join('\nor\n'),
      forMinutes: Math.ceil(slowest / 60) + 5,
      severity: urgent(parts),
      runbook: 'gpu-node-failure',
      because: `The plan keeps ${[
        ...parts.models.map((model) => `${model.replicas.minimum} of ${model.role}`),
        `${parts.gateway.replicas} of the gateway`,
      ].join(
        ', ',
      )}; a replica loads in ${slowest} s.${asleep.size > 0 ? ' While the machines sleep none is asked for, and none is missed.' : ''}`,
      answers: ['operations.availabilityPercent', 'throughput.requestsPerSecond.expected'],
      rows: ['P4', 'P10'],
      decisions: ['D5', 'D11'],
    },
    ...(gpuPools.length === 0
      ? []
      : [
          {
            id: 'GpuPodsUnschedulable',
            title: 'Pods wait for a GPU node',
            expression: `sum by (pod) (kube_pod_status_unschedulable{namespace="${serving}"}) > 0`,
            forMinutes: 15,
            severity: urgent(parts),
            runbook: 'capacity-shortage',
            because: `Node pools may grow to ${gpuPools
              .map((pool) => `${pool.gpuLimit} GPU${pool.gpuLimit === 1 ? '' : 's'} in ${pool.id}`)
              .join(', ')}; beyond that, or without capacity at the provider, a pod stays pending.`,
            answers: ['infrastructure.gpu.quota', 'throughput.requestsPerSecond.peak'],
            rows: ['P2', 'P10'],
            decisions: ['D11'],
          } satisfies ReasonedAlert,
        ]),
  ];
}

import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { gateways } from '../gateways/index.ts';
import { labels, namespaces } from './names.ts';
import { metricsOf } from './scales.ts';

/** Prometheus as its operator names the service in front of it. */
const prometheusAddress = `http://prometheus-operated.${namespaces.observability}.svc:9090`;

export interface ScaleTarget {
  readonly apiVersion: 'apps/v1' | 'leaderworkerset.x-k8s.io/v1';
  readonly kind: 'Deployment' | 'LeaderWorkerSet';
}

const gatewayMetricsOf = (gateway: string): Readonly<Record<string, string>> =>
  Object.entries(gateways).find(([id]) => id === gateway)?.[1].metrics ?? {};

/** Requests in the system, waiting and running, as PromQL. */
function loadQuery(model: ServedModel): string {
  const { requestsRunning, requestsWaiting } = metricsOf(model.server);
  const pods = `{namespace="${namespaces.serving}", pod=~"${model.role}-.+"}`;
  return `sum(${requestsRunning}${pods}) + sum(${requestsWaiting}${pods})`;
}

/**
 * Replicas follow waiting plus running requests (P4). The operator of replicas is KEDA alone: the workload names none.
 *
 * With no replica the server's series are gone, so the least 0 needs a second signal from the gateway, which still sees
 * requests; it starts the first replica. Without Prometheus the replicas stay at what the plan expects.
 */
export function addAutoscaler(scope: Construct, plan: Plan, model: ServedModel, target: ScaleTarget): void {
  const { minimum, expected, maximum } = model.replicas;
  const fromZero = minimum === 0;
  const arrivals = gatewayMetricsOf(plan.gateway.id).requests;
  const cooldown = Math.max(300, 2 * model.loadSeconds);
  new ApiObject(scope, 'Autoscaler', {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: model.role, namespace: namespaces.serving, labels: { ...labels(plan, model.role, 'serving') } },
    spec: {
      scaleTargetRef: { ...target, name: model.role },
      minReplicaCount: minimum,
      maxReplicaCount: maximum,
      pollingInterval: 15,
      cooldownPeriod: cooldown,
      initialCooldownPeriod: cooldown,
      fallback: { failureThreshold: 4, replicas: Math.max(1, expected) },
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: 0,
              policies: [{ type: 'Pods', value: Math.max(1, maximum - minimum), periodSeconds: 60 }],
            },
            scaleDown: {
              stabilizationWindowSeconds: cooldown,
              policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
            },
          },
        },
      },
      triggers: [
        {
          type: 'prometheus',
          name: 'load',
          metricType: 'AverageValue',
          metadata: {
            serverAddress: prometheusAddress,
            query: loadQuery(model),
            threshold: String(model.scaleAtRequestsPerReplica),
            // An empty answer is an error, not a zero: replicas then fall back to the plan.
            ignoreNullValues: fromZero ? 'true' : 'false',
          },
        },
        ...(fromZero && arrivals
          ? [
              {
                type: 'prometheus',
                name: 'arrivals',
                metricType: 'AverageValue',
                metadata: {
                  serverAddress: prometheusAddress,
                  query: `sum(increase(${arrivals}{requested_model="${model.servedName}"}[${Math.ceil(cooldown / 60)}m]))`,
                  threshold: '1000000',
                  activationThreshold: '0',
                  ignoreNullValues: 'true',
                },
              },
            ]
          : []),
      ],
    },
  });
}

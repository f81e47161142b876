import { ApiObject, type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { addAutoscaler, type ScaleTarget } from './autoscaling.ts';
import { addPodMonitor } from './monitors.ts';
import { labels, namespaces, ports, selector } from './names.ts';
import { allowTraffic, disruptionBudget, fromPrometheus, type Peer, tlsOut } from './network.ts';
import { poolOf, port } from './pod.ts';
import { scales } from './scales.ts';
import { type ServerContainer, servingPod, startupSeconds } from './serving-pod.ts';

const leaderLabel = { 'groundplan/rank': 'leader' } as const;

/** How one model server runs one machine of a replica; `rank` matters only where a replica spans machines. */
export type ContainerOf = (model: ServedModel, plan: Plan, rank: 'leader' | 'worker') => ServerContainer;

export interface ServingOptions {
  /** Fabric interfaces of one machine of this pool. */
  readonly efaInterfaces?: (instanceTypes: readonly string[]) => number;
}

/** One chart a model that this server serves: workload, service, autoscaler, budget, policy, monitor (P4). */
export function addServedModels(
  app: Construct,
  plan: Plan,
  server: string,
  containerOf: ContainerOf,
  options: ServingOptions = {},
): void {
  for (const model of plan.models.filter((each) => each.server === server)) {
    const chart = new Chart(app as App, `serving-${model.role}`, { disableResourceNameHashes: true });
    addServedModel(chart, plan, model, containerOf, options);
  }
}

function addServedModel(
  chart: Chart,
  plan: Plan,
  model: ServedModel,
  containerOf: ContainerOf,
  options: ServingOptions,
): void {
  const grouped = model.nodesPerReplica > 1;
  const efaInterfaces = options.efaInterfaces?.(poolOf(plan, model.nodePool).instanceTypes) ?? 0;
  const pod = (rank: 'leader' | 'worker') =>
    servingPod(plan, model, containerOf(model, plan, rank), { rank, efaInterfaces });
  const target = grouped ? addGroup(chart, plan, model, pod) : addDeployment(chart, plan, model, pod('leader'));
  if (scales(model)) addAutoscaler(chart, plan, model, target);
  addService(chart, plan, model);
  disruptionBudget(chart, plan, { component: model.role, role: 'serving', namespace: namespaces.serving });
  allowTraffic(chart, plan, {
    component: model.role,
    role: 'serving',
    namespace: namespaces.serving,
    from: callers(plan, model),
    to: grouped ? [tlsOut, ownGroup(model)] : [tlsOut],
    cloudRole: true,
  });
  if (containerOf(model, plan, 'leader').metrics) {
    addPodMonitor(chart, plan, {
      component: model.role,
      role: 'serving',
      namespace: namespaces.serving,
      path: '/metrics',
      ...(grouped ? { selector: leaderLabel } : {}),
    });
  }
}

/** Pods of one multi-machine replica speak to each other on any port. */
const ownGroup = (model: ServedModel): Peer => ({ component: model.role, ports: [] });

function callers(plan: Plan, model: ServedModel): readonly Peer[] {
  const http = [ports.modelServer];
  const grouped = model.nodesPerReplica > 1;
  return [
    plan.gateway.id === 'envoy-ai-gateway'
      ? { namespace: 'envoy-gateway-system', ports: http }
      : { namespace: namespaces.gateway, component: 'gateway', ports: http },
    fromPrometheus(http),
    ...(plan.retrieval && ['embedding', 'reranker'].includes(model.role)
      ? [{ namespace: namespaces.retrieval, component: 'ingestion', ports: http }]
      : []),
    ...(grouped ? [ownGroup(model)] : []),
  ];
}

function template(plan: Plan, model: ServedModel, spec: k8s.PodSpec, extra: Readonly<Record<string, string>> = {}) {
  return {
    metadata: {
      labels: { ...labels(plan, model.role, 'serving'), ...extra },
      annotations: {
        'groundplan/model': model.registryId,
        'groundplan/revision': model.revision ?? 'unpinned',
        'kubectl.kubernetes.io/default-container': 'server',
      },
    },
    spec,
  };
}

/** Replicas are named only where no autoscaler owns them: two owners would undo each other. */
const ownReplicas = (model: ServedModel) => (scales(model) ? {} : { replicas: model.replicas.expected });

function addDeployment(chart: Chart, plan: Plan, model: ServedModel, spec: k8s.PodSpec): ScaleTarget {
  const pool = poolOf(plan, model.nodePool);
  // A new pod before the old one leaves, where the pool has a GPU to spare at full scale; else one at a time.
  const spare = pool.gpusPerNode === 0 || (model.replicas.maximum + 1) * model.gpusPerReplica <= pool.gpuLimit;
  new k8s.KubeDeployment(chart, 'Server', {
    metadata: { name: model.role, namespace: namespaces.serving, labels: { ...labels(plan, model.role, 'serving') } },
    spec: {
      ...ownReplicas(model),
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: startupSeconds(model) + 600,
      minReadySeconds: 5,
      selector: { matchLabels: { ...selector(model.role) } },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: spare
          ? { maxSurge: port(1), maxUnavailable: port(0) }
          : { maxSurge: port(0), maxUnavailable: port(1) },
      },
      template: template(plan, model, spec),
    },
  });
  return { apiVersion: 'apps/v1', kind: 'Deployment' };
}

/** A replica that outgrows one machine: leader and workers start, fail and restart as one. */
function addGroup(
  chart: Chart,
  plan: Plan,
  model: ServedModel,
  pod: (rank: 'leader' | 'worker') => k8s.PodSpec,
): ScaleTarget {
  // The typed pod becomes JSON as its own kind would write it.
  const plain = (rank: 'leader' | 'worker') => ({
    ...template(plan, model, pod(rank), rank === 'leader' ? leaderLabel : { 'groundplan/rank': 'worker' }),
    spec: k8s.toJson_PodSpec(pod(rank)),
  });
  new ApiObject(chart, 'Server', {
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    kind: 'LeaderWorkerSet',
    metadata: {
      name: model.role,
      namespace: namespaces.serving,
      labels: { ...labels(plan, model.role, 'serving') },
    },
    spec: {
      ...ownReplicas(model),
      startupPolicy: 'LeaderCreated',
      rolloutStrategy: {
        type: 'RollingUpdate',
        rollingUpdateConfiguration: { maxUnavailable: 1, maxSurge: 0 },
      },
      leaderWorkerTemplate: {
        size: model.nodesPerReplica,
        restartPolicy: 'RecreateGroupOnPodRestart',
        leaderTemplate: plain('leader'),
        workerTemplate: plain('worker'),
      },
    },
  });
  return { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet' };
}

function addService(chart: Chart, plan: Plan, model: ServedModel): void {
  const grouped = model.nodesPerReplica > 1;
  new k8s.KubeService(chart, 'Service', {
    metadata: { name: model.role, namespace: namespaces.serving, labels: { ...labels(plan, model.role, 'serving') } },
    spec: {
      type: 'ClusterIP',
      selector: { ...selector(model.role), ...(grouped ? leaderLabel : {}) },
      ports: [{ name: 'http', port: ports.modelServer, targetPort: port('http') }],
    },
  });
}

/** Address of a served model inside the cluster. */
export function servedUrl(model: ServedModel): string {
  return `http://${model.role}.${namespaces.serving}.svc:${ports.modelServer}`;
}

import type { Plan } from '../../lib/plan/plan.ts';
import { modelServers } from '../model-servers/index.ts';
import { retiredVllmMetrics } from '../model-servers/vllm/metrics.ts';
import type { KubernetesObject } from './index.ts';
import { endpoints, nodes } from './names.ts';
import { sleepGroup, sleepingModels } from './sleep.ts';
import { type Container, field, type PodTemplate, type Workload, workloadsOf } from './workload-view.ts';

/** A rule the manifests must keep, by the trap it guards against. */
export interface Violation {
  readonly rule: string;
  readonly object: string;
  readonly message: string;
}

interface Context {
  readonly plan: Plan;
  readonly objects: readonly KubernetesObject[];
  readonly workloads: readonly Workload[];
}

type Rule = (context: Context) => Iterable<readonly [object: string, message: string]>;

const floating = new Set(['latest', 'main', 'nightly', 'stable', 'edge', 'dev', '']);
/** Objects that exist without a manifest: of the account, of an operator, of Kubernetes. */
const given = new Set([
  `ConfigMap/${endpoints.configMap}`,
  'Secret/gateway-tls',
  'Secret/gateway-database-app',
  'Secret/vector-store-app',
  'Secret/vector-store-es-elastic-user',
  'Secret/vector-store-es-http-certs-public',
]);

const allContainers = ({ spec }: PodTemplate): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];
const matches = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
const ofKind = (objects: readonly KubernetesObject[], kind: string) => objects.filter((each) => each.kind === kind);

function* eachPod({ workloads }: Context) {
  for (const workload of workloads)
    for (const template of workload.templates) yield { workload, template, id: workload.id };
}

function* eachContainer(context: Context) {
  for (const pod of eachPod(context)) for (const container of allContainers(pod.template)) yield { ...pod, container };
}

const longRunning = ({ kind }: Workload) => ['Deployment', 'StatefulSet', 'LeaderWorkerSet'].includes(kind);
const gpus = (container: Container) => Number(container.resources?.limits?.['nvidia.com/gpu'] ?? 0);
const seconds = (args: readonly string[], flag: string) =>
  Number(args.find((each) => each.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? 0);

const rules: Readonly<Record<string, Rule>> = {
  *'an image is named by version and never by a floating tag'(context) {
    for (const { id, container } of eachContainer(context)) {
      const [named = '', digest] = container.image.split('@');
      const tag = named.slice(named.lastIndexOf('/')).split(':')[1] ?? '';
      if (floating.has(tag)) yield [id, `${container.image} floats`];
      if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) yield [id, `${digest} is no digest`];
    }
  },
  *'a pod runs as nobody: non-root, seccomp, no token, no host'(context) {
    for (const { id, template } of eachPod(context)) {
      const { spec } = template;
      if (spec.securityContext?.runAsNonRoot !== true || !spec.securityContext.runAsUser) yield [id, 'may run as root'];
      if (spec.securityContext?.seccompProfile?.type !== 'RuntimeDefault') yield [id, 'has no seccomp profile'];
      if (spec.automountServiceAccountToken !== false) yield [id, 'mounts a service-account token'];
      if (spec.hostNetwork || spec.hostPID || spec.hostIPC) yield [id, 'shares a namespace of its host'];
      if (spec.volumes?.some((volume) => 'hostPath' in volume)) yield [id, 'mounts a path of its host'];
    }
  },
  *'every mount names a volume of its pod'(context) {
    for (const { id, workload, template, container } of eachContainer(context)) {
      const volumes = new Set([
        ...(template.spec.volumes ?? []).map((volume) => volume.name),
        ...workload.volumeClaims,
      ]);
      for (const mount of container.volumeMounts ?? [])
        if (!volumes.has(mount.name)) yield [id, `${container.name} mounts ${mount.name}, which the pod lacks`];
    }
  },
  *'a container cannot gain privileges, and writes to its root only beside a GPU'(context) {
    for (const { id, container } of eachContainer(context)) {
      const security = container.securityContext;
      if (security?.allowPrivilegeEscalation !== false || security.privileged)
        yield [id, `${container.name} may escalate`];
      if (!security?.capabilities?.drop?.includes('ALL') || security.capabilities.add)
        yield [id, `${container.name} has capabilities`];
      if (security?.readOnlyRootFilesystem !== true && gpus(container) === 0)
        yield [id, `${container.name} writes to its root`];
    }
  },
  *'a container names its processors and its memory'(context) {
    for (const { id, container } of eachContainer(context)) {
      const { requests, limits } = container.resources ?? {};
      if (!requests?.cpu || !requests.memory || !limits?.memory) yield [id, `${container.name} has no size`];
    }
  },
  *'a server has three probes, and a slow load is the startup probe’s'(context) {
    for (const { id, workload, template } of eachPod(context)) {
      if (!longRunning(workload) || template.metadata.labels['groundplan/rank'] === 'worker') continue;
      const [main] = template.spec.containers;
      if (!main?.startupProbe || !main.readinessProbe || !main.livenessProbe) yield [id, 'lacks a probe'];
      if ((main?.livenessProbe?.initialDelaySeconds ?? 0) > 0) yield [id, 'delays its liveness probe'];
    }
  },
  *'a load has time: the startup probe outlasts the predicted load'({ plan, workloads }) {
    for (const model of plan.models) {
      const workload = workloads.find((each) => each.id === `serving/${each.kind}/${model.role}` && longRunning(each));
      const probe = workload?.templates[0]?.spec.containers[0]?.startupProbe;
      if (!probe) continue;
      const allowed = (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3);
      if (allowed < 2 * model.loadSeconds)
        yield [`serving/${model.role}`, `${allowed} s for a load of ${model.loadSeconds} s`];
    }
  },
  *'a drain ends before the kill: grace above deregistration and the longest generation'({ plan, workloads }) {
    for (const workload of workloads) {
      const model = plan.models.find(({ role }) => workload.id === `serving/${workload.kind}/${role}`);
      if (!model) continue;
      for (const { spec } of workload.templates) {
        const [main] = spec.containers;
        const sleep = main?.lifecycle?.preStop?.sleep?.seconds ?? 0;
        const grace = spec.terminationGracePeriodSeconds ?? 30;
        if (sleep < 5) yield [workload.id, 'stops before it leaves the load balancers'];
        if (grace < sleep + model.longestGenerationSeconds)
          yield [workload.id, `${grace} s of grace cut a generation off`];
        const drain = seconds(main?.args ?? [], '--shutdown-timeout');
        if (model.server === 'vllm' && drain < model.longestGenerationSeconds)
          yield [workload.id, 'aborts requests in flight'];
      }
    }
  },
  *'every pod is behind a network policy, every namespace is closed'({ objects, workloads }) {
    const policies = ofKind(objects, 'NetworkPolicy');
    for (const { id, namespace, templates } of workloads) {
      const own = policies.filter((policy) => policy.metadata.namespace === namespace);
      if (!own.some((policy) => policy.metadata.name === 'default-deny')) yield [id, `${namespace} is open`];
      for (const { metadata } of templates) {
        const covered = own.some((policy) => {
          const selector = field(policy, 'spec', 'podSelector', 'matchLabels') as Record<string, string> | undefined;
          return selector !== undefined && matches(selector, metadata.labels);
        });
        if (!covered) yield [id, 'has no network policy of its own'];
      }
    }
  },
  *'several copies stand apart and leave one at a time'({ plan, objects, workloads }) {
    const budgets = ofKind(objects, 'PodDisruptionBudget');
    for (const workload of workloads.filter(longRunning)) {
      const labels = workload.templates[0]?.metadata.labels ?? {};
      const budget = budgets.find((each) => {
        const selector = field(each, 'spec', 'selector', 'matchLabels') as Record<string, string>;
        return each.metadata.namespace === workload.namespace && matches(selector, labels);
      });
      const model = plan.models.find(({ role }) => workload.id === `serving/${workload.kind}/${role}`);
      const copies = model?.replicas.maximum ?? workload.replicas ?? 1;
      if (copies > 1 && !budget) yield [workload.id, 'has no disruption budget'];
      if (budget && field(budget, 'spec', 'maxUnavailable') !== 1) yield [workload.id, 'may lose several pods at once'];
      if (copies > 1 && !workload.templates[0]?.spec.topologySpreadConstraints?.length)
        yield [workload.id, 'is not spread'];
    }
  },
  *'an autoscaler has a target with a scale, alone owns its replicas, and stays inside the pool'({
    plan,
    objects,
    workloads,
  }) {
    for (const scaler of ofKind(objects, 'ScaledObject')) {
      const id = `${scaler.metadata.namespace}/ScaledObject/${scaler.metadata.name}`;
      const spec = field(scaler, 'spec') as ScaledObjectSpec;
      const target = workloads.find(
        (each) => each.kind === spec.scaleTargetRef.kind && each.name === spec.scaleTargetRef.name,
      );
      if (!target || !longRunning(target)) yield [id, 'has no target with a scale subresource'];
      if (target?.replicas !== undefined) yield [id, 'shares its replicas with the manifest'];
      const model = plan.models.find(({ role }) => role === spec.scaleTargetRef.name);
      const pool = plan.platform.nodePools.find((each) => each.id === model?.nodePool);
      if (!model || !pool) continue;
      const waits = plan.requirements.throughput.pattern !== 'batch';
      if (plan.platform.environment === 'prod' && waits && spec.minReplicaCount < 1) yield [id, 'sleeps in production'];
      if (spec.minReplicaCount === 0 && spec.triggers.length < 2) yield [id, 'never wakes: the series is gone at zero'];
      if (spec.maxReplicaCount !== model.replicas.maximum) yield [id, 'has another most than the plan'];
      const together = plan.models
        .filter((each) => each.nodePool === pool.id)
        .reduce((sum, each) => sum + each.gpusPerReplica * each.replicas.maximum, 0);
      if (pool.gpusPerNode > 0 && together > pool.gpuLimit)
        yield [id, `${together} GPUs of ${pool.gpuLimit} in ${pool.id}`];
      if (spec.cooldownPeriod < model.loadSeconds) yield [id, 'cools down faster than a replica loads'];
      if (!spec.fallback) yield [id, 'has nothing to fall back to'];
    }
  },
  *'every metric exists in the version that runs'({ plan, objects }) {
    const known = new Set(plan.models.flatMap(({ server }) => Object.values(metricsOf(server))));
    const queries = [
      ...ofKind(objects, 'ScaledObject').flatMap((each) =>
        (field(each, 'spec', 'triggers') as ScaledObjectSpec['triggers']).map(({ metadata }) => metadata.query ?? ''),
      ),
      ...plan.alerts.map((alert) => alert.expression),
    ];
    for (const query of queries) {
      for (const [name] of query.matchAll(/\bvllm:\w+/g)) {
        const bare = name.replace(/_(bucket|count|sum)$/, '');
        if (name in retiredVllmMetrics || bare in retiredVllmMetrics) yield ['metrics', `${name} is gone`];
        else if (!known.has(name) && !known.has(bare)) yield ['metrics', `${name} is in no table`];
      }
    }
  },
  *'no secret is in a manifest'({ objects, workloads }) {
    for (const secret of ofKind(objects, 'Secret')) yield [secret.metadata.name, 'is written out'];
    for (const { id, templates } of workloads) {
      for (const container of templates.flatMap(allContainers)) {
        for (const { name, value } of container.env ?? []) {
          if (value && /(_KEY|TOKEN|PASSWORD|SECRET)$/.test(name)) yield [id, `${name} is written out`];
        }
      }
    }
  },
  *'what a pod names exists'({ objects, workloads }) {
    const exists = new Set([
      ...given,
      ...objects.map(({ kind, metadata }) => `${kind === 'ExternalSecret' ? 'Secret' : kind}/${metadata.name}`),
    ]);
    for (const { id, templates } of workloads) {
      for (const template of templates) {
        for (const reference of references(template)) if (!exists.has(reference)) yield [id, `${reference} is nowhere`];
      }
    }
  },
  *'a service finds pods and their port'({ objects, workloads }) {
    for (const service of ofKind(objects, 'Service')) {
      const selector = field(service, 'spec', 'selector') as Record<string, string>;
      const templates = workloads
        .filter(({ namespace }) => namespace === service.metadata.namespace)
        .flatMap((each) => each.templates)
        .filter(({ metadata }) => matches(selector, metadata.labels));
      const named = new Set(
        templates.flatMap(({ spec }) => spec.containers.flatMap((each) => each.ports ?? [])).map(({ name }) => name),
      );
      for (const { targetPort } of field(service, 'spec', 'ports') as { targetPort: string }[]) {
        if (!named.has(targetPort)) yield [service.metadata.name, `no pod has a port ${targetPort}`];
      }
    }
  },
  *'GPU pods stand in their pool and pass its taint'({ plan, workloads }) {
    for (const model of plan.models.filter(({ gpusPerReplica }) => gpusPerReplica > 0)) {
      for (const { id, templates } of workloads.filter((each) => each.id === `serving/${each.kind}/${model.role}`)) {
        for (const { spec } of templates) {
          if (spec.nodeSelector?.[nodes.poolLabel] !== model.nodePool) yield [id, 'may stand in any pool'];
          if (!spec.tolerations?.some(({ key }) => key === nodes.gpuTaint)) yield [id, 'does not pass the taint'];
          const asked = spec.containers.reduce((sum, each) => sum + gpus(each), 0);
          if (asked * model.nodesPerReplica !== model.gpusPerReplica) yield [id, `asks for ${asked} GPUs a pod`];
        }
      }
    }
  },
  *'a pool has every machine type of the plan to fall back to, two at least or the reason why not, and a limit'({
    plan,
    objects,
  }) {
    for (const pool of ofKind(objects, 'NodePool')) {
      const row = plan.platform.nodePools.find(({ id }) => id === pool.metadata.name);
      const planned = row?.instanceTypes ?? [];
      const requirements = field(pool, 'spec', 'template', 'spec', 'requirements') as {
        key: string;
        values: string[];
      }[];
      const types = requirements.find(({ key }) => key === 'node.kubernetes.io/instance-type')?.values ?? [];
      const missing = planned.filter((type) => !types.includes(type));
      if (missing.length > 0) yield [pool.metadata.name, `has only ${types.join()}`];
      if (types.length < 2 && row?.oneTypeBecause === undefined) yield [pool.metadata.name, 'has one machine type'];
      if (!field(pool, 'spec', 'limits')) yield [pool.metadata.name, 'has no limit'];
    }
  },
  *'who puts models to sleep may change the replicas of those whose machines sleep, and nothing else'({
    plan,
    objects,
  }) {
    const asleep = sleepingModels(plan).map(({ role }) => role);
    const rows = ofKind(objects, 'Role').flatMap((role) => field(role, 'rules') as PolicyRow[]);
    for (const { resources, resourceNames = [], verbs } of rows) {
      const strangers = resourceNames.filter((name) => !asleep.includes(name));
      if (resourceNames.length === 0 || strangers.length > 0) yield ['sleep', `changes ${strangers.join() || 'any'}`];
      if (verbs.some((verb) => verb !== 'get' && verb !== 'patch')) yield ['sleep', `may ${verbs.join()} ${resources}`];
    }
    for (const name of asleep) {
      const changed = rows.some(
        ({ resourceNames = [], verbs }) => resourceNames.includes(name) && verbs.includes('patch'),
      );
      if (!changed) yield ['sleep', `leaves ${name} awake`];
    }
    for (const binding of ofKind(objects, 'RoleBinding')) {
      const subjects = field(binding, 'subjects') as { kind: string; name: string }[];
      if (subjects.some(({ kind, name }) => kind !== 'Group' || name !== sleepGroup)) yield ['sleep', 'admits others'];
    }
  },
  *'a namespace is under the restricted level, or is the observability one'({ objects }) {
    for (const { metadata } of ofKind(objects, 'Namespace')) {
      const level = metadata.labels?.['pod-security.kubernetes.io/enforce'];
      if (level !== 'restricted' && metadata.name !== 'observability') yield [metadata.name, `enforces ${level}`];
    }
  },
};

interface PolicyRow {
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface ScaledObjectSpec {
  readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
  readonly cooldownPeriod: number;
  readonly fallback?: unknown;
  readonly triggers: readonly { readonly metadata: Readonly<Record<string, string>> }[];
}

function metricsOf(server: string): Readonly<Record<string, string>> {
  return Object.entries(modelServers).find(([id]) => id === server)?.[1].metrics ?? {};
}

/** Objects a pod refers to by name. */
function references(template: PodTemplate): readonly string[] {
  const { spec } = template;
  const env = allContainers(template).flatMap((container) => container.env ?? []);
  const optional = (each: { optional?: boolean } | undefined) => each?.optional === true;
  return [
    ...(spec.serviceAccountName ? [`ServiceAccount/${spec.serviceAccountName}`] : []),
    ...(spec.priorityClassName ? [`PriorityClass/${spec.priorityClassName}`] : []),
    ...(spec.volumes ?? []).flatMap((volume) => [
      ...(volume.configMap ? [`ConfigMap/${volume.configMap.name}`] : []),
      ...(volume.secret ? [`Secret/${volume.secret.secretName}`] : []),
    ]),
    ...env.flatMap(({ valueFrom }) => [
      ...(valueFrom?.configMapKeyRef && !optional(valueFrom.configMapKeyRef)
        ? [`ConfigMap/${valueFrom.configMapKeyRef.name}`]
        : []),
      ...(valueFrom?.secretKeyRef && !optional(valueFrom.secretKeyRef)
        ? [`Secret/${valueFrom.secretKeyRef.name}`]
        : []),
    ]),
  ];
}

export const ruleIds = Object.keys(rules);

/** Every rule on every object; empty where the manifests keep them all. Each rule guards a trap seen in real output. */
export function kubernetesViolations(
  charts: ReadonlyMap<string, readonly KubernetesObject[]>,
  plan: Plan,
): readonly Violation[] {
  const objects = [...charts.values()].flat();
  const context: Context = { plan, objects, workloads: workloadsOf(objects) };
  return Object.entries(rules).flatMap(([rule, check]) =>
    [...check(context)].map(([object, message]) => ({ rule, object, message })),
  );
}

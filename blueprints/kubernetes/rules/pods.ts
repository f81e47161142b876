import { endpoints } from '../names.ts';
import type { PodTemplate } from '../workload-view.ts';
import { allContainers, eachContainer, eachPod, gpus, longRunning, ofKind, type Rule, seconds } from './rule.ts';

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

/** What every pod keeps by itself: image, rights, sizes, probes, drain, and what it names. */
export const podRules: Readonly<Record<string, Rule>> = {
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
};

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

import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-34';
import type { NodePool, Plan } from '../../lib/plan/plan.ts';
import { isProduction, nodes, selector } from './names.ts';

export const quantity = (text: string) => k8s.Quantity.fromString(text);
export const port = (value: number | string) =>
  typeof value === 'number' ? k8s.IntOrString.fromNumber(value) : k8s.IntOrString.fromString(value);

/** Pod Security Standard «restricted», and an owner for volumes. */
export function podSecurity(user = 1000): k8s.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/**
 * @param writableRoot - true only where a runtime hook must write into the root file system of a GPU container
 */
export function containerSecurity(writableRoot = false): k8s.SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: !writableRoot,
    capabilities: { drop: ['ALL'] },
  };
}

/**
 * Over zones and over hosts. A preference where the pods of one replica must stand close together or no copy is
 * promised; in production a pod rather waits than shares a host with its copy.
 */
export function spread(plan: Plan, component: string, strictHosts = false): k8s.TopologySpreadConstraint[] {
  const labelSelector = { matchLabels: { ...selector(component) } };
  return [
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector,
      matchLabelKeys: ['pod-template-hash'],
    },
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: strictHosts && isProduction(plan) ? 'DoNotSchedule' : 'ScheduleAnyway',
      labelSelector,
      matchLabelKeys: ['pod-template-hash'],
    },
  ];
}

/** As `spread`, for pods of a kind without a template hash. */
export function spreadStateful(plan: Plan, component: string, strictHosts = false): k8s.TopologySpreadConstraint[] {
  return spread(plan, component, strictHosts).map(({ matchLabelKeys: _hash, ...constraint }) => constraint);
}

export function poolOf(plan: Plan, id: string): NodePool {
  const pool = plan.platform.nodePools.find((each) => each.id === id);
  if (!pool) throw new RangeError(`the plan has no node pool ${id}`);
  return pool;
}

/** Where pods of a pool may stand; a GPU pool is tainted. */
export function placement(pool: NodePool): Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations'> {
  return {
    nodeSelector: { [nodes.poolLabel]: pool.id },
    ...(pool.gpusPerNode > 0
      ? { tolerations: [{ key: nodes.gpuTaint, operator: 'Exists', effect: 'NoSchedule' }] }
      : {}),
  };
}

/** The pool for everything without a GPU, or undefined where the cluster has no pool of that name. */
export function generalPlacement(plan: Plan): Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations'> {
  const pool = plan.platform.nodePools.find((each) => each.id === 'general');
  return pool ? placement(pool) : {};
}

/** Memory as limit and request, processors as request alone: a throttled server misses its latency goal. */
export function resources(
  millicores: number,
  memory: string,
  extra: Readonly<Record<string, string>> = {},
): k8s.ResourceRequirements {
  const others = Object.fromEntries(Object.entries(extra).map(([key, value]) => [key, quantity(value)]));
  return {
    requests: { cpu: quantity(`${millicores}m`), memory: quantity(memory), ...others },
    limits: { memory: quantity(memory), ...others },
  };
}

export const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)}Mi`;
export const gibibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 30)}Gi`;

/** Name of a job with the sum of its pod: a job cannot be changed, so a changed one is another. */
export function jobName(name: string, spec: k8s.PodSpec): string {
  const sum = createHash('sha256')
    .update(JSON.stringify(k8s.toJson_PodSpec(spec)))
    .digest('hex');
  return `${name}-${sum.slice(0, 8)}`;
}

/** A directory in memory or on the node's disk, with a bound. */
export function scratch(name: string, sizeLimit: string, memory = false): k8s.Volume {
  return { name, emptyDir: { sizeLimit: quantity(sizeLimit), ...(memory ? { medium: 'Memory' } : {}) } };
}

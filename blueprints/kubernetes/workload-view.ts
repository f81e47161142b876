import type { KubernetesObject } from './index.ts';

interface Probe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

interface KeyReference {
  readonly name: string;
  readonly optional?: boolean;
}

/** What the rules read of a container; the schema has checked the rest. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly configMapKeyRef?: KeyReference; readonly secretKeyRef?: KeyReference };
  }[];
  readonly ports?: readonly { readonly name: string }[];
  readonly volumeMounts?: readonly { readonly name: string }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly privileged?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly securityContext?: {
      readonly runAsNonRoot?: boolean;
      readonly runAsUser?: number;
      readonly seccompProfile?: { readonly type: string };
    };
    readonly automountServiceAccountToken?: boolean;
    readonly serviceAccountName?: string;
    readonly priorityClassName?: string;
    readonly terminationGracePeriodSeconds?: number;
    readonly hostNetwork?: boolean;
    readonly hostPID?: boolean;
    readonly hostIPC?: boolean;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly tolerations?: readonly { readonly key?: string }[];
    readonly topologySpreadConstraints?: readonly unknown[];
    readonly volumes?: readonly {
      readonly name: string;
      readonly configMap?: { readonly name: string };
      readonly secret?: { readonly secretName: string };
    }[];
  };
}

/** An object that runs pods. */
export interface Workload {
  /** `serving/Deployment/chat`. */
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Absent where an autoscaler owns it. */
  readonly replicas?: number;
  readonly templates: readonly PodTemplate[];
  /** Names of the volumes a stateful set claims for each pod. */
  readonly volumeClaims: readonly string[];
}

/** A field by its path, or undefined where a step of it is missing. */
export function field(object: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    object,
  );
}

const templatePaths: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [['spec', 'template']],
  StatefulSet: [['spec', 'template']],
  Job: [['spec', 'template']],
  CronJob: [['spec', 'jobTemplate', 'spec', 'template']],
  LeaderWorkerSet: [
    ['spec', 'leaderWorkerTemplate', 'leaderTemplate'],
    ['spec', 'leaderWorkerTemplate', 'workerTemplate'],
  ],
};

/** Every object that runs pods, with its pod templates. */
export function workloadsOf(objects: readonly KubernetesObject[]): readonly Workload[] {
  return objects.flatMap((object) => {
    const paths = templatePaths[object.kind];
    if (!paths) return [];
    const { name, namespace = 'default' } = object.metadata;
    const replicas = field(object, 'spec', 'replicas');
    const claims = (field(object, 'spec', 'volumeClaimTemplates') ?? []) as readonly unknown[];
    return [
      {
        id: `${namespace}/${object.kind}/${name}`,
        kind: object.kind,
        name,
        namespace,
        ...(typeof replicas === 'number' ? { replicas } : {}),
        templates: paths.map((path) => field(object, ...path) as PodTemplate),
        volumeClaims: claims.flatMap((claim) => field(claim, 'metadata', 'name') as string),
      },
    ];
  });
}

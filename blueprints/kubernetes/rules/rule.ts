import type { Plan } from '../../../lib/plan/plan.ts';
import type { KubernetesObject } from '../index.ts';
import type { Container, PodTemplate, Workload } from '../workload-view.ts';

/** A rule the manifests must keep, by the trap it guards against. */
export interface Violation {
  readonly rule: string;
  readonly object: string;
  readonly message: string;
}

/** What a rule looks at: what was promised, and what was generated. */
export interface Context {
  readonly plan: Plan;
  readonly objects: readonly KubernetesObject[];
  readonly workloads: readonly Workload[];
}

export type Rule = (context: Context) => Iterable<readonly [object: string, message: string]>;

export const allContainers = ({ spec }: PodTemplate): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];
export const matches = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
export const ofKind = (objects: readonly KubernetesObject[], kind: string) =>
  objects.filter((each) => each.kind === kind);

export function* eachPod({ workloads }: Context) {
  for (const workload of workloads)
    for (const template of workload.templates) yield { workload, template, id: workload.id };
}

export function* eachContainer(context: Context) {
  for (const pod of eachPod(context)) for (const container of allContainers(pod.template)) yield { ...pod, container };
}

export const longRunning = ({ kind }: Workload) => ['Deployment', 'StatefulSet', 'LeaderWorkerSet'].includes(kind);
export const gpus = (container: Container) => Number(container.resources?.limits?.['nvidia.com/gpu'] ?? 0);
export const seconds = (args: readonly string[], flag: string) =>
  Number(args.find((each) => each.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? 0);

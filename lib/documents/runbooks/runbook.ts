import type { Plan, ServedModel } from '../../plan/plan.ts';
import { servingObject, workloads } from '../../plan/workloads.ts';

export interface Step {
  readonly text: string;
  readonly command?: string;
  /** What a healthy answer looks like. */
  readonly expect?: string;
}

/** One page that an alert links to: what somebody who was woken does, in order. */
export interface Runbook {
  readonly title: string;
  /** What it looks like from outside, and what hurts. */
  readonly symptoms: readonly string[];
  readonly firstMinutes: readonly Step[];
  readonly decisions: readonly { readonly when: string; readonly act: string }[];
  readonly verify: readonly Step[];
  readonly afterwards: readonly string[];
}

export type WriteRunbook = (plan: Plan) => Runbook;

/** `kubectl -n serving get pods`. */
export function kubectl(namespace: keyof typeof workloads.namespaces, command: string): string {
  return `kubectl -n ${workloads.namespaces[namespace]} ${command}`;
}

/** Every model's object, as kubectl takes them: `deployment/chat deployment/embedding`. */
export function servingObjects(plan: Plan): string {
  return plan.models.map(servingObject).join(' ');
}

export const podsOf = (role: string) => `-l app.kubernetes.io/name=${role}`;

/** The model users wait for. */
export function firstModel(plan: Plan): Plan['models'][number] | undefined {
  return plan.models.find(({ role }) => role === 'chat') ?? plan.models[0];
}

/** Revisions of what runs a model; a group of machines keeps its own, which `kubectl rollout` does not know. */
export function revisions(model: ServedModel): string {
  return model.nodesPerReplica > 1
    ? kubectl('serving', 'get controllerrevisions --sort-by=.revision')
    : kubectl('serving', `rollout history ${servingObject(model)}`);
}

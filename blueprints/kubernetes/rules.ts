import type { Plan } from '../../lib/plan/plan.ts';
import type { KubernetesObject } from './index.ts';
import { podRules } from './rules/pods.ts';
import type { Context, Violation } from './rules/rule.ts';
import { scalingRules } from './rules/scaling.ts';
import { trafficRules } from './rules/traffic.ts';
import { workloadsOf } from './workload-view.ts';

const rules = { ...podRules, ...trafficRules, ...scalingRules };

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

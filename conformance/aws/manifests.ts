import type { KubernetesObject } from '../../blueprints/clouds/aws/nag/world.ts';
import { kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';

/** The objects of every chart of a plan. */
export async function manifestsOf(plan: Plan): Promise<readonly KubernetesObject[]> {
  const charts = await kubernetesObjects(plan);
  return JSON.parse(JSON.stringify([...charts.values()].flat())) as KubernetesObject[];
}

import type { KubernetesObject } from '../../blueprints/clouds/aws/nag/world.ts';
import type { Plan } from '../../lib/plan/plan.ts';

/** The objects of every chart of a plan. */
export async function manifestsOf(_plan: Plan): Promise<readonly KubernetesObject[]> {
  return [];
}

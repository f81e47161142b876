import type { Plan } from '../lib/plan/plan.ts';

/**
 * Adds what the emitters know: which decision led to which resource and flag. They are loaded here and not with the
 * planner, since a plan is made far more often than it is emitted.
 */
export async function withEmitterLinks(plan: Plan): Promise<Plan> {
  const { kubernetesLinks } = await import('./kubernetes/index.ts');
  const cloud = plan.platform.cloud === 'aws' ? (await import('./clouds/aws/links.ts')).awsLinks(plan) : [];
  return { ...plan, links: [...plan.links, ...cloud, ...(await kubernetesLinks(plan))] };
}

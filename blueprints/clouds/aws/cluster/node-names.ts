import type { Plan } from '../../../../lib/plan/plan.ts';

/** Instance profile of Karpenter's nodes: made by the stack, so that Karpenter needs no permission on IAM. */
export function nodeProfileName(plan: Plan): string {
  return `${plan.name}-${plan.platform.region}-node`;
}

/** Role of the nodes EKS Auto Mode starts; a node class names it. */
export function autoModeRoleName(plan: Plan): string {
  return `${plan.name}-${plan.platform.region}-auto-node`;
}

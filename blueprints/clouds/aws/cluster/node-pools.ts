import type { NodePool, Plan } from '../../../../lib/plan/plan.ts';

/** Pools raised as managed node groups: all of them, or under Karpenter only the one Karpenter itself runs on. */
export function managedPools(plan: Plan): readonly NodePool[] {
  switch (plan.platform.provisioning) {
    case 'managed-node-groups':
      return plan.platform.nodePools;
    case 'karpenter':
      return plan.platform.nodePools.filter((pool) => pool.gpuId === undefined);
    case 'auto-mode':
    case 'existing':
      return [];
  }
}

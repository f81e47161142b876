import type { Plan } from '../../../../lib/plan/plan.ts';

/** A customer-managed key a class of data (P14): who may read one class says nothing of the others. */
export type DataClass = 'cluster' | 'models' | 'corpus' | 'audit' | 'operations' | 'secrets';

/** Name under which everything outside the stacks finds a key. */
export function keyAlias(name: string, dataClass: DataClass): string {
  return `alias/${name}/${dataClass}`;
}

/**
 * Key of every volume the cluster makes: of nodes and of claims. EC2 takes an alias as well as an ARN; the build that
 * applies manifests puts the ARN in its place.
 */
export function volumeKey(plan: Plan): string {
  return plan.platform.existing.kmsKeyArn ?? keyAlias(plan.name, 'cluster');
}

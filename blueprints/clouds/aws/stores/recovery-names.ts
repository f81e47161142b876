import { Aws } from 'aws-cdk-lib';
import type { Plan } from '../../../../lib/plan/plan.ts';

/** Buckets with a copy in the recovery region: model artifacts, documents. */
export type CopiedBucket = 'mdl' | 'doc';

/** A reference cannot cross regions, so a copy's name is computed on both sides; 63 characters at most. */
export function copyBucketName(plan: Plan, kind: CopiedBucket): string {
  return `${plan.name}-${kind}-${Aws.ACCOUNT_ID}-${plan.platform.recoveryRegion}`;
}

export function recoveryAlias(plan: Plan): string {
  return `alias/${plan.name}/recovery`;
}

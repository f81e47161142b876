import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { privateBucket } from '../private-bucket.ts';

interface BucketContext {
  readonly keyArn: string;
  readonly accessLogs: string;
}

/** P3: a revision once mirrored is not changed. A regime asks for write-once objects. */
export function addModelBucket(scope: Construct, plan: Plan, context: BucketContext): CfnBucket {
  return privateBucket(scope, 'Models', {
    keyArn: context.keyArn,
    accessLogs: { bucketName: context.accessLogs, prefix: 'models/' },
    objectLock: plan.compliance.frameworks.length > 0 ? { mode: 'GOVERNANCE', days: 30 } : undefined,
    lifecycleRules: [
      {
        // The previous revision has its own prefix and stays runnable; only overwritten versions of one object expire.
        id: 'expire-overwritten',
        status: 'Enabled',
        noncurrentVersionExpiration: { noncurrentDays: 90 },
      },
    ],
  });
}

export function addCorpusBucket(scope: Construct, plan: Plan, context: BucketContext): CfnBucket {
  return privateBucket(scope, 'Corpus', {
    keyArn: context.keyArn,
    accessLogs: { bucketName: context.accessLogs, prefix: 'corpus/' },
    lifecycleRules: [
      {
        id: 'expire-overwritten',
        status: 'Enabled',
        noncurrentVersionExpiration: { noncurrentDays: Math.max(7, plan.vectorStore?.backup.retentionDays ?? 30) },
      },
    ],
  });
}

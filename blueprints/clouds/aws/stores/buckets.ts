import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { privateBucket } from '../private-bucket.ts';
import { addReplication } from './replication.ts';

interface BucketContext {
  readonly keyArn: string;
  readonly accessLogs: string;
}

/** P3: a regime asks that a mirrored revision cannot be deleted for a while, not even by mistake. */
export function modelObjectLock(plan: Plan): { mode: 'GOVERNANCE'; days: number } | undefined {
  return plan.compliance.frameworks.length > 0 ? { mode: 'GOVERNANCE', days: 30 } : undefined;
}

/** Model artifacts: each revision under its own prefix, so the previous one stays runnable. */
export function addModelBucket(scope: Construct, plan: Plan, context: BucketContext): CfnBucket {
  const bucket = privateBucket(scope, 'Models', {
    keyArn: context.keyArn,
    accessLogs: { bucketName: context.accessLogs, prefix: 'models/' },
    objectLock: modelObjectLock(plan),
    lifecycleRules: [
      { id: 'expire-overwritten', status: 'Enabled', noncurrentVersionExpiration: { noncurrentDays: 90 } },
    ],
  });
  addReplication(scope, plan, { id: 'Models', kind: 'mdl', bucket, keyArn: context.keyArn });
  return bucket;
}

/** Documents of the corpus; an upload announces itself in the ingestion queue. */
export function addCorpusBucket(
  scope: Construct,
  plan: Plan,
  context: BucketContext & { readonly uploads: CfnQueue },
): CfnBucket {
  const bucket = privateBucket(scope, 'Corpus', {
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
  bucket.notificationConfiguration = {
    queueConfigurations: [{ event: 's3:ObjectCreated:*', queue: context.uploads.attrArn }],
  };
  const queuePolicy = scope.node.tryFindChild('IngestionPolicy');
  if (queuePolicy) bucket.node.addDependency(queuePolicy);
  addReplication(scope, plan, { id: 'Corpus', kind: 'doc', bucket, keyArn: context.keyArn });
  return bucket;
}

/** P15: snapshots of a store in the cluster; write-once where a regime asks. */
export function addBackupBucket(scope: Construct, plan: Plan, context: BucketContext): CfnBucket {
  const days = Math.max(7, plan.vectorStore?.backup.retentionDays ?? 30);
  return privateBucket(scope, 'Backups', {
    keyArn: context.keyArn,
    accessLogs: { bucketName: context.accessLogs, prefix: 'backups/' },
    objectLock: plan.compliance.frameworks.length > 0 ? { mode: 'GOVERNANCE', days: 7 } : undefined,
    lifecycleRules: [
      {
        id: 'expire',
        status: 'Enabled',
        expirationInDays: days,
        noncurrentVersionExpiration: { noncurrentDays: 1 },
      },
    ],
  });
}

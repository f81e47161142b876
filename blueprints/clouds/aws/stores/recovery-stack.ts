import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, sameAccount } from '../iam.ts';
import { PlatformStack } from '../platform-stack.ts';
import { privateBucket } from '../private-bucket.ts';
import { customerKey } from '../security/customer-key.ts';
import { modelObjectLock } from './buckets.ts';
import { type CopiedBucket, copyBucketName, recoveryAlias } from './recovery-names.ts';

/** P15, P21: what waits in the recovery region: copies of artifacts and documents, and a vault for backups. */
export class RecoveryStack extends PlatformStack {
  constructor(scope: Construct, id: string, plan: Plan, region: string) {
    super(scope, id, plan, `Copies of ${plan.name} in the recovery region`, region);
    const key = customerKey(this, 'RecoveryKey', {
      description: `${plan.name}: copies in the recovery region`,
      aliasName: recoveryAlias(plan),
    });
    const logs = privateBucket(this, 'RecoveryAccessLogs', {
      keyArn: key.attrArn,
      encryption: 'AES256',
      lifecycleRules: [{ id: 'expire', status: 'Enabled', expirationInDays: plan.audit.logRetentionDays }],
      statements: (bucketArn) => [
        {
          ...allow(['s3:PutObject'], [`${bucketArn}/*`], sameAccount),
          Sid: 'ServerAccessLogs',
          Principal: { Service: 'logging.s3.amazonaws.com' },
        },
      ],
    });
    const copies: readonly (readonly [string, CopiedBucket])[] = [
      ['ModelsCopy', 'mdl'],
      ...(plan.retrieval ? [['CorpusCopy', 'doc'] as const] : []),
    ];
    for (const [copyId, kind] of copies) {
      privateBucket(this, copyId, {
        bucketName: copyBucketName(plan, kind),
        keyArn: key.attrArn,
        accessLogs: { bucketName: logs.ref, prefix: `${kind}/` },
        objectLock: kind === 'mdl' ? modelObjectLock(plan) : undefined,
      });
    }
    const vault = new CfnBackupVault(this, 'BackupVault', {
      backupVaultName: plan.name,
      encryptionKeyArn: key.attrArn,
    });
    vault.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}

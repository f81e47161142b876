import { Aws } from 'aws-cdk-lib';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, grant, sameAccount, serviceRole } from '../iam.ts';
import { type CopiedBucket, copyBucketName, recoveryAlias } from './recovery-names.ts';

/** P15: every object is copied to the recovery region and encrypted there with the key of that region. */
export function addReplication(
  scope: Construct,
  plan: Plan,
  props: { readonly id: string; readonly kind: CopiedBucket; readonly bucket: CfnBucket; readonly keyArn: string },
): void {
  const region = plan.platform.recoveryRegion;
  if (!region) return;
  const { id, bucket } = props;
  const copyArn = `arn:${Aws.PARTITION}:s3:::${copyBucketName(plan, props.kind)}`;
  const aliasArn = arn('kms', recoveryAlias(plan), { region });
  const role = serviceRole(scope, `${id}ReplicationRole`, {
    description: `Copies objects to ${region}`,
    service: 's3.amazonaws.com',
    assumeConditions: sameAccount,
  });
  bucket.replicationConfiguration = {
    role: role.attrArn,
    rules: [
      {
        id: 'to-recovery-region',
        status: 'Enabled',
        priority: 1,
        filter: { prefix: '' },
        deleteMarkerReplication: { status: 'Enabled' },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
        destination: {
          bucket: copyArn,
          storageClass: 'STANDARD_IA',
          encryptionConfiguration: { replicaKmsKeyId: aliasArn },
        },
      },
    ],
  };
  grant(scope, `${id}ReplicationRole`, role, `Copies objects to ${region}`, [
    allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], [bucket.attrArn]),
    allow(
      [
        's3:GetObjectVersionForReplication',
        's3:GetObjectVersionAcl',
        's3:GetObjectVersionTagging',
        's3:GetObjectRetention',
        's3:GetObjectLegalHold',
      ],
      [`${bucket.attrArn}/*`],
    ),
    allow(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], [`${copyArn}/*`]),
    allow(['kms:Decrypt'], [props.keyArn]),
    // The key's id is not known here; its alias is.
    allow(['kms:Encrypt', 'kms:GenerateDataKey'], [arn('kms', 'key/*', { region })], {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': recoveryAlias(plan) },
    }),
  ]);
}

import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { policyDocument, type Statement } from './iam.ts';

export interface PrivateBucketProps {
  readonly keyArn: string;
  /** Server access logs go here. Absent only on the access-log bucket itself. */
  readonly accessLogs?: { readonly bucketName: string; readonly prefix: string };
  readonly bucketName?: string;
  /** Write-once: nobody, root included, deletes or changes an object version before its days are over. */
  readonly objectLock?: { readonly mode: 'COMPLIANCE' | 'GOVERNANCE'; readonly days: number };
  readonly lifecycleRules?: readonly CfnBucket.RuleProperty[];
  readonly replication?: CfnBucket.ReplicationConfigurationProperty;
  readonly statements?: (bucketArn: string) => readonly Statement[];
  /** Server access logs are delivered only to buckets encrypted with S3's own key. @default 'aws:kms' */
  readonly encryption?: 'aws:kms' | 'AES256';
}

/** A bucket as every one here is: versioned, encrypted, TLS only, no public access, kept when the stack goes. */
export function privateBucket(scope: Construct, id: string, props: PrivateBucketProps): CfnBucket {
  const kms = (props.encryption ?? 'aws:kms') === 'aws:kms';
  const bucket = new CfnBucket(scope, id, {
    bucketName: props.bucketName,
    bucketEncryption: {
      serverSideEncryptionConfiguration: [
        {
          bucketKeyEnabled: kms ? true : undefined,
          serverSideEncryptionByDefault: kms
            ? { sseAlgorithm: 'aws:kms', kmsMasterKeyId: props.keyArn }
            : { sseAlgorithm: 'AES256' },
        },
      ],
    },
    versioningConfiguration: { status: 'Enabled' },
    publicAccessBlockConfiguration: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
    loggingConfiguration: props.accessLogs
      ? { destinationBucketName: props.accessLogs.bucketName, logFilePrefix: props.accessLogs.prefix }
      : undefined,
    objectLockEnabled: props.objectLock ? true : undefined,
    objectLockConfiguration: props.objectLock
      ? {
          objectLockEnabled: 'Enabled',
          rule: { defaultRetention: { mode: props.objectLock.mode, days: props.objectLock.days } },
        }
      : undefined,
    lifecycleConfiguration: {
      rules: [
        { id: 'abort-uploads', status: 'Enabled', abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
        ...(props.lifecycleRules ?? []),
      ],
    },
    replicationConfiguration: props.replication,
  });
  bucket.applyRemovalPolicy(RemovalPolicy.RETAIN);
  new CfnBucketPolicy(scope, `${id}Policy`, {
    bucket: bucket.ref,
    policyDocument: policyDocument([
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [bucket.attrArn, `${bucket.attrArn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Sid: 'ModernTlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [bucket.attrArn, `${bucket.attrArn}/*`],
        Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } },
      },
      ...(props.statements?.(bucket.attrArn) ?? []),
    ]),
  });
  return bucket;
}

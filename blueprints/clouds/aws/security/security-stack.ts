import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow } from '../iam.ts';
import { PlatformStack } from '../platform-stack.ts';
import { privateBucket } from '../private-bucket.ts';
import { addDetection } from './detection.ts';
import { addEntryProtection } from './entry.ts';
import { type KeyRing, keyRing } from './keys.ts';

/** What everything else stands on: keys, the bucket that logs who read the other buckets, detection. */
export class SecurityStack extends PlatformStack {
  readonly keys: KeyRing;
  readonly accessLogs: CfnBucket;

  constructor(scope: Construct, id: string, plan: Plan) {
    super(scope, id, plan, `Keys, access logs and threat detection of ${plan.name}`);
    this.keys = keyRing(this, plan);
    this.accessLogs = privateBucket(this, 'AccessLogs', {
      keyArn: this.keys.operations,
      encryption: 'AES256',
      lifecycleRules: [
        {
          id: 'expire',
          status: 'Enabled',
          expirationInDays: Math.max(plan.audit.retentionDays, plan.audit.logRetentionDays),
          noncurrentVersionExpiration: { noncurrentDays: 30 },
        },
      ],
      statements: (bucketArn) => [
        {
          Sid: 'ServerAccessLogs',
          ...allow(['s3:PutObject'], [`${bucketArn}/*`], {
            StringEquals: { 'aws:SourceAccount': this.account },
          }),
          Principal: { Service: 'logging.s3.amazonaws.com' },
        },
      ],
    });
    addEntryProtection(this, plan, { keyArn: this.keys.operations });
    addDetection(this, plan, { keyArn: this.keys.audit, accessLogs: this.accessLogs.ref });
  }
}

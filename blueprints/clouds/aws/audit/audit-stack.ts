import { Aws } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, serviceRole } from '../iam.ts';
import { encryptedLogGroup } from '../log-group.ts';
import { PlatformStack } from '../platform-stack.ts';
import { privateBucket } from '../private-bucket.ts';
import type { KeyRing } from '../security/keys.ts';
import type { DataStore } from '../stores/data-context.ts';
import { addInsightsQueries } from './insights-queries.ts';
import { addPromptLog } from './prompt-log.ts';

/** P13: who did what in the account, who read which object, what was asked and answered. */
export class AuditStack extends PlatformStack {
  /** Stream the gateway writes prompts to; absent where the prompt log is off. */
  readonly promptStream: CfnDeliveryStream | undefined;

  constructor(
    scope: Construct,
    id: string,
    plan: Plan,
    props: {
      readonly keys: KeyRing;
      readonly accessLogs: string;
      readonly watched: readonly CfnBucket[];
      /** A store whose searches and writes are recorded, too. */
      readonly store?: DataStore['audited'];
    },
  ) {
    super(scope, id, plan, `Audit trails of ${plan.name}`);
    const promptLog = plan.audit.promptLog
      ? addPromptLog(this, plan, {
          auditKeyArn: props.keys.audit,
          operationsKeyArn: props.keys.operations,
          accessLogs: props.accessLogs,
        })
      : undefined;
    this.promptStream = promptLog?.stream;
    const watched = [...props.watched, ...(promptLog ? [promptLog.bucket] : [])];
    this.trail(props.keys, props.accessLogs, watched, props.store);
    addInsightsQueries(this, plan);
  }

  private trail(keys: KeyRing, accessLogs: string, watched: readonly CfnBucket[], store: DataStore['audited']): void {
    const { plan } = this;
    const trailArn = arn('cloudtrail', `trail/${plan.name}`);
    const onlyOurTrail = { StringEquals: { 'aws:SourceArn': trailArn } };
    const bucket = privateBucket(this, 'Trail', {
      keyArn: keys.audit,
      accessLogs: { bucketName: accessLogs, prefix: 'trail/' },
      objectLock: plan.audit.writeOnce ? { mode: 'COMPLIANCE', days: plan.audit.retentionDays } : undefined,
      statements: (bucketArn) => [
        {
          ...allow(['s3:GetBucketAcl'], [bucketArn], onlyOurTrail),
          Principal: { Service: 'cloudtrail.amazonaws.com' },
        },
        {
          ...allow(['s3:PutObject'], [`${bucketArn}/AWSLogs/${Aws.ACCOUNT_ID}/*`], onlyOurTrail),
          Principal: { Service: 'cloudtrail.amazonaws.com' },
        },
      ],
    });
    const group = encryptedLogGroup(this, 'TrailLogs', {
      name: `/groundplan/${plan.name}/trail`,
      keyArn: keys.operations,
      days: plan.audit.logRetentionDays,
    });
    const role = serviceRole(this, 'TrailRole', {
      description: 'Writes trail events to CloudWatch',
      service: 'cloudtrail.amazonaws.com',
      assumeConditions: onlyOurTrail,
      statements: [
        allow(
          ['logs:CreateLogStream', 'logs:PutLogEvents'],
          [arn('logs', `log-group:/groundplan/${plan.name}/trail:log-stream:*`)],
        ),
      ],
    });
    const trail = new CfnTrail(this, 'AccountTrail', {
      trailName: plan.name,
      s3BucketName: bucket.ref,
      kmsKeyId: keys.audit,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      cloudWatchLogsLogGroupArn: group.attrArn,
      cloudWatchLogsRoleArn: role.attrArn,
      advancedEventSelectors: [
        {
          name: 'management events',
          fieldSelectors: [{ field: 'eventCategory', equalTo: ['Management'] }],
        },
        {
          name: 'who read or wrote models, corpus and logs',
          fieldSelectors: [
            { field: 'eventCategory', equalTo: ['Data'] },
            { field: 'resources.type', equalTo: ['AWS::S3::Object'] },
            { field: 'resources.ARN', startsWith: [...watched, bucket].map((target) => `${target.attrArn}/`) },
          ],
        },
        ...(store
          ? [
              {
                name: 'who searched or wrote vectors',
                fieldSelectors: [
                  { field: 'eventCategory', equalTo: ['Data'] },
                  { field: 'resources.type', equalTo: [store.type] },
                  { field: 'resources.ARN', equalTo: [store.arn] },
                ],
              },
            ]
          : []),
      ],
    });
    // CloudTrail tries both before it accepts a trail.
    for (const id of ['TrailPolicy', 'TrailRolePolicy']) trail.node.addDependency(this.node.findChild(id));
  }
}

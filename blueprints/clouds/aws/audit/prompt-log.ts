import { Aws } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { CfnLogStream } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, encryptWith, sameAccount, serviceRole } from '../iam.ts';
import { encryptedLogGroup } from '../log-group.ts';
import { privateBucket } from '../private-bucket.ts';
import { auditQueries, databaseName, promptLogColumns } from './queries.ts';

export interface PromptLog {
  readonly bucket: CfnBucket;
  readonly stream: CfnDeliveryStream;
}

/** P13: gateway → stream → write-once bucket, queryable by the questions an auditor asks. */
export function addPromptLog(
  scope: Construct,
  plan: Plan,
  props: { readonly auditKeyArn: string; readonly operationsKeyArn: string; readonly accessLogs: string },
): PromptLog {
  const days = plan.audit.retentionDays;
  const bucket = privateBucket(scope, 'PromptLog', {
    keyArn: props.auditKeyArn,
    accessLogs: { bucketName: props.accessLogs, prefix: 'prompt-log/' },
    objectLock: plan.audit.writeOnce ? { mode: 'COMPLIANCE', days } : undefined,
    lifecycleRules: [
      {
        id: 'retention',
        status: 'Enabled',
        transitions: days > 120 ? [{ storageClass: 'GLACIER_IR', transitionInDays: 90 }] : undefined,
        expirationInDays: days + 1,
        noncurrentVersionExpiration: { noncurrentDays: 1 },
      },
    ],
  });
  const logs = encryptedLogGroup(scope, 'PromptStreamLogs', {
    name: `/groundplan/${plan.name}/prompt-stream`,
    keyArn: props.operationsKeyArn,
    days: plan.audit.logRetentionDays,
  });
  const logStream = new CfnLogStream(scope, 'PromptStreamErrors', { logGroupName: logs.ref, logStreamName: 'errors' });
  const role = serviceRole(scope, 'PromptStreamRole', {
    description: 'Delivers the prompt log to its bucket',
    service: 'firehose.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [
      allow(
        ['s3:AbortMultipartUpload', 's3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        [bucket.attrArn],
      ),
      allow(['s3:PutObject'], [`${bucket.attrArn}/prompts/*`, `${bucket.attrArn}/failed/*`]),
      encryptWith(props.auditKeyArn),
      allow(['logs:PutLogEvents'], [arn('logs', `log-group:/groundplan/${plan.name}/prompt-stream:log-stream:errors`)]),
    ],
  });
  const stream = new CfnDeliveryStream(scope, 'PromptStream', {
    deliveryStreamName: `${plan.name}-prompts`,
    deliveryStreamType: 'DirectPut',
    deliveryStreamEncryptionConfigurationInput: { keyType: 'CUSTOMER_MANAGED_CMK', keyArn: props.auditKeyArn },
    extendedS3DestinationConfiguration: {
      bucketArn: bucket.attrArn,
      roleArn: role.attrArn,
      prefix: 'prompts/day=!{timestamp:yyyy-MM-dd}/',
      errorOutputPrefix: 'failed/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/',
      bufferingHints: { intervalInSeconds: 60, sizeInMBs: 64 },
      compressionFormat: 'GZIP',
      encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: props.auditKeyArn } },
      cloudWatchLoggingOptions: { enabled: true, logGroupName: logs.ref, logStreamName: logStream.ref },
    },
  });
  const policy = scope.node.tryFindChild('PromptStreamRolePolicy');
  if (policy) stream.node.addDependency(policy);
  addTables(scope, plan, props, bucket);
  return { bucket, stream };
}

function addTables(
  scope: Construct,
  plan: Plan,
  props: { readonly auditKeyArn: string; readonly accessLogs: string },
  bucket: CfnBucket,
): void {
  const database = new CfnDatabase(scope, 'AuditDatabase', {
    catalogId: Aws.ACCOUNT_ID,
    databaseInput: { name: databaseName(plan), description: 'Prompt log' },
  });
  const table = new CfnTable(scope, 'PromptTable', {
    catalogId: Aws.ACCOUNT_ID,
    databaseName: database.ref,
    tableInput: {
      name: 'prompts',
      description: 'One row a request: what was asked and answered, by whom (hashed), by which model version',
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: [{ name: 'day', type: 'string' }],
      parameters: {
        classification: 'json',
        'projection.enabled': 'true',
        'projection.day.type': 'date',
        'projection.day.format': 'yyyy-MM-dd',
        'projection.day.range': '2025-01-01,NOW',
        'storage.location.template': `s3://${bucket.ref}/prompts/day=\${day}/`,
      },
      storageDescriptor: {
        columns: promptLogColumns.map(({ name, type, comment }) => ({ name, type, comment })),
        location: `s3://${bucket.ref}/prompts/`,
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
      },
    },
  });
  const results = privateBucket(scope, 'AuditQueryResults', {
    keyArn: props.auditKeyArn,
    accessLogs: { bucketName: props.accessLogs, prefix: 'audit-query-results/' },
    lifecycleRules: [
      { id: 'expire', status: 'Enabled', expirationInDays: 30, noncurrentVersionExpiration: { noncurrentDays: 1 } },
    ],
  });
  const workGroup = new CfnWorkGroup(scope, 'AuditWorkGroup', {
    name: `${plan.name}-audit`,
    description: 'Questions of an auditor to the prompt log and the trail',
    recursiveDeleteOption: false,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: 1_099_511_627_776,
      resultConfiguration: {
        outputLocation: `s3://${results.ref}/`,
        encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: props.auditKeyArn },
      },
    },
  });
  for (const query of auditQueries) {
    new CfnNamedQuery(scope, `Query-${query.id}`, {
      name: query.id,
      description: query.question,
      database: databaseName(plan),
      workGroup: workGroup.ref,
      queryString: query.sql,
    }).addResourceDependency(table);
  }
}

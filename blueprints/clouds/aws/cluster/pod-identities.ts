import { CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import type { AuditStack } from '../audit/audit-stack.ts';
import { allow, arn, decryptWith, encryptWith, type Statement, serviceRole } from '../iam.ts';
import { usesBedrock } from '../network/endpoint-needs.ts';
import type { KeyRing } from '../security/keys.ts';
import type { DataStack } from '../stores/data-stack.ts';
import { namespaces, serviceAccounts } from './workloads.ts';

interface Workload {
  readonly id: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly description: string;
  readonly statements: readonly Statement[];
}

interface IdentityProps {
  readonly clusterName: string;
  readonly keys: KeyRing;
  readonly data: DataStack;
  readonly audit: AuditStack;
}

/** P14: one role a workload, tied to one service account; nothing is shared through the node. */
export function addPodIdentities(scope: Construct, plan: Plan, props: IdentityProps): void {
  const roleArns = new Map<string, string>();
  for (const workload of workloads(plan, props)) {
    const role = serviceRole(scope, `${workload.id}Role`, {
      description: workload.description,
      service: 'pods.eks.amazonaws.com',
      assumeActions: ['sts:AssumeRole', 'sts:TagSession'],
      statements: workload.statements,
    });
    new CfnPodIdentityAssociation(scope, `${workload.id}Identity`, {
      clusterName: props.clusterName,
      namespace: workload.namespace,
      serviceAccount: workload.serviceAccount,
      roleArn: role.attrArn,
    });
    roleArns.set(workload.id, role.attrArn);
  }
  const ingestion = roleArns.get('Ingestion');
  const administrator = roleArns.get('StoreAdministrator');
  if (ingestion && administrator) props.data.vectorStore?.admit?.(scope, { ingestion, administrator });
}

function workloads(plan: Plan, { keys, data, audit }: IdentityProps): readonly Workload[] {
  const list: Workload[] = [
    {
      id: 'ModelServer',
      namespace: namespaces.serving,
      serviceAccount: serviceAccounts.modelServer,
      description: 'Model servers read weights',
      statements: [
        allow(['s3:ListBucket'], [data.models.attrArn]),
        allow(['s3:GetObject'], [`${data.models.attrArn}/*`]),
        decryptWith(keys.models, 's3'),
      ],
    },
    {
      id: 'Gateway',
      namespace: namespaces.gateway,
      serviceAccount: serviceAccounts.gateway,
      description: 'The gateway writes the prompt log and calls hosted models',
      statements: gatewayStatements(plan, keys, audit),
    },
    {
      id: 'ExternalSecrets',
      namespace: namespaces.externalSecrets,
      serviceAccount: serviceAccounts.externalSecrets,
      description: 'External Secrets reads the secrets of this platform',
      statements: [
        allow(
          ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
          [arn('secretsmanager', `secret:${plan.name}/*`), ...(data.vectorStore?.secretArns ?? [])],
        ),
        decryptWith(keys.secrets, 'secretsmanager'),
      ],
    },
  ];
  if (plan.vectorStore && data.backups) {
    // The chart's backup job writes beneath the platform's and the store's name.
    list.push(snapshotWriter(`${plan.name}/${plan.vectorStore.id}`, keys, data.backups.attrArn));
  }
  if (data.corpus && data.ingestion) {
    list.push({
      id: 'Ingestion',
      namespace: namespaces.retrieval,
      serviceAccount: serviceAccounts.ingestion,
      description: 'Ingestion workers read documents and write vectors',
      statements: [
        allow(['s3:ListBucket'], [data.corpus.attrArn]),
        allow(['s3:GetObject'], [`${data.corpus.attrArn}/*`]),
        allow(
          [
            'sqs:ReceiveMessage',
            'sqs:DeleteMessage',
            'sqs:ChangeMessageVisibility',
            'sqs:GetQueueAttributes',
            'sqs:SendMessage',
          ],
          [data.ingestion.attrArn],
        ),
        encryptWith(keys.corpus),
        ...(data.vectorStore?.statements ?? []),
      ],
    });
    list.push({
      id: 'QueueScaler',
      namespace: namespaces.autoscaling,
      serviceAccount: serviceAccounts.queueScaler,
      description: 'The autoscaler reads the length of the ingestion queue',
      statements: [allow(['sqs:GetQueueAttributes'], [data.ingestion.attrArn])],
    });
  }
  if (data.vectorStore?.administration) {
    list.push({
      id: 'StoreAdministrator',
      namespace: namespaces.retrieval,
      serviceAccount: serviceAccounts.storeAdministrator,
      description: 'Makes indexes of the vector store and restores them',
      statements: data.vectorStore.administration,
    });
  }
  return list.filter((workload) => workload.statements.length > 0);
}

function snapshotWriter(prefix: string, keys: KeyRing, bucketArn: string): Workload {
  return {
    id: 'VectorStore',
    namespace: namespaces.retrieval,
    serviceAccount: serviceAccounts.vectorStore,
    description: 'The vector store writes its snapshots and reads them back',
    statements: [
      allow(['s3:ListBucket'], [bucketArn], { StringLike: { 's3:prefix': `${prefix}/*` } }),
      allow(
        ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
        [`${bucketArn}/${prefix}/*`],
      ),
      encryptWith(keys.corpus),
    ],
  };
}

function gatewayStatements(plan: Plan, keys: KeyRing, audit: AuditStack): readonly Statement[] {
  const statements: Statement[] = [];
  if (audit.promptStream) {
    statements.push(
      allow(['firehose:PutRecord', 'firehose:PutRecordBatch'], [audit.promptStream.attrArn]),
      allow(['kms:GenerateDataKey'], [keys.audit]),
    );
  }
  if (usesBedrock(plan)) {
    const models = plan.gateway.routes
      .filter((route) => route.kind === 'hosted' && route.target.startsWith('bedrock/'))
      .map((route) => arn('bedrock', `foundation-model/${route.target.slice('bedrock/'.length)}`, { account: '' }));
    statements.push(allow(['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'], [...new Set(models)]));
  }
  return statements;
}

import { Aws } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { managedPools } from '../cluster/node-pools.ts';
import { allowService, arn, type Statement, sameAccount } from '../iam.ts';
import { customerKey } from './customer-key.ts';
import { type DataClass, keyAlias } from './key-names.ts';

/** Key ARN by data class. */
export type KeyRing = Readonly<Record<DataClass, string>>;

const purposes: Readonly<Record<DataClass, string>> = {
  cluster: 'Kubernetes secrets, volumes of nodes and of claims',
  models: 'model artifacts and container images',
  corpus: 'documents, vectors, cache and queues',
  audit: 'prompt log and audit trails',
  operations: 'log groups, notifications and the access log',
  secrets: 'Secrets Manager',
};

const dataActions = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];

/** A role the account's service makes for itself: its permissions are fixed, so the key has to name it. */
const serviceLinked = (service: string, name: string) =>
  arn('iam', `role/aws-service-role/${service}.amazonaws.com/${name}`, { region: '' });

/** Who starts machines with nobody's role of ours: Auto Scaling for node groups, Spot for machines bought there. */
function startersOf(plan: Plan): readonly string[] {
  const groups = managedPools(plan);
  return [
    ...(groups.length > 0 ? [serviceLinked('autoscaling', 'AWSServiceRoleForAutoScaling')] : []),
    ...(plan.platform.provisioning !== 'existing' && plan.platform.nodePools.some((pool) => pool.purchase === 'spot')
      ? [serviceLinked('spot', 'AWSServiceRoleForEC2Spot')]
      : []),
  ];
}

/** Node volumes: those roles alone, only through EC2. Named by condition, so that a role may come after the key. */
function volumeStatements(plan: Plan): readonly Statement[] {
  const starters = startersOf(plan);
  if (starters.length === 0) return [];
  const throughEc2 = {
    'kms:CallerAccount': Aws.ACCOUNT_ID,
    'kms:ViaService': `ec2.${Aws.REGION}.${Aws.URL_SUFFIX}`,
  };
  const statement = (sid: string, actions: readonly string[], conditions: object): Statement => ({
    Sid: sid,
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: actions,
    Resource: '*',
    Condition: { StringEquals: throughEc2, ArnEquals: { 'aws:PrincipalArn': starters }, ...conditions },
  });
  return [
    statement('NodeVolumes', dataActions, {}),
    statement('NodeVolumeGrants', ['kms:CreateGrant'], { Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
  ];
}

/** Statements beside the account's own: services that use a key without a role of ours. */
function servicesOf(dataClass: DataClass, plan: Plan): readonly Statement[] {
  switch (dataClass) {
    case 'cluster':
      return volumeStatements(plan);
    case 'models':
      return [];
    case 'corpus':
      // Uploads announce themselves in the ingestion queue.
      return [allowService('s3.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*'], sameAccount)];
    case 'audit':
      return [
        allowService('cloudtrail.amazonaws.com', ['kms:GenerateDataKey*', 'kms:DescribeKey', 'kms:Decrypt'], {
          StringEquals: { 'aws:SourceArn': arn('cloudtrail', `trail/${plan.name}`) },
        }),
        allowService('config.amazonaws.com', ['kms:GenerateDataKey*', 'kms:Decrypt'], sameAccount),
      ];
    case 'operations':
      return [
        allowService(`logs.${Aws.REGION}.amazonaws.com`, dataActions, {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn('logs', '*') },
        }),
        ...['budgets', 'costalerts', 'cloudwatch', 'events', 'sns'].map((service) =>
          allowService(`${service}.amazonaws.com`, ['kms:Decrypt', 'kms:GenerateDataKey*'], sameAccount),
        ),
      ];
    case 'secrets':
      return [];
  }
}

/** One key a data class with yearly rotation, or the key the answers bring for all of them. */
export function keyRing(scope: Construct, plan: Plan): KeyRing {
  const { name } = plan;
  const keyFor = (dataClass: DataClass): string => {
    if (plan.platform.existing.kmsKeyArn) return plan.platform.existing.kmsKeyArn;
    const id = `${dataClass[0]?.toUpperCase()}${dataClass.slice(1)}Key`;
    return customerKey(scope, id, {
      description: `${name}: ${purposes[dataClass]}`,
      aliasName: keyAlias(name, dataClass),
      statements: servicesOf(dataClass, plan),
    }).attrArn;
  };
  return {
    cluster: keyFor('cluster'),
    models: keyFor('models'),
    corpus: keyFor('corpus'),
    audit: keyFor('audit'),
    operations: keyFor('operations'),
    secrets: keyFor('secrets'),
  };
}

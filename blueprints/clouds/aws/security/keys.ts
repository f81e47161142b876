import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { allowService, arn, policyDocument, type Statement, sameAccount } from '../iam.ts';

/** A customer-managed key a class of data (P14): who may read one class says nothing of the others. */
export type DataClass = 'cluster' | 'models' | 'corpus' | 'audit' | 'operations' | 'secrets';

/** Key ARN by data class. */
export type KeyRing = Readonly<Record<DataClass, string>>;

const purposes: Readonly<Record<DataClass, string>> = {
  cluster: 'Kubernetes secrets and node volumes',
  models: 'model artifacts and container images',
  corpus: 'documents, vectors, cache and queues',
  audit: 'prompt log and audit trails',
  operations: 'log groups, notifications and the access log',
  secrets: 'Secrets Manager',
};

const dataActions = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];

function viaService(service: string, actions: readonly string[]): Statement {
  return {
    Sid: `Through${service.replace(/[^a-z0-9]/gi, '')}`,
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: actions,
    Resource: '*',
    Condition: {
      StringEquals: {
        'kms:CallerAccount': Aws.ACCOUNT_ID,
        'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`,
      },
    },
  };
}

/** Statements beside the account's own: services that use a key without a role of ours. */
function servicesOf(dataClass: DataClass, trailArn: string): readonly Statement[] {
  switch (dataClass) {
    case 'cluster':
      // Node volumes: the Auto Scaling and EC2 fleet roles of the account, through EC2 only.
      return [viaService('ec2', [...dataActions, 'kms:CreateGrant'])];
    case 'models':
      return [];
    case 'corpus':
      // Uploads announce themselves in the ingestion queue.
      return [allowService('s3.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*'], sameAccount)];
    case 'audit':
      return [
        allowService('cloudtrail.amazonaws.com', ['kms:GenerateDataKey*', 'kms:DescribeKey', 'kms:Decrypt'], {
          StringEquals: { 'aws:SourceArn': trailArn },
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
export function keyRing(scope: Construct, name: string, existingKeyArn: string | undefined): KeyRing {
  const trailArn = arn('cloudtrail', `trail/${name}`);
  const keyFor = (dataClass: DataClass): string => {
    if (existingKeyArn) return existingKeyArn;
    const id = `${dataClass[0]?.toUpperCase()}${dataClass.slice(1)}Key`;
    const key = new CfnKey(scope, id, {
      description: `${name}: ${purposes[dataClass]}`,
      enableKeyRotation: true,
      pendingWindowInDays: 30,
      keyPolicy: policyDocument([
        {
          Sid: 'AccountDecidesByIam',
          Effect: 'Allow',
          Principal: { AWS: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
        ...servicesOf(dataClass, trailArn),
      ]),
    });
    key.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new CfnAlias(scope, `${id}Alias`, { aliasName: `alias/${name}/${dataClass}`, targetKeyId: key.ref });
    return key.attrArn;
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

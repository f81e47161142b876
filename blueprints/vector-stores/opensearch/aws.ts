import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnResourcePolicy } from 'aws-cdk-lib/aws-logs';
import { CfnDomain } from 'aws-cdk-lib/aws-opensearchservice';
import type { Construct } from 'constructs';
import type { Plan } from '../../../lib/plan/plan.ts';
import { allow, arn, sameAccount, serviceRole } from '../../clouds/aws/iam.ts';
import { encryptedLogGroup } from '../../clouds/aws/log-group.ts';
import type { DataContext, DataStore } from '../../clouds/aws/stores/data-context.ts';
import { masters } from './index.ts';

const port = 443;
const gibibyte = 1024 ** 3;

/** OpenSearch inside the VPC: fine-grained access by role, encrypted at rest, between nodes and to clients. */
export function build(scope: Construct, plan: Plan, context: DataContext): DataStore {
  const store = plan.vectorStore;
  if (!store) throw new Error('opensearch was asked for by a plan without a vector store');
  const name = `${plan.name.slice(0, 21)}-search`;
  const domainArn = arn('es', `domain/${name}`);
  const securityGroup = new CfnSecurityGroup(scope, 'VectorStoreSecurityGroup', {
    vpcId: context.network.vpcId,
    groupDescription: 'Vector store',
  });
  const logs = encryptedLogGroup(scope, 'VectorStoreLogs', {
    name: `/groundplan/${plan.name}/vector-store`,
    keyArn: context.operationsKeyArn,
    days: plan.audit.logRetentionDays,
  });
  const logPolicy = new CfnResourcePolicy(scope, 'VectorStoreLogPolicy', {
    policyName: `${plan.name}-vector-store`,
    policyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'es.amazonaws.com' },
          Action: ['logs:PutLogEvents', 'logs:CreateLogStream'],
          Resource: `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/groundplan/${plan.name}/vector-store:*`,
          Condition: sameAccount,
        },
      ],
    }),
  });
  const master = serviceRole(scope, 'VectorStoreAdministrator', {
    description: 'Maps OpenSearch roles to pods; assumed by the schema job',
    service: 'pods.eks.amazonaws.com',
    assumeActions: ['sts:AssumeRole', 'sts:TagSession'],
    statements: [allow(['es:ESHttpGet', 'es:ESHttpPost', 'es:ESHttpPut', 'es:ESHttpPatch'], [`${domainArn}/*`])],
  });
  const nodes = Math.max(1, store.size.nodes);
  const zones = Math.min(3, nodes, context.network.dataSubnetIds.length);
  const domain = new CfnDomain(scope, 'VectorStore', {
    domainName: name,
    engineVersion: 'OpenSearch_3.1',
    ipAddressType: 'ipv4',
    clusterConfig: {
      instanceType: store.size.instanceClass ?? 'r7g.large.search',
      instanceCount: nodes,
      zoneAwarenessEnabled: zones > 1,
      zoneAwarenessConfig: zones > 1 ? { availabilityZoneCount: zones } : undefined,
      dedicatedMasterEnabled: context.production,
      dedicatedMasterType: context.production ? masters.instanceClass : undefined,
      dedicatedMasterCount: context.production ? masters.count : undefined,
      multiAzWithStandbyEnabled: false,
    },
    ebsOptions: {
      ebsEnabled: true,
      volumeType: 'gp3',
      volumeSize: Math.max(20, Math.ceil(store.size.diskBytes / gibibyte)),
      iops: Math.max(3000, store.size.iops),
    },
    vpcOptions: {
      subnetIds: context.network.dataSubnetIds.slice(0, zones),
      securityGroupIds: [securityGroup.attrGroupId],
    },
    encryptionAtRestOptions: { enabled: true, kmsKeyId: context.corpusKeyArn },
    nodeToNodeEncryptionOptions: { enabled: true },
    domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
    advancedSecurityOptions: {
      enabled: true,
      internalUserDatabaseEnabled: false,
      masterUserOptions: { masterUserArn: master.attrArn },
    },
    accessPolicies: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root` },
          Action: [
            'es:ESHttpGet',
            'es:ESHttpHead',
            'es:ESHttpPost',
            'es:ESHttpPut',
            'es:ESHttpPatch',
            'es:ESHttpDelete',
          ],
          Resource: `${domainArn}/*`,
        },
      ],
    },
    logPublishingOptions: {
      AUDIT_LOGS: { cloudWatchLogsLogGroupArn: logs.attrArn, enabled: true },
      ES_APPLICATION_LOGS: { cloudWatchLogsLogGroupArn: logs.attrArn, enabled: true },
      SEARCH_SLOW_LOGS: { cloudWatchLogsLogGroupArn: logs.attrArn, enabled: true },
      INDEX_SLOW_LOGS: { cloudWatchLogsLogGroupArn: logs.attrArn, enabled: true },
    },
    offPeakWindowOptions: { enabled: true, offPeakWindow: { windowStartTime: { hours: 2, minutes: 0 } } },
    softwareUpdateOptions: { autoSoftwareUpdateEnabled: true },
  });
  domain.addResourceDependency(logPolicy);
  domain.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return {
    connection: { securityGroupId: securityGroup.attrGroupId, port, host: domain.attrDomainEndpoint },
    secretArns: [],
    statements: [
      allow(
        ['es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPost', 'es:ESHttpPut', 'es:ESHttpDelete'],
        [`${domain.attrArn}/*`],
      ),
    ],
    backupArns: [],
  };
}

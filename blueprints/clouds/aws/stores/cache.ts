import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { cacheContents, cacheSize } from './cache-size.ts';
import type { DataContext, DataStore } from './data-context.ts';

const port = 6379;

/** Valkey behind the gateway: rate limits, budgets and the response cache. Encrypted both ways, with a token. */
export function addCache(
  scope: Construct,
  plan: Plan,
  context: DataContext,
): DataStore & { readonly secretArn: string } {
  const token = new CfnSecret(scope, 'CacheToken', {
    name: `${plan.name}/cache`,
    description: 'Token of the cache; rotated by replacing this secret and updating the replication group',
    kmsKeyId: context.secretsKeyArn,
    generateSecretString: {
      secretStringTemplate: '{}',
      generateStringKey: 'token',
      passwordLength: 64,
      excludePunctuation: true,
    },
  });
  token.applyRemovalPolicy(RemovalPolicy.RETAIN);
  const securityGroup = new CfnSecurityGroup(scope, 'CacheSecurityGroup', {
    vpcId: context.network.vpcId,
    groupDescription: 'Cache of the gateway',
  });
  const subnets = new CfnSubnetGroup(scope, 'CacheSubnets', {
    description: 'Subnets of the cache',
    subnetIds: [...context.network.dataSubnetIds],
  });
  const copies = context.production ? 1 : 0;
  const size = cacheSize(plan);
  const cache = new CfnReplicationGroup(scope, 'Cache', {
    replicationGroupDescription: `Cache of ${plan.name}: ${cacheContents(size)}`,
    engine: 'valkey',
    engineVersion: '8.1',
    cacheNodeType: size.instanceClass,
    port,
    numNodeGroups: 1,
    replicasPerNodeGroup: copies,
    automaticFailoverEnabled: copies > 0,
    multiAzEnabled: copies > 0,
    atRestEncryptionEnabled: true,
    kmsKeyId: context.corpusKeyArn,
    transitEncryptionEnabled: true,
    transitEncryptionMode: 'required',
    authToken: `{{resolve:secretsmanager:${token.ref}:SecretString:token}}`,
    cacheSubnetGroupName: subnets.ref,
    securityGroupIds: [securityGroup.attrGroupId],
    snapshotRetentionLimit: context.production ? 15 : 1,
    autoMinorVersionUpgrade: true,
  });
  return {
    connection: { securityGroupId: securityGroup.attrGroupId, port, host: cache.attrPrimaryEndPointAddress },
    secretArn: token.ref,
    secretArns: [token.ref],
    statements: [],
    backupArns: [],
  };
}

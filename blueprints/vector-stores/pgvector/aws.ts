import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnDBCluster, CfnDBClusterParameterGroup, CfnDBInstance, CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import type { Plan } from '../../../lib/plan/plan.ts';
import { allow, arn, awsManagedPolicy, serviceRole } from '../../clouds/aws/iam.ts';
import type { DataContext, DataStore } from '../../clouds/aws/stores/data-context.ts';

const port = 5432;
const database = 'vectors';
/** Database user of the pods; created by the schema job with `rds_iam`. */
const databaseUser = 'retrieval';

/** pgvector on Aurora PostgreSQL: encrypted, private, IAM tokens for pods, a password RDS itself rotates. */
export function build(scope: Construct, plan: Plan, context: DataContext): DataStore {
  const store = plan.vectorStore;
  if (!store) throw new Error('pgvector was asked for by a plan without a vector store');
  const securityGroup = new CfnSecurityGroup(scope, 'VectorStoreSecurityGroup', {
    vpcId: context.network.vpcId,
    groupDescription: 'Vector store',
  });
  const subnets = new CfnDBSubnetGroup(scope, 'VectorStoreSubnets', {
    dbSubnetGroupDescription: 'Subnets of the vector store',
    subnetIds: [...context.network.dataSubnetIds],
  });
  const parameters = new CfnDBClusterParameterGroup(scope, 'VectorStoreParameters', {
    family: 'aurora-postgresql17',
    description: 'TLS only, statements logged for the audit',
    parameters: {
      'rds.force_ssl': '1',
      shared_preload_libraries: 'pg_stat_statements,pgaudit',
      'pgaudit.log': 'ddl,role',
      log_connections: '1',
      log_disconnections: '1',
      log_min_duration_statement: '1000',
    },
  });
  const cluster = new CfnDBCluster(scope, 'VectorStore', {
    engine: 'aurora-postgresql',
    engineVersion: '17.7',
    databaseName: database,
    port,
    masterUsername: 'groundplan',
    manageMasterUserPassword: true,
    masterUserSecret: { kmsKeyId: context.secretsKeyArn },
    enableIamDatabaseAuthentication: true,
    storageEncrypted: true,
    kmsKeyId: context.corpusKeyArn,
    storageType: 'aurora',
    dbSubnetGroupName: subnets.ref,
    vpcSecurityGroupIds: [securityGroup.attrGroupId],
    dbClusterParameterGroupName: parameters.ref,
    backupRetentionPeriod: Math.min(35, Math.max(1, store.backup.retentionDays)),
    preferredBackupWindow: '02:00-03:00',
    preferredMaintenanceWindow: 'sun:03:30-sun:04:30',
    copyTagsToSnapshot: true,
    deletionProtection: context.production,
    enableCloudwatchLogsExports: ['postgresql'],
    performanceInsightsEnabled: context.production,
    performanceInsightsKmsKeyId: context.production ? context.operationsKeyArn : undefined,
    performanceInsightsRetentionPeriod: context.production ? 465 : undefined,
    databaseInsightsMode: context.production ? 'advanced' : undefined,
    autoMinorVersionUpgrade: true,
  });
  cluster.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
  const monitoring = serviceRole(scope, 'VectorStoreMonitoringRole', {
    description: 'Sends database machine metrics to CloudWatch',
    service: 'monitoring.rds.amazonaws.com',
    managedPolicies: [awsManagedPolicy('service-role/AmazonRDSEnhancedMonitoringRole')],
  });
  for (let index = 1; index <= Math.max(1, store.size.nodes); index++) {
    new CfnDBInstance(scope, `VectorStoreInstance${index}`, {
      engine: 'aurora-postgresql',
      dbClusterIdentifier: cluster.ref,
      dbInstanceClass: store.size.instanceClass ?? 'db.r7g.large',
      dbSubnetGroupName: subnets.ref,
      publiclyAccessible: false,
      monitoringInterval: 60,
      monitoringRoleArn: monitoring.attrArn,
      autoMinorVersionUpgrade: true,
      caCertificateIdentifier: 'rds-ca-rsa2048-g1',
      promotionTier: index,
    });
  }
  return {
    connection: { securityGroupId: securityGroup.attrGroupId, port, host: cluster.attrEndpointAddress },
    secretArns: [cluster.attrMasterUserSecretSecretArn],
    statements: [
      allow(['rds-db:connect'], [arn('rds-db', `dbuser:${cluster.attrDbClusterResourceId}/${databaseUser}`)]),
    ],
    backupArns: [cluster.attrDbClusterArn],
  };
}

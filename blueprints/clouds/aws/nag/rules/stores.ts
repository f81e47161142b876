import type { Rule } from '../rule.ts';
import { asList, asObject, at, isForeignService, isSet, ofType, refersTo } from '../world.ts';

export const storeRules: readonly Rule[] = [
  {
    id: 'Groundplan-DB1',
    title: 'Databases are encrypted with a customer-managed key and private',
    control: 'encryption-at-rest-cmk',
    check: (world) => [
      ...ofType(world, 'AWS::RDS::DBInstance')
        .filter(
          ({ properties }) =>
            (properties.DBClusterIdentifier === undefined &&
              (properties.StorageEncrypted !== true || !isSet(properties.KmsKeyId))) ||
            properties.PubliclyAccessible === true,
        )
        .map(({ address }) => ({ resource: address, message: 'not encrypted with a key of ours, or public' })),
      ...ofType(world, 'AWS::RDS::DBCluster')
        .filter(({ properties }) => properties.StorageEncrypted !== true || !isSet(properties.KmsKeyId))
        .map(({ address }) => ({ resource: address, message: 'not encrypted with a key of ours' })),
    ],
  },
  {
    id: 'Groundplan-DB2',
    title: 'Databases are backed up for as long as the plan says',
    control: 'backup-schedule',
    check: (world) => {
      const asked = world.plan.vectorStore?.backup.retentionDays ?? 0;
      return ofType(world, 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster')
        .filter(
          ({ properties }) =>
            properties.DBClusterIdentifier === undefined &&
            properties.SourceDBInstanceIdentifier === undefined &&
            Number(properties.BackupRetentionPeriod ?? 0) < Math.min(35, asked),
        )
        .map(({ address, properties }) => ({
          resource: address,
          message: `${Number(properties.BackupRetentionPeriod ?? 0)} days; the plan says ${asked}`,
        }));
    },
  },
  {
    id: 'Groundplan-DB3',
    title: 'Databases refuse connections without TLS',
    control: 'tls-in-transit',
    check: (world) => {
      const databases = ofType(world, 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster').filter(
        ({ properties }) => properties.DBClusterIdentifier === undefined,
      );
      const groups = ofType(world, 'AWS::RDS::DBParameterGroup', 'AWS::RDS::DBClusterParameterGroup');
      const forced = groups.some(({ properties }) => String(asObject(properties.Parameters)['rds.force_ssl']) === '1');
      return forced ? [] : databases.map(({ address }) => ({ resource: address, message: 'rds.force_ssl is not 1' }));
    },
  },
  {
    id: 'Groundplan-DB4',
    title: 'A production database cannot be deleted by mistake',
    control: 'backup-schedule',
    check: (world) =>
      world.plan.platform.environment === 'prod'
        ? ofType(world, 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster')
            .filter(
              ({ properties }) =>
                properties.DBClusterIdentifier === undefined && properties.DeletionProtection !== true,
            )
            .map(({ address }) => ({ resource: address, message: 'DeletionProtection is not true' }))
        : [],
  },
  {
    id: 'Groundplan-SEARCH1',
    title: 'Search domains are encrypted at rest, between nodes and to clients, inside the network',
    control: 'encryption-at-rest-cmk',
    check: (world) =>
      ofType(world, 'AWS::OpenSearchService::Domain')
        .filter(
          ({ properties }) =>
            at(properties, 'EncryptionAtRestOptions.Enabled') !== true ||
            !isSet(at(properties, 'EncryptionAtRestOptions.KmsKeyId')) ||
            at(properties, 'NodeToNodeEncryptionOptions.Enabled') !== true ||
            at(properties, 'DomainEndpointOptions.EnforceHTTPS') !== true ||
            asList(at(properties, 'VPCOptions.SubnetIds')).length === 0,
        )
        .map(({ address }) => ({ resource: address, message: 'encryption or network placement is incomplete' })),
  },
  {
    id: 'Groundplan-CACHE1',
    title: 'Caches are encrypted both ways and ask for a token or a user group',
    control: 'encryption-at-rest-cmk',
    check: (world) =>
      ofType(world, 'AWS::ElastiCache::ReplicationGroup', 'AWS::ElastiCache::ServerlessCache')
        .filter(
          ({ type, properties }) =>
            !isSet(properties.KmsKeyId) ||
            (type === 'AWS::ElastiCache::ReplicationGroup' &&
              (properties.AtRestEncryptionEnabled !== true ||
                properties.TransitEncryptionEnabled !== true ||
                (!isSet(properties.AuthToken) && asList(properties.UserGroupIds).length === 0))),
        )
        .map(({ address }) => ({ resource: address, message: 'encryption, key or credential is missing' })),
  },
  {
    id: 'Groundplan-SQS1',
    title: 'Queues and topics are encrypted with a customer-managed key',
    control: 'encryption-at-rest-cmk',
    check: (world) => [
      ...ofType(world, 'AWS::SQS::Queue')
        .filter(({ properties }) => !isSet(properties.KmsMasterKeyId) && properties.SqsManagedSseEnabled !== true)
        .map(({ address }) => ({ resource: address, message: 'not encrypted' })),
      ...ofType(world, 'AWS::SNS::Topic')
        .filter(({ properties }) => !isSet(properties.KmsMasterKeyId))
        .map(({ address }) => ({ resource: address, message: 'not encrypted' })),
    ],
  },
  {
    id: 'Groundplan-ECR1',
    title: 'Repositories keep tags immutable, scan on push and use a key of ours',
    control: 'image-scanning',
    check: (world) =>
      ofType(world, 'AWS::ECR::Repository', 'AWS::ECR::RepositoryCreationTemplate')
        .filter(
          ({ type, properties }) =>
            !isSet(at(properties, 'EncryptionConfiguration.KmsKey')) ||
            (type === 'AWS::ECR::Repository' &&
              (at(properties, 'ImageScanningConfiguration.ScanOnPush') !== true ||
                properties.ImageTagMutability !== 'IMMUTABLE')),
        )
        .map(({ address }) => ({ resource: address, message: 'mutable tags, no scan on push, or no key' })),
  },
  {
    id: 'Groundplan-BACKUP1',
    title: 'Backup vaults use a key of ours',
    control: 'encryption-at-rest-cmk',
    check: (world) =>
      ofType(world, 'AWS::Backup::BackupVault')
        .filter(({ properties }) => !isSet(properties.EncryptionKeyArn))
        .map(({ address }) => ({ resource: address, message: 'no key' })),
  },
  {
    id: 'Groundplan-BACKUP2',
    title: 'Backups are copied to the recovery region where the plan says so',
    control: 'backup-cross-region',
    check: (world) =>
      world.plan.vectorStore?.backup.crossRegion === true && world.plan.platform.recoveryRegion !== undefined
        ? ofType(world, 'AWS::Backup::BackupPlan')
            .filter(({ properties }) => !JSON.stringify(properties).includes('CopyActions'))
            .map(({ address }) => ({ resource: address, message: 'no copy to the recovery region' }))
        : [],
  },
  {
    id: 'Groundplan-STORE1',
    title: 'A vendor’s store is reached by private names and from pods alone where no internet path is allowed',
    control: 'network-endpoints',
    check: (world) => {
      const endpoints = ofType(world, 'AWS::EC2::VPCEndpoint').filter(({ properties }) =>
        isForeignService(properties.ServiceName),
      );
      const groups = ofType(world, 'AWS::EC2::SecurityGroup');
      const open = endpoints.filter(
        ({ properties }) =>
          properties.PrivateDnsEnabled !== true ||
          asList(properties.SecurityGroupIds).length === 0 ||
          groups.some(
            (group) =>
              refersTo(properties.SecurityGroupIds, group.logicalId) &&
              (asList(group.properties.SecurityGroupIngress).length > 0 ||
                asList(group.properties.SecurityGroupEgress).length === 0),
          ),
      );
      const { platform, vectorStore } = world.plan;
      return [
        ...(platform.isolated && vectorStore?.target === 'external' && endpoints.length === 0
          ? [{ resource: world.plan.name, message: `nothing leads to ${vectorStore.id}: no endpoint of its service` }]
          : []),
        ...open.map(({ address }) => ({
          resource: address,
          message: 'without private names, or its group admits addresses or lets everything out',
        })),
      ];
    },
  },
  {
    id: 'Groundplan-SPEND1',
    title: 'A budget warns of actual and of forecast spend up to the ceiling',
    control: 'alarms-to-on-call',
    check: (world) => {
      // Budgets is offered in the commercial partition alone; elsewhere the GPU-hours alarm stands for it.
      if (world.plan.platform.partition !== 'aws') return [];
      const budgets = ofType(world, 'AWS::Budgets::Budget');
      const asked = world.plan.spend.ceilingUsdPerMonth;
      const good = budgets.some(({ properties }) => {
        const limit = Number(at(properties, 'Budget.BudgetLimit.Amount'));
        const text = JSON.stringify(properties.NotificationsWithSubscribers ?? []);
        return limit <= asked && text.includes('"ACTUAL"') && text.includes('"FORECASTED"');
      });
      return good ? [] : [{ resource: world.plan.name, message: `no budget of at most ${asked} USD with both kinds` }];
    },
  },
];

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { preparationArtifact } from '../../blueprints/clouds/aws/account-preparation.ts';
import { backupSchedule } from '../../blueprints/clouds/aws/stores/backup.ts';
import { restoreScript } from '../../blueprints/clouds/aws/stores/restore-script.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { plans } from './plans.ts';
import { checkPromises, ofType, only, synthesize, type Templates, text } from './stacks.ts';

const buckets = (t: Templates) => ofType(t, 'AWS::S3::Bucket');

checkPromises('buckets (P3)', [
  {
    title: 'every bucket is versioned, encrypted, private, and kept',
    plan: 'karpenter',
    problems: (t) =>
      buckets(t).filter(
        ({ Properties, DeletionPolicy }) =>
          Properties.VersioningConfiguration?.Status !== 'Enabled' ||
          !Properties.BucketEncryption ||
          Object.values(Properties.PublicAccessBlockConfiguration ?? {}).filter(Boolean).length !== 4 ||
          DeletionPolicy !== 'Retain',
      ),
    defect: (t) => {
      only(t, 'Data/Models').Properties.VersioningConfiguration.Status = 'Suspended';
    },
  },
  {
    title: 'every bucket refuses requests without TLS and says who read it',
    plan: 'karpenter',
    problems: (t) =>
      buckets(t).filter(({ id, Properties }) => {
        const policy = only(t, `${id}Policy`);
        const logged = Properties.LoggingConfiguration || id.endsWith('AccessLogs');
        return !text(policy.Properties.PolicyDocument).includes('aws:SecureTransport') || !logged;
      }),
    defect: (t) => {
      delete only(t, 'Data/Corpus').Properties.LoggingConfiguration;
    },
  },
  {
    title: 'a regime locks mirrored revisions',
    plan: 'base',
    problems: (t) => (only(t, 'Data/Models').Properties.ObjectLockEnabled ? [] : ['not locked']),
    defect: (t) => {
      only(t, 'Data/Models').Properties.ObjectLockEnabled = false;
    },
  },
  {
    title: 'artifacts and documents are copied to the recovery region, encrypted there',
    plan: 'karpenter',
    problems: (t) =>
      ['Data/Models', 'Data/Corpus'].filter((id) => {
        const destination = only(t, id).Properties.ReplicationConfiguration?.Rules?.[0]?.Destination;
        return !text(destination).includes('us-west-2') || !destination.EncryptionConfiguration.ReplicaKmsKeyID;
      }),
    defect: (t) => {
      delete only(t, 'Data/Corpus').Properties.ReplicationConfiguration;
    },
  },
  {
    title: 'images are immutable, scanned, encrypted with our key',
    plan: 'base',
    problems: (t) => {
      const { ImageTagMutability, EncryptionConfiguration } = only(t, 'Delivery/Images').Properties;
      const scan = only(t, 'Delivery/ImageScanning').Properties.ScanType;
      return ImageTagMutability === 'IMMUTABLE' &&
        EncryptionConfiguration.EncryptionType === 'KMS' &&
        scan === 'ENHANCED'
        ? []
        : ['images'];
    },
    defect: (t) => {
      only(t, 'Delivery/Images').Properties.ImageTagMutability = 'MUTABLE';
    },
  },
]);

checkPromises('stores (P6, P15)', [
  {
    title: 'pgvector: encrypted, private, IAM, rotated password, protected',
    plan: 'base',
    problems: (t) => {
      const p = only(t, 'Data/VectorStore').Properties;
      const instances = ofType(t, 'AWS::RDS::DBInstance');
      return [
        ...(p.StorageEncrypted && p.KmsKeyId ? [] : ['not encrypted']),
        ...(p.EnableIAMDatabaseAuthentication ? [] : ['no IAM']),
        ...(p.ManageMasterUserPassword && p.MasterUserSecret.KmsKeyId ? [] : ['password is not managed']),
        ...(p.DeletionProtection ? [] : ['not protected']),
        ...(p.EnableCloudwatchLogsExports.includes('postgresql') ? [] : ['no logs']),
        ...(text(only(t, 'Data/VectorStoreParameters').Properties).includes('"rds.force_ssl":"1"') ? [] : ['no TLS']),
        ...instances.filter(({ Properties }) => Properties.PubliclyAccessible !== false),
      ];
    },
    defect: (t) => {
      only(t, 'Data/VectorStoreInstance2').Properties.PubliclyAccessible = true;
    },
  },
  {
    title: 'pgvector: class, instances and backups are the plan’s',
    plan: 'base',
    problems: (t) => {
      const { size, backup } = plans.base.vectorStore as NonNullable<Plan['vectorStore']>;
      const instances = ofType(t, 'AWS::RDS::DBInstance');
      return [
        ...(instances.length === size.nodes ? [] : ['number']),
        ...instances.filter(({ Properties }) => Properties.DBInstanceClass !== size.instanceClass),
        ...(only(t, 'Data/VectorStore').Properties.BackupRetentionPeriod === backup.retentionDays ? [] : ['retention']),
      ];
    },
    defect: (t) => {
      only(t, 'Data/VectorStore').Properties.BackupRetentionPeriod = 1;
    },
  },
  {
    title: 'OpenSearch: in the network, encrypted everywhere, access by role',
    plan: 'opensearch',
    problems: (t) => {
      const p = only(t, 'Data/VectorStore').Properties;
      return [
        ...(p.VPCOptions?.SubnetIds?.length > 0 ? [] : ['not in the network']),
        ...(p.EncryptionAtRestOptions.KmsKeyId ? [] : ['not encrypted']),
        ...(p.NodeToNodeEncryptionOptions.Enabled ? [] : ['nodes']),
        ...(p.DomainEndpointOptions.EnforceHTTPS ? [] : ['TLS']),
        ...(p.AdvancedSecurityOptions.Enabled && !p.AdvancedSecurityOptions.InternalUserDatabaseEnabled
          ? []
          : ['users']),
        ...(p.ClusterConfig.InstanceCount === 3 ? [] : ['number']),
      ];
    },
    defect: (t) => {
      only(t, 'Data/VectorStore').Properties.NodeToNodeEncryptionOptions.Enabled = false;
    },
  },
  {
    title: 'S3 Vectors: the index has the plan’s dimension and is named for the collection (D8.8)',
    plan: 's3-vectors',
    problems: (t) => {
      const { Dimension, IndexName, EncryptionConfiguration } = only(t, 'Data/VectorIndex').Properties;
      const store = plans['s3-vectors'].vectorStore;
      return Dimension === store?.dimension && IndexName === store?.collection && EncryptionConfiguration.KmsKeyArn
        ? []
        : [Dimension, IndexName];
    },
    defect: (t) => {
      only(t, 'Data/VectorIndex').Properties.Dimension = 768;
    },
  },
  {
    title: 'pods reach a store only from the cluster’s own group',
    plan: 'base',
    problems: (t) => {
      const rules = ofType(t, 'AWS::EC2::SecurityGroupIngress').filter(({ id }) => id.endsWith('FromPods'));
      return rules.length === 2
        ? rules.filter(({ Properties }) => !Properties.SourceSecurityGroupId)
        : ['not two rules'];
    },
    defect: (t) => {
      delete only(t, 'Cluster/CacheFromPods').Properties.SourceSecurityGroupId;
    },
  },
  {
    title: 'the cache is encrypted both ways and asks for a token',
    plan: 'base',
    problems: (t) => {
      const { AtRestEncryptionEnabled, TransitEncryptionEnabled, AuthToken, KmsKeyId } = only(
        t,
        'Data/Cache',
      ).Properties;
      return AtRestEncryptionEnabled &&
        TransitEncryptionEnabled &&
        KmsKeyId &&
        text(AuthToken).includes('resolve:secretsmanager')
        ? []
        : ['cache'];
    },
    defect: (t) => {
      only(t, 'Data/Cache').Properties.TransitEncryptionEnabled = false;
    },
  },
  {
    title: 'queues are encrypted, and what cannot be read ends in a second one',
    plan: 'karpenter',
    problems: (t) => {
      const queues = ofType(t, 'AWS::SQS::Queue');
      return queues.filter(
        ({ id, Properties }) => !Properties.KmsMasterKeyId || (!id.endsWith('Failed') && !Properties.RedrivePolicy),
      );
    },
    defect: (t) => {
      delete only(t, 'Data/Ingestion').Properties.RedrivePolicy;
    },
  },
  {
    title: 'backups run by the RPO, are kept as asked and copied where asked',
    plan: 'karpenter',
    problems: (t) => {
      const [rule] = only(t, 'Data/BackupPlan').Properties.BackupPlan.BackupPlanRule;
      return rule.ScheduleExpression === 'cron(0 0/6 * * ? *)' &&
        rule.Lifecycle.DeleteAfterDays === 35 &&
        text(rule.CopyActions).includes('us-west-2')
        ? []
        : [rule];
    },
    defect: (t) => {
      delete only(t, 'Data/BackupPlan').Properties.BackupPlan.BackupPlanRule[0].CopyActions;
    },
  },
  {
    title: 'a store in the cluster gets a backup bucket, a key and a role for its own prefix',
    plan: 'in-cluster store',
    problems: (t) => [
      ...(only(t, 'Data/Backups') ? [] : ['no bucket']),
      ...(text(only(t, 'Cluster/VectorStoreRolePolicy').Properties).includes('/support-chat/qdrant/*')
        ? []
        : ['prefix']),
      ...(only(t, 'Data/VectorStoreKey').Properties.Name === 'support-chat/vector-store' ? [] : ['key']),
    ],
    defect: (t) => {
      only(t, 'Data/VectorStoreKey').Properties.Name = 'other';
    },
  },
]);

test('a cluster of the user’s own is admitted by its security group, where the answers name it', () => {
  const admitted = (plan: Plan) =>
    ofType(synthesize(plan).templates, 'AWS::EC2::SecurityGroupIngress')
      .filter(({ id }) => id.endsWith('FromPods'))
      .map(({ id, Properties }) => `${id} ${Properties.SourceSecurityGroupId} ${Properties.FromPort}`);
  const estate = plans['existing estate'];
  const opened = 'Open the stores to your cluster';
  expect(admitted(estate)).toEqual([]);
  expect(preparationArtifact(estate).contents).toContain(opened);
  const clusterSecurityGroupId = 'sg-0123456789abcdef0';
  const named: Plan = {
    ...estate,
    platform: { ...estate.platform, existing: { ...estate.platform.existing, clusterSecurityGroupId } },
  };
  expect(admitted(named)).toEqual([
    `Cluster/VectorStoreFromPods ${clusterSecurityGroupId} 5432`,
    `Cluster/CacheFromPods ${clusterSecurityGroupId} 6379`,
  ]);
  expect(preparationArtifact(named).contents).not.toContain(opened);
});

test.each(['opensearch', 'opensearch-serverless', 's3-vectors', 'base'] as const)(
  'the restore of the store of %s is a script a shell can read',
  (name) => {
    const script = restoreScript(plans[name]) ?? '';
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect(spawnSync('bash', ['-n'], { input: `${script}\nif`, encoding: 'utf8' }).status).not.toBe(0);
  },
);

test.each([
  [24, 'cron(0 1 * * ? *)'],
  [12, 'cron(0 0/12 * * ? *)'],
  [5, 'cron(0 0/4 * * ? *)'],
  [1, 'cron(0 0/1 * * ? *)'],
  [0.25, 'cron(0 0/1 * * ? *)'],
])('a backup for an RPO of %d hours runs by %s', (hours, cron) => {
  expect(backupSchedule(hours)).toBe(cron);
});

import { spawnSync } from 'node:child_process';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { preparationArtifact } from '../../blueprints/clouds/aws/account-preparation.ts';
import { LlmPlatform } from '../../blueprints/clouds/aws/index.ts';
import { backupSchedule } from '../../blueprints/clouds/aws/stores/backup.ts';
import { restoreScript } from '../../blueprints/clouds/aws/stores/restore-script.ts';
import { endpointContext } from '../../blueprints/vector-stores/opensearch-serverless/aws.ts';
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
    title: 'OpenSearch Serverless: a key of ours, in from its endpoint alone, no dashboard',
    plan: 'opensearch-serverless',
    problems: (t) => {
      const policy = (id: string) => text(only(t, id).Properties.Policy);
      return [
        ...(policy('Data/VectorStoreEncryption').includes('CorpusKeyArn') ? [] : ['key']),
        ...(policy('Data/VectorStoreNetwork').includes('\\"AllowFromPublic\\":false') ? [] : ['public']),
        ...(policy('Data/VectorStoreNetwork').includes('["VectorStoreEndpoint","Id"]') ? [] : ['endpoint']),
        ...(policy('Data/VectorStoreNetwork').includes('dashboard') ? ['dashboard'] : []),
      ];
    },
    defect: (t) => {
      only(t, 'Data/VectorStoreNetwork').Properties.Policy = '[{"AllowFromPublic":true}]';
    },
  },
  {
    title: 'OpenSearch Serverless: the endpoint stands in every data subnet and admits pods alone',
    plan: 'opensearch-serverless',
    problems: (t) => {
      const group = only(t, 'Data/VectorStoreSecurityGroup').Properties;
      const rule = only(t, 'Cluster/VectorStoreFromPods').Properties;
      return [
        ...(only(t, 'Data/VectorStoreEndpoint').Properties.SubnetIds.length === 3 ? [] : ['subnets']),
        ...(group.SecurityGroupIngress ? ['open'] : []),
        ...(text(group.SecurityGroupEgress).includes('255.255.255.255/32') ? [] : ['egress']),
        ...(rule.FromPort === 443 && rule.SourceSecurityGroupId ? [] : ['pods']),
      ];
    },
    defect: (t) => {
      only(t, 'Data/VectorStoreSecurityGroup').Properties.SecurityGroupIngress = [{ CidrIp: '0.0.0.0/0' }];
    },
  },
  {
    title: 'OpenSearch Serverless: two roles, by name, and each calls the one collection',
    plan: 'opensearch-serverless',
    problems: (t) => {
      const policy = text(only(t, 'Cluster/VectorStoreAccess').Properties.Policy);
      const callers = ofType(t, 'AWS::IAM::ManagedPolicy').filter(({ Properties }) =>
        text(Properties.PolicyDocument).includes('aoss:APIAccessAll'),
      );
      return [
        ...(['IngestionRole', 'StoreAdministratorRole'].every((id) => policy.includes(`["${id}","Arn"]`))
          ? []
          : ['role']),
        ...(policy.includes('aoss:*') ? ['everything'] : []),
        ...(callers.length === 2 ? [] : [`${callers.length} callers`]),
        ...callers.filter(({ Properties }) => !text(Properties.PolicyDocument).includes('FnGetAttVectorStoreArn')),
      ];
    },
    defect: (t) => {
      only(t, 'Cluster/StoreAdministratorRolePolicy').Properties.PolicyDocument.Statement[0].Resource = ['*'];
    },
  },
  {
    title: 'OpenSearch Serverless: limits of the plan’s units, standby and protection in production',
    plan: 'opensearch-serverless',
    problems: (t) => {
      const { CapacityLimits, StandbyReplicas, Generation } = only(t, 'Data/VectorStoreCapacity').Properties;
      const collection = only(t, 'Data/VectorStore');
      return [
        ...(CapacityLimits.MaxIndexingCapacityInOcu === 4 && CapacityLimits.MaxSearchCapacityInOcu === 8
          ? []
          : [CapacityLimits]),
        ...(StandbyReplicas === 'ENABLED' && Generation === 'CLASSIC' ? [] : ['group']),
        ...(collection.Properties.DeletionProtection === 'ENABLED' && collection.DeletionPolicy === 'Retain'
          ? []
          : ['not protected']),
      ];
    },
    defect: (t) => {
      delete only(t, 'Data/VectorStoreCapacity').Properties.CapacityLimits.MaxSearchCapacityInOcu;
    },
  },
  {
    title: 'OpenSearch Serverless: the trail records who searched and wrote (P13)',
    plan: 'opensearch-serverless',
    problems: (t) =>
      text(only(t, 'Audit/AccountTrail').Properties.AdvancedEventSelectors).includes('AWS::AOSS::Collection')
        ? []
        : ['not recorded'],
    defect: (t) => {
      only(t, 'Audit/AccountTrail').Properties.AdvancedEventSelectors.pop();
    },
  },
  {
    title: 'OpenSearch Serverless in an estate: endpoint in its subnets, FIPS address for pods',
    plan: 'serverless in an estate',
    problems: (t) => [
      ...(only(t, 'Data/VectorStoreEndpoint').Properties.VpcId === 'vpc-0123456789abcdef0' ? [] : ['network']),
      ...(text(t.Delivery).includes('.aoss-fips.amazonaws.com') ? [] : ['no FIPS address']),
      ...(only(t, 'Data/VectorStoreCapacity').Properties.CapacityLimits.MaxSearchCapacityInOcu === 1 ? [] : ['limit']),
    ],
    defect: (t) => {
      only(t, 'Data/VectorStoreEndpoint').Properties.VpcId = 'vpc-other';
    },
  },
  {
    title: 'Pinecone without an internet path: an endpoint of the vendor’s service, private names, pods alone',
    plan: 'private Pinecone',
    problems: (t) => {
      const { ServiceName, PrivateDnsEnabled, SecurityGroupIds } = only(t, 'Data/VectorStoreEndpoint').Properties;
      const rule = only(t, 'Cluster/VectorStoreFromPods').Properties;
      return [
        ...(ServiceName === 'com.amazonaws.vpce.us-east-1.vpce-svc-05ef6f1f0b9130b54' ? [] : [ServiceName]),
        ...(PrivateDnsEnabled === true && SecurityGroupIds.length === 1 ? [] : ['names or group']),
        ...(only(t, 'Data/VectorStoreSecurityGroup').Properties.SecurityGroupIngress ? ['open'] : []),
        ...(rule.FromPort === 443 && rule.SourceSecurityGroupId ? [] : ['pods']),
        ...ofType(t, 'AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway'),
      ];
    },
    defect: (t) => {
      only(t, 'Data/VectorStoreEndpoint').Properties.PrivateDnsEnabled = false;
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

test('an endpoint that stands in the user’s network is used instead of a second one', () => {
  const raise = (plan: Plan) => {
    const context = { [endpointContext]: 'vpce-0123456789abcdef0' };
    const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false, context });
    const resources = Template.fromStack(new LlmPlatform(app, plan).data);
    return {
      endpoints: Object.keys(resources.findResources('AWS::OpenSearchServerless::VpcEndpoint')).length,
      policy: text(resources.findResources('AWS::OpenSearchServerless::SecurityPolicy')),
    };
  };
  const own = raise(plans['serverless in an estate']);
  expect(own.endpoints).toBe(0);
  expect(own.policy).toContain('vpce-0123456789abcdef0');
  expect(raise(plans['opensearch-serverless']).endpoints).toBe(1);
});

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

test('Pinecone is reached over the internet where neither residency nor isolation asks otherwise', () => {
  const open = plans['hosted model'];
  const { compliance } = open.requirements;
  const plan: Plan = {
    ...open,
    requirements: { ...open.requirements, compliance: { ...compliance, residency: 'none' } },
  };
  expect(ofType(synthesize(plan).templates, 'AWS::EC2::VPCEndpoint').map(({ id }) => id)).not.toContain(
    'Data/VectorStoreEndpoint',
  );
});

test('the duties towards Pinecone are listed in their order', () => {
  const titles = (plan: Plan) =>
    [...preparationArtifact(plan).contents.matchAll(/^## \d+\. (.*)$/gm)].map(([, title]) => title);
  const listed = titles(plans['private Pinecone']);
  const order = [
    'Plan of Pinecone',
    'Deploy the stacks',
    'Register the endpoint',
    'Key and address',
    'Close the public way',
  ];
  const at = order.map((start) => listed.findIndex((title) => title?.startsWith(start)));
  expect(at.every((index) => index >= 0)).toBe(true);
  expect(at).toEqual(at.toSorted((a, b) => a - b));
  expect(titles(plans.base).join()).not.toContain('Pinecone');
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

import { kubernetesRelease } from '../../blueprints/clouds/aws/cluster/versions.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';

/** Resources of one template that break no rule: each planted defect starts from these. */
export interface MutableTemplate {
  [logicalId: string]: { Type: string; DeletionPolicy?: string; Properties: Record<string, unknown> };
}

const key = { 'Fn::GetAtt': ['Key', 'Arn'] };
const account = { Ref: 'AWS::AccountId' };
const release = kubernetesRelease('1.36');

function bucket(extra: Record<string, unknown> = {}) {
  return {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } },
        ],
      },
      LifecycleConfiguration: { Rules: [{ Id: 'abort', Status: 'Enabled' }] },
      LoggingConfiguration: { DestinationBucketName: { Ref: 'AccessLogs' } },
      ...extra,
    },
  };
}

function tlsOnly(of: string, type: string, target: Record<string, unknown>, more: readonly unknown[] = []) {
  return {
    Type: type,
    Properties: {
      ...target,
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: '*',
            Resource: { 'Fn::GetAtt': [of, 'Arn'] },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          ...more,
        ],
      },
    },
  };
}

function subnet(zone: number) {
  return {
    Type: 'AWS::EC2::Subnet',
    Properties: { VpcId: { Ref: 'Vpc' }, AvailabilityZoneId: `use1-az${zone}`, MapPublicIpOnLaunch: false },
  };
}

export function goodTemplate(): MutableTemplate {
  return structuredClone({
    Key: { Type: 'AWS::KMS::Key', DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } },
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    FlowLog: { Type: 'AWS::EC2::FlowLog', Properties: { ResourceId: { Ref: 'Vpc' }, TrafficType: 'ALL' } },
    Subnet1: subnet(1),
    Subnet2: subnet(2),
    Subnet3: subnet(4),
    Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: { Ref: 'Vpc' },
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: '*' },
              Action: '*',
              Resource: '*',
              Condition: { StringEquals: { 'aws:PrincipalAccount': account } },
            },
          ],
        },
      },
    },
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { SecurityGroupIngress: [{ CidrIp: '10.0.0.0/16', FromPort: 443, ToPort: 443 }] },
    },
    Cluster: {
      Type: 'AWS::EKS::Cluster',
      Properties: {
        Version: '1.36',
        ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: false },
        AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false },
        EncryptionConfig: [{ Provider: { KeyArn: key }, Resources: ['secrets'] }],
        Logging: {
          ClusterLogging: {
            EnabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })),
          },
        },
      },
    },
    AddOn: {
      Type: 'AWS::EKS::Addon',
      Properties: { AddonName: 'coredns', AddonVersion: release.addOns.coredns },
    },
    Identity: {
      Type: 'AWS::EKS::PodIdentityAssociation',
      Properties: { Namespace: 'serving', ServiceAccount: 'model-server', RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    },
    LaunchTemplate: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {
        LaunchTemplateData: {
          MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
          BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: key } }],
        },
      },
    },
    Nodes: {
      Type: 'AWS::EKS::Nodegroup',
      Properties: {
        AmiType: 'BOTTLEROCKET_x86_64_NVIDIA',
        ReleaseVersion: release.nodeImages.bottlerocket,
        InstanceTypes: ['g6.xlarge', 'g6.2xlarge'],
        LaunchTemplate: { Id: { Ref: 'LaunchTemplate' } },
        ScalingConfig: { MinSize: 1, MaxSize: 2 },
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole'] },
          ],
        },
        ManagedPolicyArns: [],
      },
    },
    RolePolicy: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [{ 'Fn::Join': ['', [key, '/*']] }] },
            { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
          ],
        },
      },
    },
    AccessLogs: bucket({
      LoggingConfiguration: undefined,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    }),
    AccessLogsPolicy: tlsOnly('AccessLogs', 'AWS::S3::BucketPolicy', { Bucket: { Ref: 'AccessLogs' } }, [
      {
        Effect: 'Allow',
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Action: ['s3:PutObject'],
        Resource: '*',
      },
    ]),
    Trail: bucket({
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } } },
    }),
    TrailPolicy: tlsOnly('Trail', 'AWS::S3::BucketPolicy', { Bucket: { Ref: 'Trail' } }),
    AccountTrail: {
      Type: 'AWS::CloudTrail::Trail',
      Properties: {
        S3BucketName: { Ref: 'Trail' },
        IsMultiRegionTrail: true,
        IsLogging: true,
        EnableLogFileValidation: true,
        KMSKeyId: key,
        AdvancedEventSelectors: [{ FieldSelectors: [{ StartsWith: [{ 'Fn::GetAtt': ['Trail', 'Arn'] }] }] }],
      },
    },
    Logs: {
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Retain',
      Properties: { RetentionInDays: 365, KmsKeyId: key },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: key } },
    QueuePolicy: tlsOnly('Queue', 'AWS::SQS::QueuePolicy', { Queues: [{ Ref: 'Queue' }] }),
    Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: key } },
    Secret: {
      Type: 'AWS::SecretsManager::Secret',
      DeletionPolicy: 'Retain',
      Properties: { KmsKeyId: key, GenerateSecretString: {} },
    },
    Database: {
      Type: 'AWS::RDS::DBCluster',
      DeletionPolicy: 'Snapshot',
      Properties: { StorageEncrypted: true, KmsKeyId: key, BackupRetentionPeriod: 35, DeletionProtection: true },
    },
    DatabaseInstance: {
      Type: 'AWS::RDS::DBInstance',
      Properties: { DBClusterIdentifier: { Ref: 'Database' }, PubliclyAccessible: false },
    },
    DatabaseParameters: {
      Type: 'AWS::RDS::DBClusterParameterGroup',
      Properties: { Parameters: { 'rds.force_ssl': '1' } },
    },
    Search: {
      Type: 'AWS::OpenSearchService::Domain',
      DeletionPolicy: 'Retain',
      Properties: {
        EncryptionAtRestOptions: { Enabled: true, KmsKeyId: key },
        NodeToNodeEncryptionOptions: { Enabled: true },
        DomainEndpointOptions: { EnforceHTTPS: true },
        VPCOptions: { SubnetIds: [{ Ref: 'Subnet1' }] },
      },
    },
    CollectionKey: {
      Type: 'AWS::OpenSearchServerless::SecurityPolicy',
      Properties: {
        Type: 'encryption',
        Policy: {
          'Fn::Join': [
            '',
            [
              '{"Rules":[{"ResourceType":"collection","Resource":["collection/vectors"]}],"AWSOwnedKey":false,"KmsARN":"',
              key,
              '"}',
            ],
          ],
        },
      },
    },
    CollectionNetwork: {
      Type: 'AWS::OpenSearchServerless::SecurityPolicy',
      Properties: {
        Type: 'network',
        Policy:
          '[{"Rules":[{"ResourceType":"collection","Resource":["collection/vectors"]}],"AllowFromPublic":false,"SourceVPCEs":["vpce-1"]}]',
      },
    },
    CollectionAccess: {
      Type: 'AWS::OpenSearchServerless::AccessPolicy',
      Properties: {
        Type: 'data',
        Policy:
          '[{"Rules":[{"ResourceType":"index","Resource":["index/vectors/*"],"Permission":["aoss:ReadDocument"]}],"Principal":["arn:aws:iam::111122223333:role/reader"]}]',
      },
    },
    CollectionGroup: {
      Type: 'AWS::OpenSearchServerless::CollectionGroup',
      Properties: { Name: 'group', CapacityLimits: { MaxIndexingCapacityInOcu: 4, MaxSearchCapacityInOcu: 4 } },
    },
    Collection: {
      Type: 'AWS::OpenSearchServerless::Collection',
      DeletionPolicy: 'Retain',
      Properties: {
        Name: 'vectors',
        CollectionGroupName: 'group',
        StandbyReplicas: 'ENABLED',
        DeletionProtection: 'ENABLED',
      },
    },
    VendorEndpointGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32' }] },
    },
    VendorEndpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0',
        VpcEndpointType: 'Interface',
        PrivateDnsEnabled: true,
        SecurityGroupIds: [{ 'Fn::GetAtt': ['VendorEndpointGroup', 'GroupId'] }],
      },
    },
    Cache: {
      Type: 'AWS::ElastiCache::ReplicationGroup',
      Properties: {
        KmsKeyId: key,
        AtRestEncryptionEnabled: true,
        TransitEncryptionEnabled: true,
        AuthToken: '{{resolve:secretsmanager:x}}',
      },
    },
    Images: {
      Type: 'AWS::ECR::Repository',
      Properties: {
        EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: key },
        ImageScanningConfiguration: { ScanOnPush: true },
        ImageTagMutability: 'IMMUTABLE',
      },
    },
    Vault: { Type: 'AWS::Backup::BackupVault', Properties: { EncryptionKeyArn: key } },
    Backups: {
      Type: 'AWS::Backup::BackupPlan',
      Properties: { BackupPlan: { BackupPlanRule: [{ CopyActions: [{ DestinationBackupVaultArn: 'x' }] }] } },
    },
    Firewall: {
      Type: 'AWS::WAFv2::WebACL',
      Properties: { Rules: [{ Statement: { RateBasedStatement: { Limit: 1000 } } }] },
    },
    Budget: {
      Type: 'AWS::Budgets::Budget',
      Properties: {
        Budget: { BudgetLimit: { Amount: 15_000, Unit: 'USD' } },
        NotificationsWithSubscribers: [
          { Notification: { NotificationType: 'ACTUAL' } },
          { Notification: { NotificationType: 'FORECASTED' } },
        ],
      },
    },
  }) as MutableTemplate;
}

/** Classes from which nodes and volumes are made, as they keep every promise. */
export function goodObjects(): { [key: string]: unknown }[] {
  const keyAlias = 'alias/support-chat/cluster';
  return [
    {
      kind: 'EC2NodeClass',
      metadata: { name: 'chat' },
      spec: {
        amiSelectorTerms: [{ alias: `bottlerocket@v${release.nodeImages.bottlerocket.split('-')[0]}` }],
        blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { encrypted: true, kmsKeyID: keyAlias } }],
      },
    },
    {
      kind: 'NodeClass',
      metadata: { name: 'chat' },
      spec: { ephemeralStorage: { size: '100Gi', kmsKeyID: keyAlias } },
    },
    { kind: 'StorageClass', metadata: { name: 'claims' }, parameters: { encrypted: 'true', kmsKeyId: keyAlias } },
  ];
}

/** A plan that asks for everything the rules look at. */
export function demandingPlan(): Plan {
  const plan = fixturePlan();
  const store = plan.vectorStore;
  return fixturePlan({
    audit: { ...plan.audit, writeOnce: true, retentionDays: 365, logRetentionDays: 365 },
    platform: { ...plan.platform, recoveryRegion: 'us-west-2' },
    compliance: {
      ...plan.compliance,
      controls: [{ id: 'waf-on-entry', title: 'Web application firewall on the entry', clauses: [] }],
    },
    ...(store && { vectorStore: { ...store, backup: { ...store.backup, crossRegion: true } } }),
  });
}

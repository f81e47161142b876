import {
  type Acknowledgement,
  balancing,
  cached,
  copies,
  copyKeys,
  ec2,
  logStreams,
  managedPolicies,
  nonProduction,
  regimes,
  resources,
  zones,
} from './acknowledgement.ts';

/** Every accepted finding of every pack. A test fails on a row no plan needs and on one without a real reason. */
export const acknowledgements: readonly Acknowledgement[] = [
  {
    rules: managedPolicies('service-role/AWS_ConfigRole'),
    at: ['Security/ConfigurationRecorderRole'],
    reason: 'AWS Config asks for this policy: it reads every resource kind and is extended by AWS with each new one.',
  },
  {
    rules: managedPolicies('service-role/AmazonRDSEnhancedMonitoringRole'),
    at: ['Data/VectorStoreMonitoringRole'],
    reason: 'Enhanced monitoring is documented with this policy alone; it writes to one log group of RDS.',
  },
  {
    rules: managedPolicies(
      'service-role/AWSBackupServiceRolePolicyForBackup',
      'service-role/AWSBackupServiceRolePolicyForRestores',
      'AWSBackupServiceRolePolicyForS3Backup',
      'AWSBackupServiceRolePolicyForS3Restore',
    ),
    at: ['Data/BackupRole'],
    reason: 'AWS Backup is documented with these policies; what it may touch is bounded by the backup selection.',
  },
  {
    rules: managedPolicies('AmazonEKSClusterPolicy'),
    at: ['Cluster/ControlPlaneRole'],
    reason: 'EKS refuses a control-plane role without this policy.',
  },
  {
    rules: managedPolicies(
      'AmazonEKSBlockStoragePolicy',
      'AmazonEKSComputePolicy',
      'AmazonEKSLoadBalancingPolicy',
      'AmazonEKSNetworkingPolicy',
    ),
    at: ['Cluster/ControlPlaneRole'],
    when: (plan) => plan.platform.provisioning === 'auto-mode',
    reason: 'EKS Auto Mode runs machines, volumes and balancers for us and asks for these policies.',
  },
  {
    rules: resources(
      ec2('fleet'),
      ec2('instance'),
      ec2('launch-template'),
      ec2('network-interface'),
      ec2('spot-instances-request'),
      ec2('volume'),
    ),
    at: ['Cluster/ControlPlaneRolePolicy'],
    reason: 'EKS Auto Mode names machines when it starts them: bounded to those that carry this cluster’s tags.',
  },
  {
    rules: managedPolicies('AmazonEC2ContainerRegistryPullOnly', 'AmazonEKSWorkerNodeMinimalPolicy'),
    at: ['Cluster/AutoModeNodeRole'],
    reason: 'The two smallest policies with which an Auto Mode node joins and pulls images.',
  },
  {
    rules: managedPolicies('AmazonEC2ContainerRegistryPullOnly', 'AmazonEKSWorkerNodePolicy'),
    at: ['Cluster/NodeRole'],
    reason: 'The policies with which a node joins and pulls images; pods have roles of their own.',
  },
  {
    rules: managedPolicies('AmazonEKS_CNI_Policy'),
    at: ['Cluster/NetworkPluginRole'],
    when: (plan) => !plan.platform.ipv6,
    reason: 'The network plugin is documented with this policy; Pod Identity gives it to that plugin alone.',
  },
  {
    rules: managedPolicies('service-role/AmazonEBSCSIDriverPolicy'),
    at: ['Cluster/VolumeDriverRole'],
    reason: 'The volume driver is documented with this policy, whose writes are bounded by its own volume tags.',
  },
  {
    rules: resources('<ConfigurationHistory.Arn>/AWSLogs/<AWS::AccountId>/Config/*'),
    at: ['Security/ConfigurationRecorderRolePolicy'],
    reason: 'The service names the objects it writes: the prefix is the narrowest name there is.',
  },
  {
    rules: resources('<PromptLog.Arn>/prompts/*', '<PromptLog.Arn>/failed/*'),
    at: ['Audit/PromptStreamRolePolicy'],
    reason: 'The stream names the objects it writes: the two prefixes are the narrowest names there are.',
  },
  {
    rules: resources(logStreams('trail')),
    at: ['Audit/TrailRolePolicy'],
    reason: 'CloudTrail names the log streams it writes; the log group is one.',
  },
  {
    rules: resources(logStreams('model-mirror')),
    at: ['Delivery/ModelMirrorRolePolicy'],
    reason: 'CodeBuild names a log stream by its build; the log group is one.',
  },
  {
    rules: resources(cached('ecr'), cached('k8s'), cached('quay')),
    at: ['Delivery/CacheRolePolicy'],
    reason: 'A repository is made with the first pull of its image, beneath the prefix of its registry.',
  },
  {
    rules: resources(logStreams('manifests'), ec2('network-interface'), '*'),
    at: ['Delivery/ManifestDeployerRolePolicy'],
    reason:
      'CodeBuild names a log stream by its build; its interface has no name before it exists; Describe calls take no resource.',
  },
  {
    rules: resources('<Models.Arn>/*', copies('mdl'), copyKeys),
    at: ['Data/ModelsReplicationRolePolicy'],
    reason: 'Replication copies every object of one bucket into one other, whose key is bounded by its alias.',
  },
  {
    rules: resources('<Corpus.Arn>/*', copies('doc'), copyKeys),
    at: ['Data/CorpusReplicationRolePolicy'],
    reason: 'Replication copies every object of one bucket into one other, whose key is bounded by its alias.',
  },
  {
    rules: resources(
      '*',
      'arn:<AWS::Partition>:acm:<AWS::Region>:<AWS::AccountId>:certificate/*',
      balancing('listener/app/*/*/*'),
      balancing('listener/net/*/*/*'),
      balancing('listener-rule/app/*/*/*'),
      balancing('listener-rule/net/*/*/*'),
      balancing('loadbalancer/app/*/*'),
      balancing('loadbalancer/net/*/*'),
      balancing('targetgroup/*/*'),
      ec2('security-group'),
    ),
    at: ['Cluster/LoadBalancerControllerRolePolicy'],
    reason:
      'The controller names balancers when it makes them: writes are bounded by this cluster’s tag, reads take no resource.',
  },
  {
    rules: resources(
      'arn:<AWS::Partition>:wafv2:<AWS::Region>:<AWS::AccountId>:regional/webacl/*/*',
      'arn:<AWS::Partition>:wafv2:<AWS::Region>:<AWS::AccountId>:regional/webacl/{name}-entry/*',
    ),
    at: ['Cluster/LoadBalancerControllerRolePolicy'],
    when: (plan) => plan.compliance.controls.some((control) => control.id === 'waf-on-entry'),
    reason: 'WAF appends an id to the one web ACL that may be attached; reading which one is attached names none.',
  },
  {
    rules: resources('{name}-data:ExportsOutputFnGetAttBackupsArnCE28314A/{name}/{store}/*'),
    at: ['Cluster/VectorStoreRolePolicy'],
    reason: 'The store names the snapshots it writes beneath its own prefix of the one backup bucket.',
  },
  {
    rules: resources('{name}-data:ExportsOutputFnGetAttModelsArn5D9CA212/*'),
    at: ['Cluster/ModelServerRolePolicy'],
    reason: 'Read-only on the one model bucket: a revision is many objects.',
  },
  {
    rules: resources('arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:{name}/*'),
    at: ['Cluster/ExternalSecretsRolePolicy'],
    reason: 'The secrets of this platform alone; Secrets Manager appends six random characters to each name.',
  },
  {
    rules: resources('{name}-data:ExportsOutputFnGetAttCorpusArn1106A5C1/*'),
    at: ['Cluster/IngestionRolePolicy'],
    reason: 'Ingestion reads every document of the one corpus bucket.',
  },
  {
    rules: resources('{name}-data:ExportsOutputFnGetAttVectorStoreArnDDC3D73E/*'),
    at: ['Cluster/IngestionRolePolicy'],
    when: (plan) => plan.vectorStore?.id === 'opensearch',
    reason: 'HTTP calls to the indices of the one domain.',
  },
  {
    rules: resources('{name}-data:ExportsOutputFnGetAttModelsArn5D9CA212/models/*'),
    at: ['Delivery/ModelMirrorRolePolicy'],
    reason: 'The mirror writes the files of a revision beneath one prefix of the one model bucket.',
  },
  {
    rules: resources(
      'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:{name}/model-hub-*',
      ec2('network-interface'),
      '*',
    ),
    at: ['Delivery/ModelMirrorRolePolicy'],
    reason:
      'Secrets Manager appends random characters; a build’s interface has no name before it exists; Describe calls take no resource.',
  },
  {
    rules: resources(
      '*',
      'arn:<AWS::Partition>:ec2:<AWS::Region>::image/*',
      'arn:<AWS::Partition>:ec2:<AWS::Region>::snapshot/*',
      ec2('capacity-reservation'),
      ec2('fleet'),
      ec2('instance'),
      ec2('launch-template'),
      ec2('network-interface'),
      ec2('placement-group'),
      ec2('security-group'),
      ec2('spot-instances-request'),
      ec2('subnet'),
      ec2('volume'),
      'arn:<AWS::Partition>:iam::<AWS::AccountId>:instance-profile/*',
      'arn:<AWS::Partition>:ssm:<AWS::Region>::parameter/aws/service/*',
    ),
    at: ['Cluster/KarpenterRolePolicy'],
    reason:
      'Karpenter names machines when it starts them: writes are bounded by this cluster’s tags, reads take no resource.',
  },
  {
    rules: resources('*'),
    at: ['Cluster/NetworkPluginRolePolicy'],
    when: (plan) => plan.platform.ipv6,
    reason: 'Describe calls take no resource; the writing call is bounded to network interfaces.',
  },
  {
    rules: resources(ec2('network-interface')),
    at: ['Cluster/NetworkPluginRolePolicy'],
    when: (plan) => plan.platform.ipv6,
    reason: 'The plugin gives addresses to interfaces that have no name before they exist.',
  },
  {
    rules: resources(
      '*',
      'arn:<AWS::Partition>:autoscaling:<AWS::Region>:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/eks-*',
      'arn:<AWS::Partition>:eks:<AWS::Region>:<AWS::AccountId>:nodegroup/<Cluster>/*/*',
    ),
    at: ['Cluster/ClusterAutoscalerRolePolicy'],
    reason: 'EKS names the groups it makes: writes are bounded by this cluster’s tag, reads take no resource.',
  },
  {
    rules: resources('arn:<AWS::Partition>:eks:<AWS::Region>:<AWS::AccountId>:nodegroup/{name}/*/*', '*'),
    at: ['Spend/SleepRolePolicy'],
    when: (plan) => plan.spend.scaleToZero && plan.platform.provisioning === 'managed-node-groups',
    reason:
      'EKS names the groups of the one cluster, whose tag bounds the change; log deliveries and traces take no resource.',
  },
  {
    rules: resources('*'),
    at: ['Spend/SleepRolePolicy'],
    when: (plan) => plan.spend.scaleToZero && plan.platform.provisioning !== 'managed-node-groups',
    reason: 'Log deliveries and traces take no resource; the build it starts is named.',
  },
  {
    rules: resources(logStreams('sleep'), ec2('network-interface'), '*'),
    at: ['Spend/SleepBuildRolePolicy'],
    reason:
      'CodeBuild names a log stream by its build; its interface has no name before it exists; Describe calls take no resource.',
  },
  {
    rules: resources('arn:<AWS::Partition>:es:<AWS::Region>:<AWS::AccountId>:domain/{name}-search/*'),
    at: ['Data/VectorStoreAdministratorPolicy'],
    reason: 'HTTP calls to the indices of the one domain.',
  },
  {
    rules: ['AwsSolutions-OS3'],
    at: ['Data/VectorStore'],
    when: (plan) => plan.vectorStore?.id === 'opensearch',
    reason: 'The domain stands inside the network: a security group admits the pods, and addresses of pods change.',
  },
  {
    rules: ['AwsSolutions-RDS10', ...regimes('RDSInstanceDeletionProtectionEnabled').slice(0, 2)],
    at: ['Data/VectorStore'],
    when: (plan) => nonProduction(plan) && plan.vectorStore?.id === 'pgvector',
    reason: 'A non-production database is deleted with its stack; a final snapshot is kept.',
  },
  {
    rules: ['AwsSolutions-AEC4', ...regimes('ElastiCacheRedisClusterAutomaticBackup').slice(0, 2)],
    at: ['Data/Cache'],
    when: nonProduction,
    reason: 'A non-production cache has one node: what it holds is rebuilt, and a second one doubles its price.',
  },
  {
    rules: ['AwsSolutions-SMG4', ...regimes('SecretsManagerRotationEnabled').slice(0, 2)],
    at: ['Data/GatewayKey', 'Data/GatewaySaltKey', 'Data/GatewayHashKey', 'Data/CacheToken', 'Data/VectorStoreKey'],
    reason:
      'The holder of the key reads it at start-up, so a timer would cut its users off: the safety-incident runbook rotates it.',
  },
  {
    rules: regimes('S3BucketReplicationEnabled'),
    at: ['Security/AccessLogs', 'Security/ConfigurationHistory', 'Audit/AuditQueryResults'],
    reason: 'Versioned records about the region itself; results of a query are made again by the query.',
  },
  {
    rules: regimes('S3BucketReplicationEnabled'),
    at: ['Data/Backups', 'Recovery/CorpusCopy', 'Recovery/ModelsCopy', 'Recovery/RecoveryAccessLogs'],
    reason: 'It is itself the copy: of a store, of a bucket in the first region, or of who read those copies.',
  },
  {
    rules: regimes('S3BucketReplicationEnabled'),
    at: ['Audit/PromptLog', 'Audit/Trail'],
    reason:
      'Versioned and, where the regime asks, write-once: a copy elsewhere would be a second store of personal data.',
  },
  {
    rules: regimes('S3BucketReplicationEnabled'),
    at: ['Data/Models', 'Data/Corpus'],
    when: (plan) => plan.platform.recoveryRegion === undefined,
    reason:
      'No recovery region is planned: models are mirrored again from their pinned revision, the corpus is backed up.',
  },
  {
    rules: regimes('S3DefaultEncryptionKMS'),
    at: ['Security/AccessLogs', 'Recovery/RecoveryAccessLogs'],
    reason: 'Server access logs are delivered only to buckets with S3’s own encryption.',
  },
  {
    rules: regimes('VPCDefaultSecurityGroupClosed'),
    at: ['Network/Vpc'],
    when: (plan) => plan.platform.existing.vpcId === undefined,
    reason: 'CloudFormation cannot change a network’s default group; nothing of ours uses it.',
  },
  {
    rules: regimes('VPCNoUnrestrictedRouteToIGW'),
    at: zones('Network/Public{zone}ToInternet', 'Network/Public{zone}ToInternetV6'),
    reason: 'The public subnets hold NAT gateways only: nodes, pods and stores have no route to the internet gateway.',
  },
  {
    rules: regimes('VPCSubnetAutoAssignPublicIpDisabled'),
    at: zones('Network/PrivateSubnet{zone}', 'Network/PublicSubnet{zone}'),
    when: (plan) => plan.platform.ipv6,
    reason: 'IPv6 has no private addresses: the egress-only gateway lets nothing in.',
  },
  {
    rules: regimes('RDSInBackupPlan').slice(0, 2) as [string, string],
    at: zones('Data/VectorStoreInstance{zone}'),
    reason: 'Instances of an Aurora cluster share its storage: the cluster itself is in the backup plan.',
  },
  {
    rules: ['HIPAA.Security-CodeBuildProjectSourceRepoUrl', 'PCI.DSS.321-CodeBuildProjectSourceRepoUrl'],
    at: ['Delivery/ModelMirror', 'Delivery/ManifestDeployer', 'Spend/SleepBuild'],
    reason: 'The project has no source repository: its steps are in the template.',
  },
];

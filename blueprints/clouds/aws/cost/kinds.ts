import { type UnpricedId, unpriced } from './unpriced.ts';

/** How one CloudFormation kind meets the bill. */
export type KindCost =
  /** Costs nothing by itself. */
  | { readonly kind: 'free'; readonly because: string }
  /** Counted into lines of these ids (a prefix ends in a dot). */
  | { readonly kind: 'priced'; readonly lines: readonly [string, ...string[]] }
  /** Costs something that no source prices. */
  | { readonly kind: 'gap'; readonly gap: UnpricedId };

const permission = { kind: 'free', because: 'permissions are free' } as const;
const wiring = { kind: 'free', because: 'wiring of a network is free' } as const;
const part = { kind: 'free', because: 'part of a resource that is priced' } as const;

const priced = (...lines: readonly [string, ...string[]]): KindCost => ({ kind: 'priced', lines });
const gap = (id: UnpricedId): KindCost => ({ kind: 'gap', gap: id });

/** Every kind our stacks raise. A kind without a row is reported as a gap, and a test fails on it. */
export const kindCosts: Readonly<Record<string, KindCost>> = {
  'AWS::AccessAnalyzer::Analyzer': { kind: 'free', because: 'findings on external access are free' },
  'AWS::Athena::NamedQuery': part,
  'AWS::Athena::WorkGroup': gap('athena'),
  'AWS::Backup::BackupPlan': part,
  'AWS::Backup::BackupSelection': part,
  'AWS::Backup::BackupVault': gap('backup'),
  'AWS::Budgets::Budget': priced('spend.budgets'),
  'AWS::Budgets::BudgetsAction': { kind: 'free', because: 'the first two action-enabled budgets are free' },
  'AWS::CE::AnomalyMonitor': { kind: 'free', because: 'anomaly detection is free' },
  'AWS::CE::AnomalySubscription': { kind: 'free', because: 'anomaly detection is free' },
  'AWS::CertificateManager::Certificate': { kind: 'free', because: 'public certificates are free' },
  'AWS::CloudTrail::Trail': priced('audit.trail-events', 'audit.objects-written'),
  'AWS::CloudWatch::Alarm': priced('spend.alarms'),
  'AWS::CodeBuild::Project': gap('codeBuild'),
  'AWS::Config::ConfigRule': priced('security.config-evaluations'),
  'AWS::Config::ConfigurationRecorder': priced('security.config-items'),
  'AWS::Config::DeliveryChannel': part,
  'AWS::EC2::EIP': priced('network.public-addresses'),
  'AWS::EC2::EgressOnlyInternetGateway': wiring,
  'AWS::EC2::FlowLog': priced('audit.logs-ingested', 'audit.logs-stored'),
  'AWS::EC2::InternetGateway': wiring,
  'AWS::EC2::LaunchTemplate': part,
  'AWS::EC2::NatGateway': priced('network.nat-gateways', 'network.nat-data'),
  'AWS::EC2::PlacementGroup': wiring,
  'AWS::EC2::Route': wiring,
  'AWS::EC2::RouteTable': wiring,
  'AWS::EC2::SecurityGroup': wiring,
  'AWS::EC2::SecurityGroupEgress': wiring,
  'AWS::EC2::SecurityGroupIngress': wiring,
  'AWS::EC2::Subnet': wiring,
  'AWS::EC2::SubnetRouteTableAssociation': wiring,
  'AWS::EC2::VPC': wiring,
  'AWS::EC2::VPCCidrBlock': wiring,
  'AWS::EC2::VPCEndpoint': priced('network.endpoints', 'network.endpoint-data'),
  'AWS::EC2::VPCGatewayAttachment': wiring,
  'AWS::ECR::PullThroughCacheRule': part,
  'AWS::ECR::RegistryScanningConfiguration': gap('inspector'),
  'AWS::ECR::Repository': priced('data.images'),
  'AWS::ECR::RepositoryCreationTemplate': part,
  'AWS::EKS::AccessEntry': permission,
  'AWS::EKS::Addon': part,
  'AWS::EKS::Cluster': priced('cluster.control-plane', 'audit.logs-ingested'),
  'AWS::EKS::Nodegroup': priced('cluster.', 'cluster.volumes'),
  'AWS::EKS::PodIdentityAssociation': permission,
  'AWS::ElastiCache::ParameterGroup': part,
  'AWS::ElastiCache::ReplicationGroup': priced('data.cache.instances'),
  'AWS::ElastiCache::SubnetGroup': part,
  'AWS::Events::Rule': gap('notifications'),
  'AWS::Glue::Database': gap('athena'),
  'AWS::Glue::Table': gap('athena'),
  'AWS::GuardDuty::Detector': gap('guardDuty'),
  'AWS::IAM::InstanceProfile': permission,
  'AWS::IAM::ManagedPolicy': permission,
  'AWS::IAM::Role': permission,
  'AWS::IAM::ServiceLinkedRole': permission,
  'AWS::KMS::Alias': part,
  'AWS::KMS::Key': priced('security.keys', 'security.key-requests'),
  'AWS::KinesisFirehose::DeliveryStream': gap('firehose'),
  'AWS::Lambda::Function': gap('notifications'),
  'AWS::Lambda::Permission': permission,
  'AWS::Logs::LogGroup': priced('audit.logs-stored'),
  'AWS::Logs::LogStream': part,
  'AWS::Logs::MetricFilter': part,
  'AWS::Logs::QueryDefinition': part,
  'AWS::Logs::ResourcePolicy': permission,
  'AWS::OpenSearchServerless::AccessPolicy': permission,
  'AWS::OpenSearchServerless::Collection': priced('data.vector-store.', 'audit.trail-events'),
  'AWS::OpenSearchServerless::CollectionGroup': priced('data.vector-store.units'),
  'AWS::OpenSearchServerless::SecurityPolicy': permission,
  'AWS::OpenSearchServerless::VpcEndpoint': priced(
    'network.endpoints',
    'network.endpoint-data',
    'network.private-zones',
  ),
  'AWS::OpenSearchService::Domain': priced('data.vector-store.'),
  'AWS::Pipes::Pipe': gap('notifications'),
  'AWS::RDS::DBCluster': priced('data.vector-store.'),
  'AWS::RDS::DBClusterParameterGroup': part,
  'AWS::RDS::DBInstance': priced('data.vector-store.instances'),
  'AWS::RDS::DBParameterGroup': part,
  'AWS::RDS::DBSubnetGroup': part,
  'AWS::Route53::RecordSet': part,
  'AWS::S3::Bucket': priced('data.bucket-storage', 'audit.objects-stored', 'data.replica-storage'),
  'AWS::S3::BucketPolicy': permission,
  'AWS::S3Vectors::Index': priced('data.vector-store.'),
  'AWS::S3Vectors::VectorBucket': priced('data.vector-store.'),
  'AWS::SNS::Subscription': gap('notifications'),
  'AWS::SNS::Topic': gap('notifications'),
  'AWS::SNS::TopicPolicy': permission,
  'AWS::SQS::Queue': priced('data.queue-requests'),
  'AWS::SQS::QueuePolicy': permission,
  'AWS::SSM::Parameter': { kind: 'free', because: 'standard parameters are free' },
  'AWS::Scheduler::Schedule': gap('notifications'),
  'AWS::Scheduler::ScheduleGroup': part,
  'AWS::SecretsManager::RotationSchedule': part,
  'AWS::SecretsManager::Secret': priced('security.secrets', 'security.secret-calls'),
  'AWS::SecurityHub::Hub': gap('securityHub'),
  'AWS::SecurityHub::Standard': gap('securityHub'),
  'AWS::StepFunctions::StateMachine': gap('notifications'),
  'AWS::WAFv2::LoggingConfiguration': part,
  'AWS::WAFv2::WebACL': priced('security.waf-acl', 'security.waf-rules', 'security.waf-requests'),
  'AWS::WAFv2::WebACLAssociation': part,
};

/** Texts of the gaps the given kinds leave, sorted, each once; a kind without a row is a gap of its own. */
export function gapsOf(types: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const type of types) {
    const cost = kindCosts[type];
    if (cost === undefined) found.add(`${type}: not in the table of kinds`);
    else if (cost.kind === 'gap') found.add(unpriced[cost.gap]);
  }
  return [...found].sort();
}

import type { ControlId, Proof } from '../../../lib/compliance/index.ts';
import type { Plan } from '../../../lib/plan/plan.ts';
import {
  addresses,
  type ControlProof,
  cluster,
  existingCluster,
  existingKey,
  existingVpc,
  hasDigest,
  objectName,
  objectsOf,
  podSpecs,
  withKeys,
  withProperty,
} from './control-proof.ts';
import { asList, asObject, at, isSet, ofType } from './nag/world.ts';

/** A revision that neither the answers nor the catalogue name is the user's to pin; nothing is served without it. */
function unpinnedModels({ models }: Plan): Extract<Proof, { kind: 'duty' }> | undefined {
  const open = models.filter(({ revision }) => revision === undefined).map(({ modelId }) => modelId);
  if (open.length === 0) return undefined;
  return { kind: 'duty', because: `Name the commit of ${open.join(', ')}: the mirror refuses a model without one.` };
}

/** Fails to compile until every guarantee is answered. */
export const awsControls: Readonly<Record<ControlId, ControlProof>> = {
  'encryption-at-rest-cmk': {
    resources: (world) => [
      ...withKeys(world),
      ...['EC2NodeClass', 'NodeClass', 'StorageClass'].flatMap((kind) =>
        objectsOf(world, kind, (object) => /"kmsKeyI[dD]":/.test(JSON.stringify(object))),
      ),
    ],
    evidence: (plan) => `aws kms list-aliases --query "Aliases[?starts_with(AliasName,'alias/${plan.name}/')]"`,
  },
  'key-rotation': {
    resources: withProperty('EnableKeyRotation', 'AWS::KMS::Key'),
    evidence: (plan) => `aws kms get-key-rotation-status --key-id alias/${plan.name}/corpus`,
    instead: existingKey,
  },
  'tls-in-transit': {
    resources: (world) => addresses(world, 'AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'),
    evidence: () =>
      `aws s3api get-bucket-policy --bucket <bucket> --query Policy --output text | jq '.Statement[] | select(.Sid=="TlsOnly")'`,
  },
  'tls-in-transit-fips': {
    resources: (world) => [
      ...world.resources
        .filter(({ properties }) => /FIPS_ENDPOINT|-fips"/.test(JSON.stringify(properties)))
        .map(({ address }) => address),
      ...world.objects.filter((object) => JSON.stringify(object).includes('FIPS_ENDPOINT')).map(objectName),
    ],
    evidence: () =>
      `kubectl get pods -A -o json | jq '.items[].spec.containers[].env[]? | select(.name=="AWS_USE_FIPS_ENDPOINT")'`,
  },
  'private-api-endpoint': {
    resources: (world) => addresses(world, 'AWS::EKS::Cluster'),
    evidence: (plan) =>
      `aws eks describe-cluster --name ${cluster(plan)} --query 'cluster.resourcesVpcConfig.[endpointPublicAccess,endpointPrivateAccess]'`,
    instead: existingCluster,
  },
  'cluster-secrets-encryption': {
    resources: withProperty('EncryptionConfig', 'AWS::EKS::Cluster'),
    evidence: (plan) => `aws eks describe-cluster --name ${cluster(plan)} --query cluster.encryptionConfig`,
    instead: existingCluster,
  },
  'control-plane-logs': {
    resources: withProperty('Logging', 'AWS::EKS::Cluster'),
    evidence: (plan) => `aws eks describe-cluster --name ${cluster(plan)} --query cluster.logging`,
    instead: existingCluster,
  },
  'cluster-access-entries': {
    resources: (world) => [
      ...withProperty('AccessConfig', 'AWS::EKS::Cluster')(world),
      ...addresses(world, 'AWS::EKS::AccessEntry'),
    ],
    evidence: (plan) => `aws eks list-access-entries --cluster-name ${cluster(plan)}`,
    instead: existingCluster,
  },
  'workload-identity': {
    resources: (world) => addresses(world, 'AWS::EKS::PodIdentityAssociation'),
    evidence: (plan) => `aws eks list-pod-identity-associations --cluster-name ${cluster(plan)}`,
  },
  'least-privilege-roles': {
    resources: (world) => addresses(world, 'AWS::IAM::ManagedPolicy'),
    evidence: () => 'aws accessanalyzer list-findings-v2 --analyzer-arn <analyzer>',
  },
  'secrets-in-store': {
    resources: (world) => [...addresses(world, 'AWS::SecretsManager::Secret'), ...objectsOf(world, 'ExternalSecret')],
    evidence: (plan) => `aws secretsmanager list-secrets --filters Key=name,Values=${plan.name}/`,
  },
  'network-private-subnets': {
    resources: (world) => addresses(world, 'AWS::EC2::Subnet'),
    evidence: (plan) =>
      `aws ec2 describe-subnets --filters Name=tag:groundplan:platform,Values=${plan.name} --query 'Subnets[].[SubnetId,MapPublicIpOnLaunch]'`,
    instead: existingVpc,
  },
  'network-endpoints': {
    resources: (world) => addresses(world, 'AWS::EC2::VPCEndpoint', 'AWS::OpenSearchServerless::VpcEndpoint'),
    evidence: (plan) =>
      `aws ec2 describe-vpc-endpoints --filters Name=tag:groundplan:platform,Values=${plan.name} --query 'VpcEndpoints[].ServiceName'`,
    instead: existingVpc,
  },
  'network-flow-logs': {
    resources: (world) => addresses(world, 'AWS::EC2::FlowLog'),
    evidence: () => `aws ec2 describe-flow-logs --query 'FlowLogs[].[ResourceId,TrafficType,FlowLogStatus]'`,
    instead: existingVpc,
  },
  'network-default-deny': {
    resources: (world) =>
      objectsOf(
        world,
        'NetworkPolicy',
        (object) =>
          Object.keys(asObject(at(object, 'spec.podSelector'))).length === 0 &&
          at(object, 'spec.ingress.0') === undefined,
      ),
    evidence: () => 'kubectl get networkpolicy -A',
  },
  'network-no-open-ingress': {
    resources: (world) => addresses(world, 'AWS::EC2::SecurityGroup'),
    evidence: () =>
      `aws ec2 describe-security-groups --filters Name=ip-permission.cidr,Values=0.0.0.0/0 --query 'SecurityGroups[].GroupId'`,
  },
  'waf-on-entry': {
    resources: (world) => addresses(world, 'AWS::WAFv2::WebACL'),
    evidence: () => 'aws wafv2 list-web-acls --scope REGIONAL',
  },
  'node-hardening': {
    resources: (world) => [
      ...addresses(world, 'AWS::EC2::LaunchTemplate'),
      ...objectsOf(world, 'EC2NodeClass', (object) => at(object, 'spec.metadataOptions.httpTokens') === 'required'),
      ...objectsOf(world, 'NodeClass'),
    ],
    evidence: (plan) =>
      `aws ec2 describe-instances --filters Name=tag:eks:cluster-name,Values=${cluster(plan)} --query 'Reservations[].Instances[].[InstanceId,MetadataOptions]'`,
    instead: existingCluster,
  },
  'pod-security-restricted': {
    resources: (world) =>
      objectsOf(world, 'Namespace', (object) =>
        /restricted/.test(String(asObject(at(object, 'metadata.labels'))['pod-security.kubernetes.io/enforce'] ?? '')),
      ),
    evidence: () => 'kubectl get namespaces -L pod-security.kubernetes.io/enforce',
  },
  'image-digest': {
    resources: (world) =>
      podSpecs(world)
        .filter(({ spec }) => asList(spec.containers).every((container) => hasDigest(container)))
        .map(({ object }) => objectName(object)),
    evidence: () =>
      `kubectl get pods -A -o jsonpath='{range .items[*].spec.containers[*]}{.image}{"\\n"}{end}' | grep -v '@sha256:'`,
  },
  'image-scanning': {
    resources: (world) =>
      addresses(
        world,
        'AWS::ECR::Repository',
        'AWS::ECR::RegistryScanningConfiguration',
        'AWS::ECR::RepositoryCreationTemplate',
      ),
    evidence: () => 'aws ecr get-registry-scanning-configuration',
  },
  'model-provenance': {
    resources: (world) => [
      ...addresses(world, 'AWS::CodeBuild::Project'),
      ...ofType(world, 'AWS::S3::Bucket')
        .filter(({ logicalId }) => logicalId.startsWith('Models'))
        .map(({ address }) => address),
    ],
    evidence: () => 'aws s3 cp s3://<model bucket>/models/<model>/<revision>/checksums.txt - | head',
    instead: (plan) =>
      plan.models.length === 0
        ? { kind: 'not-applicable', because: 'No model is served by the platform itself.' }
        : unpinnedModels(plan),
  },
  'versioned-storage': {
    resources: withProperty('VersioningConfiguration', 'AWS::S3::Bucket'),
    evidence: () => 'aws s3api get-bucket-versioning --bucket <bucket>',
  },
  'audit-trail': {
    resources: (world) => addresses(world, 'AWS::CloudTrail::Trail'),
    evidence: (plan) =>
      `aws cloudtrail validate-logs --trail-arn <trail ${plan.name}> --start-time $(date -u -d '-1 day' +%FT%TZ)`,
  },
  'access-to-log-logged': {
    resources: withProperty('AdvancedEventSelectors', 'AWS::CloudTrail::Trail'),
    evidence: (plan) => `aws cloudtrail get-event-selectors --trail-name ${plan.name}`,
  },
  'prompt-audit': {
    resources: (world) =>
      addresses(world, 'AWS::KinesisFirehose::DeliveryStream', 'AWS::Glue::Table', 'AWS::Athena::NamedQuery'),
    evidence: (plan) =>
      `aws athena start-query-execution --work-group ${plan.name}-audit --query-string "select count(*) from prompts where day = '<day>'"`,
  },
  'audit-write-once': {
    resources: withProperty('ObjectLockConfiguration', 'AWS::S3::Bucket'),
    evidence: () => 'aws s3api get-object-lock-configuration --bucket <audit bucket>',
  },
  'audit-retention': {
    resources: (world) =>
      ofType(world, 'AWS::S3::Bucket')
        .filter(
          ({ properties }) =>
            isSet(at(properties, 'ObjectLockConfiguration')) ||
            asList(at(properties, 'LifecycleConfiguration.Rules')).some(
              (rule) => Number(asObject(rule).ExpirationInDays ?? 0) >= world.plan.audit.retentionDays,
            ),
        )
        .map(({ address }) => address),
    evidence: () => 'aws s3api get-bucket-lifecycle-configuration --bucket <audit bucket>',
  },
  'log-retention': {
    resources: withProperty('RetentionInDays', 'AWS::Logs::LogGroup'),
    evidence: (plan) =>
      `aws logs describe-log-groups --log-group-name-prefix /groundplan/${plan.name}/ --query 'logGroups[].[logGroupName,retentionInDays]'`,
  },
  'pii-redaction': {
    resources: (world) =>
      world.objects.filter((object) => /redact|presidio|mask/i.test(JSON.stringify(object))).map(objectName),
    evidence: (plan) =>
      `aws athena start-query-execution --work-group ${plan.name}-audit --query-string "select input from prompts where day = '<day>' limit 20"`,
  },
  'data-expiry': {
    resources: withProperty('LifecycleConfiguration', 'AWS::S3::Bucket'),
    evidence: () => 'aws s3api get-bucket-lifecycle-configuration --bucket <bucket>',
  },
  'backup-schedule': {
    resources: (world) => [
      ...addresses(world, 'AWS::Backup::BackupPlan'),
      ...withProperty('BackupRetentionPeriod', 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster')(world),
      ...objectsOf(world, 'CronJob', (object) => /snapshot|backup/i.test(String(at(object, 'metadata.name') ?? ''))),
    ],
    evidence: () => 'aws backup list-recovery-points-by-backup-vault --backup-vault-name <vault>',
    instead: (plan) =>
      plan.vectorStore === undefined
        ? { kind: 'not-applicable', because: 'The platform keeps no store of its own.' }
        : undefined,
  },
  'backup-cross-region': {
    resources: (world) => [
      ...ofType(world, 'AWS::Backup::BackupPlan')
        .filter(({ properties }) => JSON.stringify(properties).includes('CopyActions'))
        .map(({ address }) => address),
      ...withProperty('ReplicationConfiguration', 'AWS::S3::Bucket')(world),
    ],
    evidence: (plan) =>
      `aws backup list-recovery-points-by-backup-vault --backup-vault-name ${plan.name} --region ${plan.platform.recoveryRegion ?? '<recovery region>'}`,
  },
  'multi-zone': {
    resources: (world) => [
      ...addresses(world, 'AWS::EC2::Subnet'),
      ...ofType(world, 'AWS::EKS::Nodegroup')
        .filter(({ properties }) => asList(properties.Subnets).length > 1)
        .map(({ address }) => address),
    ],
    evidence: (plan) => `kubectl get nodes -L topology.kubernetes.io/zone # cluster ${cluster(plan)}`,
    instead: (plan) => existingVpc(plan),
  },
  'region-in-residency': {
    resources: (world) => world.templates.map(({ stackName }) => stackName),
    evidence: (plan) =>
      `aws resourcegroupstaggingapi get-resources --tag-filters Key=groundplan:platform,Values=${plan.name} --query 'ResourceTagMappingList[].ResourceARN' | cut -d: -f4 | sort -u`,
  },
  'threat-detection': {
    resources: (world) => addresses(world, 'AWS::GuardDuty::Detector'),
    evidence: () => 'aws guardduty list-detectors',
  },
  'posture-findings': {
    resources: (world) => addresses(world, 'AWS::SecurityHub::Hub', 'AWS::SecurityHub::Standard'),
    evidence: () => 'aws securityhub get-enabled-standards',
  },
  'config-recording': {
    resources: (world) => addresses(world, 'AWS::Config::ConfigurationRecorder', 'AWS::Config::ConfigRule'),
    evidence: () => 'aws configservice describe-compliance-by-config-rule',
  },
  'alarms-to-on-call': {
    resources: (world) =>
      addresses(
        world,
        'AWS::SNS::Topic',
        'AWS::Budgets::Budget',
        'AWS::CloudWatch::Alarm',
        'AWS::CE::AnomalySubscription',
      ),
    evidence: () => 'aws sns list-subscriptions',
  },
  'change-record': {
    resources: (world) => world.templates.map(({ stackName }) => stackName),
    evidence: (plan) => `aws cloudformation detect-stack-drift --stack-name ${plan.name}-cluster`,
  },
};

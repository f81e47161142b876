import {
  type CheckedControl,
  type ControlId,
  checkControls,
  complianceFor,
  controlIds,
  type Duty,
  frameworks,
  type Proof,
} from '../../../lib/compliance/index.ts';
import type { Plan } from '../../../lib/plan/plan.ts';
import { runRules } from './nag/rule.ts';
import { ownRules } from './nag/rules/index.ts';
import {
  asList,
  asObject,
  asText,
  at,
  isSet,
  type JsonObject,
  type KubernetesObject,
  ofType,
  type StackTemplate,
  type World,
  worldOf,
} from './nag/world.ts';

/** How AWS proves one guarantee: the resources that carry it and what an auditor runs to see them live. */
interface ControlProof {
  /** Addresses of resources and objects; empty: nothing proves it. */
  readonly resources: (world: World) => readonly string[];
  readonly evidence: (plan: Plan) => string;
  /** The user's own network, cluster or key: then the guarantee is theirs to show. */
  readonly instead?: (plan: Plan) => Extract<Proof, { kind: 'duty' | 'not-applicable' }> | undefined;
}

const addresses = (world: World, ...types: readonly string[]) => ofType(world, ...types).map(({ address }) => address);

const withProperty =
  (path: string, ...types: readonly string[]) =>
  (world: World) =>
    ofType(world, ...types)
      .filter(({ properties }) => isSet(at(properties, path)))
      .map(({ address }) => address);

function objectName(object: KubernetesObject): string {
  const { namespace, name } = asObject(object.metadata);
  return ['kubernetes', asText(namespace), asText(object.kind), asText(name)].filter(Boolean).join('/');
}

const objectsOf = (world: World, kind: string, wanted: (object: JsonObject) => boolean = () => true) =>
  world.objects.filter((object) => object.kind === kind && wanted(object)).map(objectName);

/** Pod templates of every workload. */
const podSpecs = (world: World) =>
  world.objects.flatMap((object) => {
    const template = at(object, 'spec.template.spec') ?? at(object, 'spec.jobTemplate.spec.template.spec');
    return template === undefined ? [] : [{ object, spec: asObject(template) }];
  });

const existingVpc = (plan: Plan): Extract<Proof, { kind: 'duty' }> | undefined =>
  plan.platform.existing.vpcId === undefined
    ? undefined
    : { kind: 'duty', because: `The network ${plan.platform.existing.vpcId} is yours: show it there.` };

const existingCluster = (plan: Plan): Extract<Proof, { kind: 'duty' }> | undefined =>
  plan.platform.existing.clusterName === undefined
    ? undefined
    : { kind: 'duty', because: `The cluster ${plan.platform.existing.clusterName} is yours: show it there.` };

const existingKey = (plan: Plan): Extract<Proof, { kind: 'duty' }> | undefined =>
  plan.platform.existing.kmsKeyArn === undefined
    ? undefined
    : { kind: 'duty', because: 'The key of the answers is yours: show its rotation there.' };

const cluster = (plan: Plan) => plan.platform.existing.clusterName ?? plan.name;

/** Fails to compile until every guarantee is answered. */
export const awsControls: Readonly<Record<ControlId, ControlProof>> = {
  'encryption-at-rest-cmk': {
    resources: withKeys,
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
    resources: (world) => addresses(world, 'AWS::EC2::VPCEndpoint'),
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
    evidence: () => 'aws s3 cp s3://<model bucket>/models/<model>/<revision>/SHA256SUMS - | head',
    instead: (plan) =>
      plan.models.length === 0
        ? { kind: 'not-applicable', because: 'No model is served by the platform itself.' }
        : undefined,
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

/** Stores that name a key of ours, whatever their kind calls the property. */
function withKeys(world: World): readonly string[] {
  const kinds =
    /^AWS::(S3::Bucket|RDS::DB(Instance|Cluster)|OpenSearchService::Domain|SQS::Queue|SNS::Topic|Logs::LogGroup|ElastiCache::ReplicationGroup|ECR::Repository|SecretsManager::Secret|Backup::BackupVault|EC2::LaunchTemplate|KinesisFirehose::DeliveryStream)$/;
  return world.resources
    .filter(
      ({ type, properties }) =>
        kinds.test(type) &&
        /[Kk](ms|MS)?KeyI[dD]|KmsKey|KeyArn|KMSMasterKeyID|EncryptionKeyArn/.test(JSON.stringify(properties)),
    )
    .map(({ address }) => address);
}

function hasDigest(container: Parameters<typeof asObject>[0]): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(asText(asObject(container).image) ?? '');
}

/** One line of the matrix: a clause of a framework, the guarantee it asks for, where it is, and how to see it. */
export interface MatrixRow extends CheckedControl {
  /** `164.312(b)` of `HIPAA Security Rule`, spelled for a reader. */
  readonly clauseTitles: readonly string[];
}

export interface ComplianceMatrix {
  readonly rows: readonly MatrixRow[];
  /** What no tool can prove. */
  readonly duties: readonly (Duty & { readonly frameworkTitle: string })[];
  readonly unmet: readonly MatrixRow[];
}

/**
 * Control → clause → resource → evidence, for the compliance document and for `verify`. A control is met when a resource
 * proves it and none of our rules finds one that breaks it.
 */
export function complianceMatrix(
  plan: Plan,
  templates: readonly StackTemplate[],
  manifests: readonly KubernetesObject[],
): ComplianceMatrix {
  const world = worldOf(plan, templates, manifests);
  const findings = runRules(ownRules, world);
  const offendersOf = (id: ControlId) => {
    const rules = new Set(ownRules.filter((rule) => rule.control === id).map((rule) => rule.id));
    return [...new Set(findings.filter(({ rule }) => rules.has(rule)).map(({ resource }) => resource))];
  };
  const proofs = Object.fromEntries(
    controlIds.map((id) => [id, proofOf(id, world, offendersOf(id))]),
  ) as unknown as Record<ControlId, Proof>;
  const compliance = complianceFor(plan.requirements);
  const rows = checkControls(compliance, proofs).map((row) => ({
    ...row,
    clauseTitles: row.clauses.map(({ framework, clause }) => `${frameworks[framework].title} ${clause}`),
  }));
  return {
    rows,
    duties: compliance.duties.map((duty) => ({ ...duty, frameworkTitle: frameworks[duty.framework].title })),
    unmet: rows.filter((row) => row.state === 'unmet'),
  };
}

function proofOf(id: ControlId, world: World, offenders: readonly string[]): Proof {
  const proof = awsControls[id];
  const instead = proof.instead?.(world.plan);
  if (instead) return instead;
  const resources = [...new Set(proof.resources(world))].sort();
  return { kind: 'resources', resources, offenders, evidence: proof.evidence(world.plan) };
}

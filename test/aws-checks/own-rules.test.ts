import { describe, expect, test } from 'vitest';
import { ownRules, runRules, type StackTemplate, worldOf } from '../../blueprints/clouds/aws/nag/index.ts';
import { controls } from '../../lib/compliance/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { demandingPlan, goodObjects, goodTemplate, type MutableTemplate } from './good-stack.ts';

function findings(
  template: MutableTemplate,
  plan: Plan = demandingPlan(),
  objects: StackTemplate['template'][] = goodObjects() as StackTemplate['template'][],
) {
  const json = JSON.parse(JSON.stringify({ Resources: template })) as StackTemplate['template'];
  return runRules(ownRules, worldOf(plan, [{ stackName: 'stack', template: json }], objects));
}

/** Sets one property, `A.B.0.C`, of one resource. */
function set(template: MutableTemplate, logicalId: string, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() as string;
  let target = template[logicalId]?.Properties as Record<string, unknown>;
  for (const step of steps) target = target[step] as Record<string, unknown>;
  if (value === undefined) delete target[last];
  else target[last] = value;
}

type Defect = readonly [
  rule: string,
  defect: string,
  plant: (template: MutableTemplate) => void,
  plan?: (plan: Plan) => Plan,
];

const statement = (template: MutableTemplate, extra: Record<string, unknown>) =>
  set(template, 'RolePolicy', 'PolicyDocument.Statement.0', { Effect: 'Allow', Resource: ['*'], ...extra });

const ofCollection = [{ ResourceType: 'collection', Resource: ['collection/vectors'] }];
const dataPolicy = (resource: string, permission: string, principal: string) =>
  JSON.stringify([
    { Rules: [{ ResourceType: 'index', Resource: [resource], Permission: [permission] }], Principal: [principal] },
  ]);

const withOneType = (plan: Plan, why: { oneTypeBecause?: string }): Plan => ({
  ...plan,
  platform: {
    ...plan.platform,
    nodePools: plan.platform.nodePools.map((pool) => ({ ...pool, instanceTypes: ['g6.xlarge'], ...why })),
  },
});

const defects: readonly Defect[] = [
  [
    'Groundplan-EKS1',
    'the endpoint is public',
    (t) => set(t, 'Cluster', 'ResourcesVpcConfig.EndpointPublicAccess', true),
  ],
  [
    'Groundplan-EKS1',
    'the private endpoint is off',
    (t) => set(t, 'Cluster', 'ResourcesVpcConfig.EndpointPrivateAccess', false),
  ],
  [
    'Groundplan-EKS2',
    'the audit log is off',
    (t) => set(t, 'Cluster', 'Logging.ClusterLogging.EnabledTypes', [{ Type: 'api' }]),
  ],
  ['Groundplan-EKS3', 'secrets are not encrypted', (t) => set(t, 'Cluster', 'EncryptionConfig', undefined)],
  [
    'Groundplan-EKS4',
    'the config map still admits people',
    (t) => set(t, 'Cluster', 'AccessConfig.AuthenticationMode', 'API_AND_CONFIG_MAP'),
  ],
  [
    'Groundplan-EKS4',
    'the creator stays administrator',
    (t) => set(t, 'Cluster', 'AccessConfig.BootstrapClusterCreatorAdminPermissions', true),
  ],
  [
    'Groundplan-EKS5',
    'the version is unknown',
    (t) => {
      set(t, 'Cluster', 'Version', '1.24');
      set(t, 'AddOn', 'AddonName', 'other');
    },
  ],
  ['Groundplan-EKS5', 'standard support has ended', () => {}, (plan) => ({ ...plan, catalogDate: '2031-01-01' })],
  ['Groundplan-EKS6', 'an add-on has no version', (t) => set(t, 'AddOn', 'AddonVersion', undefined)],
  [
    'Groundplan-EKS6',
    'an add-on belongs to another version',
    (t) => set(t, 'AddOn', 'AddonVersion', 'v1.9.3-eksbuild.1'),
  ],
  ['Groundplan-EKS7', 'an association names no account', (t) => set(t, 'Identity', 'ServiceAccount', undefined)],
  [
    'Groundplan-NODE1',
    'the old metadata service answers',
    (t) => set(t, 'LaunchTemplate', 'LaunchTemplateData.MetadataOptions.HttpTokens', 'optional'),
  ],
  [
    'Groundplan-NODE1',
    'pods reach the metadata service',
    (t) => set(t, 'LaunchTemplate', 'LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit', 2),
  ],
  [
    'Groundplan-NODE2',
    'a node volume is in clear',
    (t) => set(t, 'LaunchTemplate', 'LaunchTemplateData.BlockDeviceMappings.0.Ebs.Encrypted', false),
  ],
  [
    'Groundplan-NODE2',
    'no volume is declared',
    (t) => set(t, 'LaunchTemplate', 'LaunchTemplateData.BlockDeviceMappings', undefined),
  ],
  ['Groundplan-NODE3', 'a pool has one instance type', (t) => set(t, 'Nodes', 'InstanceTypes', ['g6.xlarge'])],
  [
    'Groundplan-NODE3',
    'the plan’s pool has one instance type and says not why',
    (t) => set(t, 'Nodes', 'InstanceTypes', ['g6.xlarge']),
    (plan) => withOneType(plan, {}),
  ],
  ['Groundplan-NODE4', 'a group has no launch template', (t) => set(t, 'Nodes', 'LaunchTemplate', undefined)],
  ['Groundplan-NODE5', 'a group outgrows the plan', (t) => set(t, 'Nodes', 'ScalingConfig.MaxSize', 500)],
  ['Groundplan-NODE7', 'a group follows the newest image', (t) => set(t, 'Nodes', 'ReleaseVersion', undefined)],
  ['Groundplan-NODE7', 'a group runs another system', (t) => set(t, 'Nodes', 'AmiType', 'AL2023_x86_64_NVIDIA')],
  [
    'Groundplan-NODE8',
    'machines run another image than the validated one',
    () => {},
    (plan) => ({ ...plan, platform: { ...plan.platform, fips: true } }),
  ],
  ['Groundplan-NET1', 'a subnet hands out public addresses', (t) => set(t, 'Subnet1', 'MapPublicIpOnLaunch', true)],
  [
    'Groundplan-NET2',
    'a group is open to the world',
    (t) => set(t, 'Group', 'SecurityGroupIngress.0.CidrIp', '0.0.0.0/0'),
  ],
  [
    'Groundplan-NET2',
    'a separate ingress is open to the world',
    (t) => {
      t.Open = { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { CidrIpv6: '::/0' } };
    },
  ],
  [
    'Groundplan-NET3',
    'flows are not logged',
    (t) => {
      delete t.FlowLog;
    },
  ],
  ['Groundplan-NET3', 'only refused flows are logged', (t) => set(t, 'FlowLog', 'TrafficType', 'REJECT')],
  [
    'Groundplan-NET4',
    'an isolated network has a NAT gateway',
    (t) => {
      t.Nat = { Type: 'AWS::EC2::NatGateway', Properties: {} };
    },
    (plan) => ({ ...plan, platform: { ...plan.platform, isolated: true } }),
  ],
  ['Groundplan-NET5', 'an endpoint lets everybody through', (t) => set(t, 'Endpoint', 'PolicyDocument', undefined)],
  [
    'Groundplan-NET6',
    'a public entry has no firewall',
    (t) => {
      delete t.Firewall;
    },
  ],
  ['Groundplan-NET6', 'the firewall has no rate limit', (t) => set(t, 'Firewall', 'Rules', [])],
  [
    'Groundplan-NET7',
    'the network sits in two zones',
    (t) => {
      delete t.Subnet3;
    },
  ],
  ['Groundplan-NET8', 'a resource names a foreign region', (t) => set(t, 'Topic', 'TopicName', 'mirror-of-ap-south-1')],
  [
    'Groundplan-S31',
    'a bucket admits public policies',
    (t) => set(t, 'Trail', 'PublicAccessBlockConfiguration.BlockPublicPolicy', false),
  ],
  [
    'Groundplan-S32',
    'a bucket has no TLS policy',
    (t) => {
      delete t.TrailPolicy;
    },
  ],
  [
    'Groundplan-S32',
    'a queue has no TLS policy',
    (t) => {
      delete t.QueuePolicy;
    },
  ],
  ['Groundplan-S33', 'a bucket keeps no versions', (t) => set(t, 'Trail', 'VersioningConfiguration', undefined)],
  [
    'Groundplan-S34',
    'a bucket uses S3’s own key',
    (t) =>
      set(t, 'Trail', 'BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault', {
        SSEAlgorithm: 'AES256',
      }),
  ],
  [
    'Groundplan-S35',
    'the lock is shorter than the promise',
    (t) => set(t, 'Trail', 'ObjectLockConfiguration.Rule.DefaultRetention.Days', 30),
  ],
  [
    'Groundplan-S35',
    'an administrator can lift the lock',
    (t) => set(t, 'Trail', 'ObjectLockConfiguration.Rule.DefaultRetention.Mode', 'GOVERNANCE'),
  ],
  [
    'Groundplan-S36',
    'records expire early',
    (t) => set(t, 'Trail', 'LifecycleConfiguration.Rules.0.ExpirationInDays', 90),
  ],
  ['Groundplan-S37', 'a bucket keeps everything for ever', (t) => set(t, 'Trail', 'LifecycleConfiguration', undefined)],
  ['Groundplan-S38', 'reads of a bucket are not logged', (t) => set(t, 'Trail', 'LoggingConfiguration', undefined)],
  ['Groundplan-LOG1', 'a log group never ends', (t) => set(t, 'Logs', 'RetentionInDays', undefined)],
  ['Groundplan-LOG1', 'a log group ends early', (t) => set(t, 'Logs', 'RetentionInDays', 30)],
  ['Groundplan-LOG2', 'a log group has no key', (t) => set(t, 'Logs', 'KmsKeyId', undefined)],
  ['Groundplan-KMS1', 'a key does not rotate', (t) => set(t, 'Key', 'EnableKeyRotation', false)],
  [
    'Groundplan-TRAIL1',
    'there is no trail',
    (t) => {
      delete t.AccountTrail;
    },
  ],
  ['Groundplan-TRAIL1', 'digests are off', (t) => set(t, 'AccountTrail', 'EnableLogFileValidation', false)],
  [
    'Groundplan-TRAIL2',
    'reads of the trail’s bucket are not recorded',
    (t) => set(t, 'AccountTrail', 'AdvancedEventSelectors', []),
  ],
  [
    'Groundplan-IAM1',
    'a policy allows a whole service',
    (t) => statement(t, { Action: 's3:*', Resource: 'arn:aws:s3:::b' }),
  ],
  ['Groundplan-IAM2', 'a policy allows every object', (t) => statement(t, { Action: ['s3:GetObject'] })],
  [
    'Groundplan-IAM3',
    'a user exists',
    (t) => {
      t.User = { Type: 'AWS::IAM::User', Properties: {} };
    },
  ],
  [
    'Groundplan-IAM3',
    'a role has an inline policy',
    (t) => set(t, 'Role', 'Policies', [{ PolicyName: 'x', PolicyDocument: { Statement: [] } }]),
  ],
  [
    'Groundplan-IAM4',
    'anybody may assume a role',
    (t) => set(t, 'Role', 'AssumeRolePolicyDocument.Statement.0.Principal', { AWS: '*' }),
  ],
  [
    'Groundplan-IAM5',
    'an administrator policy is attached',
    (t) => set(t, 'Role', 'ManagedPolicyArns', ['arn:aws:iam::aws:policy/AdministratorAccess']),
  ],
  [
    'Groundplan-IAM6',
    'a queue admits everybody',
    (t) =>
      set(t, 'QueuePolicy', 'PolicyDocument.Statement.1', {
        Effect: 'Allow',
        Principal: '*',
        Action: 'sqs:SendMessage',
        Resource: '*',
      }),
  ],
  ['Groundplan-SEC1', 'a secret is written in the template', (t) => set(t, 'Secret', 'SecretString', 'hunter2')],
  ['Groundplan-DB1', 'a database is in clear', (t) => set(t, 'Database', 'StorageEncrypted', false)],
  ['Groundplan-DB1', 'a database is public', (t) => set(t, 'DatabaseInstance', 'PubliclyAccessible', true)],
  ['Groundplan-DB2', 'backups end after a day', (t) => set(t, 'Database', 'BackupRetentionPeriod', 1)],
  [
    'Groundplan-DB3',
    'plain connections are accepted',
    (t) => {
      delete t.DatabaseParameters;
    },
  ],
  ['Groundplan-DB4', 'a production database can be deleted', (t) => set(t, 'Database', 'DeletionProtection', false)],
  [
    'Groundplan-SEARCH1',
    'a domain talks in clear between nodes',
    (t) => set(t, 'Search', 'NodeToNodeEncryptionOptions.Enabled', false),
  ],
  [
    'Groundplan-AOSS1',
    'a collection keeps a key of the service',
    (t) => set(t, 'CollectionKey', 'Policy', JSON.stringify({ Rules: ofCollection, AWSOwnedKey: true })),
  ],
  [
    'Groundplan-AOSS1',
    'the key policy speaks of another collection',
    (t) =>
      set(
        t,
        'CollectionKey',
        'Policy',
        JSON.stringify({ Rules: [{ Resource: ['collection/other'] }], KmsARN: 'arn:aws:kms:us-east-1:1:key/1' }),
      ),
  ],
  [
    'Groundplan-AOSS2',
    'the internet reaches a collection',
    (t) => set(t, 'CollectionNetwork', 'Policy', JSON.stringify([{ Rules: ofCollection, AllowFromPublic: true }])),
  ],
  [
    'Groundplan-AOSS2',
    'no endpoint of a collection is named',
    (t) =>
      set(
        t,
        'CollectionNetwork',
        'Policy',
        JSON.stringify([{ Rules: ofCollection, AllowFromPublic: false, SourceVPCEs: [] }]),
      ),
  ],
  [
    'Groundplan-AOSS3',
    'a role may do everything in a collection',
    (t) => set(t, 'CollectionAccess', 'Policy', dataPolicy('index/vectors/*', 'aoss:*', 'arn:aws:iam::1:role/r')),
  ],
  [
    'Groundplan-AOSS3',
    'a role enters every collection of the account',
    (t) => set(t, 'CollectionAccess', 'Policy', dataPolicy('index/*/*', 'aoss:ReadDocument', 'arn:aws:iam::1:role/r')),
  ],
  [
    'Groundplan-AOSS3',
    'the whole account enters a collection',
    (t) =>
      set(t, 'CollectionAccess', 'Policy', dataPolicy('index/vectors/*', 'aoss:ReadDocument', 'arn:aws:iam::1:root')),
  ],
  [
    'Groundplan-AOSS4',
    'a collection may grow without a limit',
    (t) => set(t, 'CollectionGroup', 'CapacityLimits.MaxSearchCapacityInOcu', undefined),
  ],
  [
    'Groundplan-AOSS4',
    'a collection stands in no group',
    (t) => set(t, 'Collection', 'CollectionGroupName', undefined),
  ],
  ['Groundplan-AOSS5', 'a collection has no standby', (t) => set(t, 'Collection', 'StandbyReplicas', 'DISABLED')],
  ['Groundplan-AOSS5', 'a collection can be deleted', (t) => set(t, 'Collection', 'DeletionProtection', undefined)],
  [
    'Groundplan-STORE1',
    'a vendor’s endpoint has public names',
    (t) => set(t, 'VendorEndpoint', 'PrivateDnsEnabled', false),
  ],
  [
    'Groundplan-STORE1',
    'a vendor’s endpoint admits the network',
    (t) => set(t, 'VendorEndpointGroup', 'SecurityGroupIngress', [{ CidrIp: '10.0.0.0/16' }]),
  ],
  [
    'Groundplan-STORE1',
    'an isolated platform has no way to its vendor’s store',
    (t) => {
      delete t.VendorEndpoint;
    },
    (plan) => ({
      ...plan,
      platform: { ...plan.platform, isolated: true },
      vectorStore: plan.vectorStore && { ...plan.vectorStore, id: 'pinecone', target: 'external' },
    }),
  ],
  ['Groundplan-CACHE1', 'a cache asks for no token', (t) => set(t, 'Cache', 'AuthToken', undefined)],
  ['Groundplan-SQS1', 'a topic is not encrypted', (t) => set(t, 'Topic', 'KmsMasterKeyId', undefined)],
  ['Groundplan-SQS1', 'a queue is not encrypted', (t) => set(t, 'Queue', 'KmsMasterKeyId', undefined)],
  ['Groundplan-ECR1', 'tags can be overwritten', (t) => set(t, 'Images', 'ImageTagMutability', 'MUTABLE')],
  ['Groundplan-BACKUP1', 'a vault has no key', (t) => set(t, 'Vault', 'EncryptionKeyArn', undefined)],
  ['Groundplan-BACKUP2', 'copies stay in the region', (t) => set(t, 'Backups', 'BackupPlan.BackupPlanRule', [{}])],
  ['Groundplan-SPEND1', 'the budget is above the ceiling', (t) => set(t, 'Budget', 'Budget.BudgetLimit.Amount', 1e6)],
  ['Groundplan-SPEND1', 'nobody hears of a forecast', (t) => set(t, 'Budget', 'NotificationsWithSubscribers.1', {})],
  [
    'Groundplan-CFN1',
    'a template is too long',
    (t) => {
      for (let i = 0; i < 401; i++) t[`Topic${i}`] = { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: 'k' } };
    },
  ],
  [
    'Groundplan-CFN2',
    'an access key sits in a template',
    (t) => set(t, 'Topic', 'DisplayName', ['AKIA', 'IOSFODNN7EXAMPLE'].join('')),
  ],
  [
    'Groundplan-CFN3',
    'a bucket goes with its stack',
    (t) => {
      if (t.Trail) t.Trail.DeletionPolicy = 'Delete';
    },
  ],
];

/** Defects of the manifests: the class spoiled, and how. */
const objectDefects: readonly (readonly [rule: string, defect: string, kind: string, path: string, value: unknown])[] =
  [
    [
      'Groundplan-NODE6',
      'a node class leaves a disk to the account’s default key',
      'EC2NodeClass',
      'spec.blockDeviceMappings.0.ebs.kmsKeyID',
      undefined,
    ],
    [
      'Groundplan-NODE6',
      'a node class names another key',
      'EC2NodeClass',
      'spec.blockDeviceMappings.0.ebs.kmsKeyID',
      'alias/aws/ebs',
    ],
    [
      'Groundplan-NODE6',
      'a node class leaves a disk in clear',
      'EC2NodeClass',
      'spec.blockDeviceMappings.0.ebs.encrypted',
      false,
    ],
    [
      'Groundplan-NODE6',
      'a node class takes the disks of its image',
      'EC2NodeClass',
      'spec.blockDeviceMappings',
      undefined,
    ],
    ['Groundplan-NODE6', 'a class of auto mode names no key', 'NodeClass', 'spec.ephemeralStorage', undefined],
    ['Groundplan-NODE6', 'a storage class names no key', 'StorageClass', 'parameters.kmsKeyId', undefined],
    ['Groundplan-NODE6', 'a storage class makes volumes in clear', 'StorageClass', 'parameters.encrypted', 'false'],
    [
      'Groundplan-NODE7',
      'a node class follows the newest image',
      'EC2NodeClass',
      'spec.amiSelectorTerms.0.alias',
      'bottlerocket@latest',
    ],
  ];

test.each(objectDefects)('%s finds it when %s, and no other rule does', (rule, _defect, kind, path, value) => {
  const objects = goodObjects();
  const steps = path.split('.');
  const last = steps.pop() as string;
  let target = objects.find((object) => object.kind === kind) as Record<string, unknown>;
  for (const step of steps) target = target[step] as Record<string, unknown>;
  if (value === undefined) delete target[last];
  else target[last] = value;
  const found = findings(goodTemplate(), demandingPlan(), objects as StackTemplate['template'][]);
  expect([...new Set(found.map((finding) => finding.rule))]).toEqual([rule]);
});

test('a stack that keeps every promise breaks no rule', () => {
  expect(findings(goodTemplate())).toEqual([]);
});

const planted = defects.map(([rule, title, plant, change]) => ({ rule, title, plant, change }));

test.each(planted)('$rule finds it when $title, and no other rule does', ({ rule, plant, change }) => {
  const template = goodTemplate();
  plant(template);
  const plan = demandingPlan();
  const found = new Set(findings(template, change ? change(plan) : plan).map((finding) => finding.rule));
  expect([...found]).toEqual([rule]);
});

describe('the pack', () => {
  test('every rule has a planted defect', () => {
    const covered = new Set([...defects, ...objectDefects].map(([rule]) => rule));
    expect(ownRules.map((rule) => rule.id).filter((id) => !covered.has(id))).toEqual([]);
  });

  test('ids are unique and every rule protects a known guarantee', () => {
    expect(new Set(ownRules.map((rule) => rule.id)).size).toBe(ownRules.length);
    for (const rule of ownRules) expect(controls).toHaveProperty([rule.control]);
  });

  test('a pool of one type is accepted where the plan says why', () => {
    const template = goodTemplate();
    set(template, 'Nodes', 'InstanceTypes', ['g6.xlarge']);
    const plan = withOneType(demandingPlan(), { oneTypeBecause: 'the region offers no other' });
    expect(findings(template, plan).filter(({ rule }) => rule === 'Groundplan-NODE3')).toEqual([]);
  });

  test('a pool of one type is accepted where it targets a reservation', () => {
    const template = goodTemplate();
    set(template, 'Nodes', 'InstanceTypes', ['p5.48xlarge']);
    set(template, 'LaunchTemplate', 'LaunchTemplateData.CapacityReservationSpecification', {});
    expect(findings(template)).toEqual([]);
  });

  test('no budget is asked for where AWS offers none', () => {
    const template = goodTemplate();
    delete template.Budget;
    const plan = demandingPlan();
    expect(findings(template, { ...plan, platform: { ...plan.platform, partition: 'aws-us-gov' } })).toEqual([]);
  });

  test('a secret in a Kubernetes object is found too', () => {
    const object = { kind: 'ConfigMap', metadata: { name: 'c' }, data: { token: `hf_${'a'.repeat(34)}` } };
    expect(findings(goodTemplate(), demandingPlan(), [object]).map((finding) => finding.rule)).toEqual([
      'Groundplan-CFN2',
    ]);
  });
});

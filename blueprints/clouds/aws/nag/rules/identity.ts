import type { Rule } from '../rule.ts';
import { asList, asText, type Json, ofType, statementsOf } from '../world.ts';

/**
 * Actions that the services' own authorization reference gives no resource type, so that `*` is the narrowest name.
 * A prefix ends in `*`.
 */
const actionsWithoutResource: readonly string[] = [
  'acm:ListCertificates',
  'autoscaling:Describe*',
  'cloudwatch:GetMetricData',
  'cloudwatch:GetMetricStatistics',
  'cloudwatch:ListMetrics',
  'cloudwatch:PutMetricData',
  'ec2:Describe*',
  'ec2:GetInstanceTypesFromInstanceRequirements',
  'ec2:GetSecurityGroupsForVpc',
  'ec2:GetSpotPlacementScores',
  'ecr:GetAuthorizationToken',
  'elasticloadbalancing:Describe*',
  'iam:ListInstanceProfiles',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'pricing:GetProducts',
  'secretsmanager:GetRandomPassword',
  'secretsmanager:ListSecrets',
  'ssm:DescribeParameters',
  'sts:GetCallerIdentity',
  'tag:GetResources',
  'wafv2:ListWebACLs',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

function hasNoResource(action: string): boolean {
  return actionsWithoutResource.some((known) =>
    known.endsWith('*') ? action.startsWith(known.slice(0, -1)) : action === known,
  );
}

/** Services and principals named, never everybody. */
const isEverybody = (principal: Json | undefined) =>
  principal === '*' || (typeof principal === 'object' && JSON.stringify(principal).includes('"*"'));

const narrowingKeys = /aws:(PrincipalAccount|SourceAccount|SourceArn|ResourceAccount|PrincipalOrgID)|kms:CallerAccount/;

export const identityRules: readonly Rule[] = [
  {
    id: 'Groundplan-IAM1',
    title: 'No policy allows all actions of a service',
    control: 'least-privilege-roles',
    check: (world) =>
      statementsOf(world)
        .filter(({ kind, statement }) => kind === 'identity' && statement.Effect === 'Allow')
        .flatMap(({ origin, statement }) =>
          asList(statement.Action)
            .map((action) => asText(action) ?? '')
            .filter((action) => action === '*' || /^[^:]+:\*$/.test(action))
            .map((action) => ({
              resource: origin.address,
              detail: `Action::${action}`,
              message: `allows ${action}`,
            })),
        ),
  },
  {
    id: 'Groundplan-IAM2',
    title: 'No policy allows all resources where a narrower name exists',
    control: 'least-privilege-roles',
    check: (world) =>
      statementsOf(world)
        .filter(
          ({ kind, statement }) =>
            kind === 'identity' &&
            statement.Effect === 'Allow' &&
            asList(statement.Resource).includes('*') &&
            !isNarrowed(statement.Condition),
        )
        .flatMap(({ origin, statement }) =>
          asList(statement.Action)
            .map((action) => asText(action) ?? '')
            .filter((action) => !hasNoResource(action))
            .map((action) => ({
              resource: origin.address,
              detail: `Resource::*::${action}`,
              message: `${action} on every resource`,
            })),
        ),
  },
  {
    id: 'Groundplan-IAM3',
    title: 'No user, access key or inline policy',
    control: 'workload-identity',
    check: (world) => [
      ...ofType(world, 'AWS::IAM::User', 'AWS::IAM::AccessKey').map(({ address, type }) => ({
        resource: address,
        message: `${type}: a static credential`,
      })),
      ...ofType(world, 'AWS::IAM::Role')
        .filter(({ properties }) => asList(properties.Policies).length > 0)
        .map(({ address }) => ({ resource: address, message: 'an inline policy' })),
    ],
  },
  {
    id: 'Groundplan-IAM4',
    title: 'Roles trust a named service or principal',
    control: 'least-privilege-roles',
    check: (world) =>
      statementsOf(world)
        .filter(({ kind, statement }) => kind === 'trust' && isEverybody(statement.Principal))
        .map(({ origin }) => ({ resource: origin.address, message: 'anybody may assume it' })),
  },
  {
    id: 'Groundplan-IAM5',
    title: 'No administrator policy of the cloud is attached',
    control: 'least-privilege-roles',
    check: (world) =>
      ofType(world, 'AWS::IAM::Role').flatMap(({ properties, address }) =>
        asList(properties.ManagedPolicyArns)
          .filter((policy) => /AdministratorAccess|PowerUserAccess|FullAccess/.test(JSON.stringify(policy)))
          .map((policy) => ({ resource: address, message: `${JSON.stringify(policy)} attached` })),
      ),
  },
  {
    id: 'Groundplan-IAM6',
    title: 'A resource open to everybody is narrowed by a condition',
    control: 'least-privilege-roles',
    check: (world) =>
      statementsOf(world)
        .filter(
          ({ kind, statement }) =>
            kind === 'resource' &&
            statement.Effect === 'Allow' &&
            isEverybody(statement.Principal) &&
            !narrowingKeys.test(JSON.stringify(statement.Condition ?? {})) &&
            !asList(statement.Resource).every((resource) =>
              /starport-layer-bucket|al2023-repos/.test(JSON.stringify(resource)),
            ),
        )
        .map(({ origin }) => ({ resource: origin.address, message: 'allows everybody without a condition' })),
  },
  {
    id: 'Groundplan-SEC1',
    title: 'Secrets are generated, and encrypted with a customer-managed key',
    control: 'secrets-in-store',
    check: (world) =>
      ofType(world, 'AWS::SecretsManager::Secret')
        .filter(({ properties }) => properties.KmsKeyId === undefined || properties.SecretString !== undefined)
        .map(({ address }) => ({ resource: address, message: 'a written value, or no key of ours' })),
  },
];

function isNarrowed(condition: Json | undefined): boolean {
  return /ResourceTag|RequestTag|aws:ResourceAccount|kms:ViaService|cloudwatch:namespace|ec2:CreateAction|iam:PassedToService/.test(
    JSON.stringify(condition ?? {}),
  );
}

import type { Plan } from '../../../../lib/plan/plan.ts';

/** Findings we accept, where, and why. The reason is printed in the documents. */
export interface Acknowledgement {
  /** Rules, with the finding in brackets where one reports several; `{name}` is the plan's. */
  readonly rules: readonly [string, ...string[]];
  /** Construct paths beneath the platform: `Data/Cache`. */
  readonly at: readonly [string, ...string[]];
  readonly reason: string;
  /** Absent: whenever the construct is there. */
  readonly when?: (plan: Plan) => boolean;
}

/** The same rule in each regime's pack. */
export function regimes(...names: readonly [string, ...string[]]): [string, ...string[]] {
  const packs = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'];
  return names.flatMap((name) => packs.map((pack) => `${pack}-${name}`)) as [string, ...string[]];
}

/** Policies of AWS's own, by name. */
export function managedPolicies(...names: readonly [string, ...string[]]): [string, ...string[]] {
  return names.map((name) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`) as [
    string,
    ...string[],
  ];
}

/** Wildcards in a statement's resources. */
export function resources(...names: readonly [string, ...string[]]): [string, ...string[]] {
  return names.map((name) => `AwsSolutions-IAM5[Resource::${name}]`) as [string, ...string[]];
}

/** Resources as cdk-nag prints them: tokens of the template in angle brackets, the plan’s own names in braces. */
export const ec2 = (kind: string) => `arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:${kind}/*`;
export const logStreams = (group: string) =>
  `arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/groundplan/{name}/${group}:log-stream:*`;
export const balancing = (kind: string) =>
  `arn:<AWS::Partition>:elasticloadbalancing:<AWS::Region>:<AWS::AccountId>:${kind}`;
export const copies = (kind: string) => `arn:<AWS::Partition>:s3:::{name}-${kind}-<AWS::AccountId>-{recovery}/*`;
export const cached = (registry: string) =>
  `arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/{cache:${registry}}/*`;
export const copyKeys = 'arn:<AWS::Partition>:kms:{recovery}:<AWS::AccountId>:key/*';

/** The same construct in each zone. */
export function zones(...paths: readonly string[]): [string, ...string[]] {
  return paths.flatMap((path) => ['1', '2', '3'].map((zone) => path.replace('{zone}', zone))) as [string, ...string[]];
}

export const nonProduction = (plan: Plan) => plan.platform.environment !== 'prod';

import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, type Statement, sameAccount, serviceRole } from '../iam.ts';
import { encryptedLogGroup } from '../log-group.ts';
import type { Network } from '../network/network-stack.ts';
import type { KeyRing } from '../security/keys.ts';

export interface BuildProjectProps {
  readonly plan: Plan;
  readonly keys: KeyRing;
  readonly network: Network;
  /** `model-mirror`: part of names. */
  readonly name: string;
  readonly description: string;
  readonly commands: readonly string[];
  readonly source?: { readonly bucketAndKey: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly Statement[];
  readonly timeoutMinutes: number;
}

export interface BuildProject {
  readonly role: CfnRole;
  readonly securityGroup: CfnSecurityGroup;
}

/** A build inside the network: private subnets, TLS out and nothing in, logs and artifacts encrypted, no privileges. */
export function buildProject(scope: Construct, id: string, props: BuildProjectProps): BuildProject {
  const { plan, network } = props;
  const logGroupName = `/groundplan/${plan.name}/${props.name}`;
  const logs = encryptedLogGroup(scope, `${id}Logs`, {
    name: logGroupName,
    keyArn: props.keys.operations,
    days: plan.audit.logRetentionDays,
  });
  const securityGroup = new CfnSecurityGroup(scope, `${id}SecurityGroup`, {
    vpcId: network.vpcId,
    groupDescription: `${props.description}: TLS out, nothing in`,
    securityGroupEgress: [{ ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0', description: 'TLS' }],
  });
  const subnets = network.privateSubnetIds.map((subnet) => arn('ec2', `subnet/${subnet}`));
  const role = serviceRole(scope, `${id}Role`, {
    description: props.description,
    service: 'codebuild.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [
      ...props.statements,
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [arn('logs', `log-group:${logGroupName}:log-stream:*`)]),
      allow(
        [
          'ec2:DescribeDhcpOptions',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeVpcs',
        ],
        ['*'],
      ),
      allow(
        ['ec2:CreateNetworkInterface'],
        [arn('ec2', 'network-interface/*'), arn('ec2', `security-group/${securityGroup.attrGroupId}`), ...subnets],
      ),
      allow(['ec2:DeleteNetworkInterface'], [arn('ec2', 'network-interface/*')]),
      allow(['ec2:CreateNetworkInterfacePermission'], [arn('ec2', 'network-interface/*')], {
        StringEquals: { 'ec2:AuthorizedService': 'codebuild.amazonaws.com' },
        ArnEquals: { 'ec2:Subnet': subnets },
      }),
    ],
  });
  const buildSpec = JSON.stringify({
    version: '0.2',
    env: { shell: 'bash' },
    phases: { build: { commands: ['set -euo pipefail', ...props.commands] } },
  });
  const project = new CfnProject(scope, id, {
    name: `${plan.name}-${props.name}`,
    description: props.description,
    serviceRole: role.attrArn,
    encryptionKey: props.keys.models,
    artifacts: { type: 'NO_ARTIFACTS' },
    source: props.source
      ? { type: 'S3', location: props.source.bucketAndKey, buildSpec }
      : { type: 'NO_SOURCE', buildSpec },
    environment: {
      type: 'ARM_CONTAINER',
      computeType: 'BUILD_GENERAL1_LARGE',
      image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
      privilegedMode: false,
      environmentVariables: Object.entries({
        ...props.environment,
        ...(plan.platform.fips ? { AWS_USE_FIPS_ENDPOINT: 'true' } : {}),
      }).map(([name, value]) => ({ name, value })),
    },
    vpcConfig: {
      vpcId: network.vpcId,
      subnets: [...network.privateSubnetIds],
      securityGroupIds: [securityGroup.attrGroupId],
    },
    logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logs.ref } },
    timeoutInMinutes: props.timeoutMinutes,
    concurrentBuildLimit: 1,
  });
  const policy = scope.node.tryFindChild(`${id}RolePolicy`);
  if (policy) project.node.addDependency(policy);
  return { role, securityGroup };
}

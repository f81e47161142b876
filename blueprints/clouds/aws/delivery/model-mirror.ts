import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, encryptWith, sameAccount, serviceRole } from '../iam.ts';
import { encryptedLogGroup } from '../log-group.ts';
import type { Network } from '../network/network-stack.ts';
import type { KeyRing } from '../security/keys.ts';
import type { DataStack } from '../stores/data-stack.ts';
import { mirrorBuildSpec } from './mirror-build-spec.ts';

/** P3: copies one pinned revision of a model into the account's bucket, file by file against its checksums. */
export function addModelMirror(
  scope: Construct,
  plan: Plan,
  props: { readonly keys: KeyRing; readonly network: Network; readonly data: DataStack },
): void {
  const name = `${plan.name}-model-mirror`;
  const logs = encryptedLogGroup(scope, 'ModelMirrorLogs', {
    name: `/groundplan/${plan.name}/model-mirror`,
    keyArn: props.keys.operations,
    days: plan.audit.logRetentionDays,
  });
  const securityGroup = new CfnSecurityGroup(scope, 'ModelMirrorSecurityGroup', {
    vpcId: props.network.vpcId,
    groupDescription: 'Model mirror: TLS out, nothing in',
    securityGroupEgress: [
      { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0', description: 'Model hub and S3 by TLS' },
    ],
  });
  const models = props.data.models;
  const role = serviceRole(scope, 'ModelMirrorRole', {
    description: 'Writes model revisions to the artifact bucket',
    service: 'codebuild.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [
      allow(['s3:ListBucket'], [models.attrArn]),
      allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], [`${models.attrArn}/models/*`]),
      encryptWith(props.keys.models),
      allow(['secretsmanager:GetSecretValue'], [arn('secretsmanager', `secret:${plan.name}/model-hub-*`)]),
      allow(['kms:Decrypt'], [props.keys.secrets]),
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.attrArn]),
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
        [
          arn('ec2', 'network-interface/*'),
          arn('ec2', `security-group/${securityGroup.attrGroupId}`),
          ...props.network.privateSubnetIds.map((id) => arn('ec2', `subnet/${id}`)),
        ],
      ),
      allow(['ec2:DeleteNetworkInterface'], [arn('ec2', 'network-interface/*')]),
      allow(['ec2:CreateNetworkInterfacePermission'], [arn('ec2', 'network-interface/*')], {
        StringEquals: { 'ec2:AuthorizedService': 'codebuild.amazonaws.com' },
      }),
    ],
  });
  new CfnProject(scope, 'ModelMirror', {
    name,
    description: 'Mirrors a pinned model revision with checksums',
    serviceRole: role.attrArn,
    encryptionKey: props.keys.models,
    artifacts: { type: 'NO_ARTIFACTS' },
    source: { type: 'NO_SOURCE', buildSpec: mirrorBuildSpec(plan) },
    environment: {
      type: 'ARM_CONTAINER',
      computeType: 'BUILD_GENERAL1_LARGE',
      image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
      privilegedMode: false,
      environmentVariables: [
        { name: 'BUCKET', value: models.ref },
        { name: 'AWS_USE_FIPS_ENDPOINT', value: String(plan.platform.fips) },
      ],
    },
    vpcConfig: {
      vpcId: props.network.vpcId,
      subnets: [...props.network.privateSubnetIds],
      securityGroupIds: [securityGroup.attrGroupId],
    },
    logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logs.ref } },
    timeoutInMinutes: 480,
    concurrentBuildLimit: 1,
  });
}

import { Aws } from 'aws-cdk-lib';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, type Statement } from '../iam.ts';
import { volumeKeyStatements } from './volume-key.ts';

const ec2 = (resource: string, account: string = '*') => arn('ec2', resource, { account });

/**
 * Karpenter's permissions, cut to machines that carry this cluster's tag. Follows the statement set of its own
 * CloudFormation reference (v1.14), less the instance-profile part: the profile is made by the stack.
 */
export function karpenterStatements(
  plan: Plan,
  props: {
    readonly nodeRoleArn: string;
    readonly queueArn: string;
    readonly queueKeyArn: string;
    readonly volumeKeyArn: string;
  },
): readonly Statement[] {
  const clusterName = plan.platform.existing.clusterName ?? plan.name;
  const owned = `kubernetes.io/cluster/${clusterName}`;
  const asked = {
    StringEquals: { [`aws:RequestTag/${owned}`]: 'owned', 'aws:RequestTag/eks:eks-cluster-name': clusterName },
    StringLike: { 'aws:RequestTag/karpenter.sh/nodepool': '*' },
  };
  const carried = {
    StringEquals: { [`aws:ResourceTag/${owned}`]: 'owned' },
    StringLike: { 'aws:ResourceTag/karpenter.sh/nodepool': '*' },
  };
  return [
    allow(
      ['ec2:RunInstances', 'ec2:CreateFleet'],
      [
        ec2('image/*', ''),
        ec2('snapshot/*', ''),
        ec2('security-group/*', Aws.ACCOUNT_ID),
        ec2('subnet/*', Aws.ACCOUNT_ID),
        ec2('capacity-reservation/*', Aws.ACCOUNT_ID),
        ec2('placement-group/*', Aws.ACCOUNT_ID),
      ],
    ),
    allow(['ec2:RunInstances', 'ec2:CreateFleet'], [ec2('launch-template/*', Aws.ACCOUNT_ID)], carried),
    allow(
      ['ec2:RunInstances', 'ec2:CreateFleet', 'ec2:CreateLaunchTemplate'],
      ['fleet', 'instance', 'volume', 'network-interface', 'launch-template', 'spot-instances-request'].map((kind) =>
        ec2(`${kind}/*`, Aws.ACCOUNT_ID),
      ),
      asked,
    ),
    allow(
      ['ec2:CreateTags'],
      ['fleet', 'instance', 'volume', 'network-interface', 'launch-template', 'spot-instances-request'].map((kind) =>
        ec2(`${kind}/*`, Aws.ACCOUNT_ID),
      ),
      {
        ...asked,
        StringEquals: {
          ...asked.StringEquals,
          'ec2:CreateAction': ['RunInstances', 'CreateFleet', 'CreateLaunchTemplate'],
        },
      },
    ),
    allow(['ec2:CreateTags'], [ec2('instance/*', Aws.ACCOUNT_ID)], {
      ...carried,
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['eks:eks-cluster-name', 'karpenter.sh/nodeclaim', 'Name'] },
    }),
    allow(
      ['ec2:TerminateInstances', 'ec2:DeleteLaunchTemplate'],
      [ec2('instance/*', Aws.ACCOUNT_ID), ec2('launch-template/*', Aws.ACCOUNT_ID)],
      carried,
    ),
    allow(
      [
        'ec2:DescribeCapacityReservations',
        'ec2:DescribeImages',
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceStatus',
        'ec2:DescribeInstanceTypeOfferings',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeLaunchTemplates',
        'ec2:DescribePlacementGroups',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSpotPriceHistory',
        'ec2:DescribeSubnets',
      ],
      ['*'],
      { StringEquals: { 'aws:RequestedRegion': Aws.REGION } },
    ),
    allow(['ssm:GetParameter'], [arn('ssm', 'parameter/aws/service/*', { account: '' })]),
    ...(plan.platform.isolated ? [] : [allow(['pricing:GetProducts'], ['*'])]),
    allow(['sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'], [props.queueArn]),
    allow(['kms:Decrypt'], [props.queueKeyArn]),
    ...volumeKeyStatements(props.volumeKeyArn),
    allow(['iam:PassRole'], [props.nodeRoleArn], {
      StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com'] },
    }),
    allow(['iam:GetInstanceProfile'], [arn('iam', 'instance-profile/*', { region: '' })]),
    allow(['iam:ListInstanceProfiles'], ['*']),
    allow(['eks:DescribeCluster'], [arn('eks', `cluster/${clusterName}`)]),
  ];
}

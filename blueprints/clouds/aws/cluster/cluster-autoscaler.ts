import { CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { allow, arn, serviceRole } from '../iam.ts';
import { namespaces, serviceAccounts } from './workloads.ts';

/** The autoscaler of managed node groups: reads all groups, changes only those EKS tagged with this cluster. */
export function addClusterAutoscaler(scope: Construct, clusterName: string): CfnRole {
  const role = serviceRole(scope, 'ClusterAutoscalerRole', {
    description: 'Adds and removes machines of the node groups, within their bounds',
    service: 'pods.eks.amazonaws.com',
    assumeActions: ['sts:AssumeRole', 'sts:TagSession'],
    statements: [
      allow(
        [
          'autoscaling:DescribeAutoScalingGroups',
          'autoscaling:DescribeAutoScalingInstances',
          'autoscaling:DescribeLaunchConfigurations',
          'autoscaling:DescribeScalingActivities',
          'autoscaling:DescribeTags',
          'ec2:DescribeImages',
          'ec2:DescribeInstanceTypes',
          'ec2:DescribeLaunchTemplateVersions',
          'ec2:GetInstanceTypesFromInstanceRequirements',
        ],
        ['*'],
      ),
      allow(['eks:DescribeNodegroup'], [arn('eks', `nodegroup/${clusterName}/*/*`)]),
      allow(
        ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
        [arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/eks-*')],
        { StringEquals: { 'aws:ResourceTag/eks:cluster-name': clusterName } },
      ),
    ],
  });
  new CfnPodIdentityAssociation(scope, 'ClusterAutoscalerIdentity', {
    clusterName,
    namespace: namespaces.system,
    serviceAccount: serviceAccounts.clusterAutoscaler,
    roleArn: role.attrArn,
  });
  return role;
}

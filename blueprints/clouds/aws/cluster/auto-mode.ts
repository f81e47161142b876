import { Aws } from 'aws-cdk-lib';
import { CfnAccessEntry, type CfnClusterProps } from 'aws-cdk-lib/aws-eks';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, awsManagedPolicy, grant, policyDocument } from '../iam.ts';
import { autoModeRoleName } from './node-names.ts';
import { volumeKeyStatements } from './volume-key.ts';

/** What the control plane may do more when it runs the nodes itself. */
export const autoModeClusterPolicies = [
  'AmazonEKSComputePolicy',
  'AmazonEKSBlockStoragePolicy',
  'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
] as const;

/** Named, for the node classes among the manifests name it. */
export function addAutoModeRole(scope: Construct, plan: Plan): CfnRole {
  return new CfnRole(scope, 'AutoModeNodeRole', {
    roleName: autoModeRoleName(plan),
    description: 'Nodes started by EKS Auto Mode',
    assumeRolePolicyDocument: policyDocument([
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]),
    managedPolicyArns: [
      awsManagedPolicy('AmazonEKSWorkerNodeMinimalPolicy'),
      awsManagedPolicy('AmazonEC2ContainerRegistryPullOnly'),
    ],
  });
}

/** Lets the nodes of our classes join a cluster of the user's own; EKS does it itself for the role a new cluster names. */
export function admitAutoModeNodes(scope: Construct, clusterName: string, nodeRoleArn: string): void {
  new CfnAccessEntry(scope, 'AutoModeNodeAccess', {
    clusterName,
    principalArn: nodeRoleArn,
    type: 'EC2',
    accessPolicies: [
      {
        policyArn: `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy`,
        accessScope: { type: 'cluster' },
      },
    ],
  });
}

/**
 * The control plane starts machines with our key and our tags, which its managed policies leave out: without the tags the
 * budget would not see them.
 */
export function grantAutoMode(scope: Construct, controlPlane: CfnRole, volumeKeyArn: string): void {
  const made = ['fleet', 'instance', 'launch-template', 'network-interface', 'spot-instances-request', 'volume'];
  grant(scope, 'ControlPlaneRole', controlPlane, 'Node volumes under our key, machines with our tags', [
    ...volumeKeyStatements(volumeKeyArn),
    allow(
      ['ec2:CreateFleet', 'ec2:CreateLaunchTemplate', 'ec2:RunInstances'],
      made.map((kind) => arn('ec2', `${kind}/*`)),
      {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM, which puts the session's tag in its place
        StringEquals: { 'aws:RequestTag/eks:eks-cluster-name': '${aws:PrincipalTag/eks:eks-cluster-name}' },
        StringLike: {
          'aws:RequestTag/eks:kubernetes-node-class-name': '*',
          'aws:RequestTag/eks:kubernetes-node-pool-name': '*',
        },
      },
    ),
  ]);
}

/**
 * Compute, storage and load balancing are switched together; EKS refuses any two of them alone. The two pools it brings
 * hold what runs before our own stand: add-ons and controllers.
 */
export function autoModeSettings(nodeRoleArn: string, ipv6: boolean): Partial<CfnClusterProps> {
  return {
    computeConfig: { enabled: true, nodePools: ['system', 'general-purpose'], nodeRoleArn },
    storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true }, ipFamily: ipv6 ? 'ipv6' : 'ipv4' },
  };
}

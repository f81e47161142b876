import type { CfnClusterProps } from 'aws-cdk-lib/aws-eks';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { awsManagedPolicy, policyDocument } from '../iam.ts';

/** What the control plane may do more when it runs the nodes itself. */
export const autoModeClusterPolicies = [
  'AmazonEKSComputePolicy',
  'AmazonEKSBlockStoragePolicy',
  'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
] as const;

export function addAutoModeRole(scope: Construct): CfnRole {
  return new CfnRole(scope, 'AutoModeNodeRole', {
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

/** Compute, storage and load balancing are switched together; EKS refuses any two of them alone. */
export function autoModeSettings(nodeRoleArn: string, ipv6: boolean): Partial<CfnClusterProps> {
  return {
    computeConfig: { enabled: true, nodePools: ['system', 'general-purpose'], nodeRoleArn },
    storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true }, ipFamily: ipv6 ? 'ipv6' : 'ipv4' },
  };
}

import { CfnAddon, type CfnCluster, type CfnNodegroup } from 'aws-cdk-lib/aws-eks';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, awsManagedPolicy, serviceRole } from '../iam.ts';
import { type AddOnName, kubernetesRelease } from './versions.ts';
import { volumeKeyStatements } from './volume-key.ts';
import { serviceAccounts } from './workloads.ts';

const podIdentity = { service: 'pods.eks.amazonaws.com', assumeActions: ['sts:AssumeRole', 'sts:TagSession'] } as const;

/** Add-ons that must be there before a node can join; the others need a node to become healthy. */
const beforeNodes: ReadonlySet<AddOnName> = new Set(['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent']);

/** EKS Auto Mode carries network, proxy, DNS, identity, volumes and node monitoring itself. */
const besideAutoMode: readonly AddOnName[] = ['metrics-server', 'snapshot-controller'];

export function addOnNames(plan: Plan): readonly AddOnName[] {
  const all = Object.keys(kubernetesRelease(plan.platform.kubernetesVersion).addOns) as AddOnName[];
  return plan.platform.provisioning === 'auto-mode' ? besideAutoMode : all;
}

const configuration: Readonly<Partial<Record<AddOnName, object>>> = {
  'vpc-cni': { enableNetworkPolicy: 'true', env: { ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '1' } },
};

export function addAddOns(
  scope: Construct,
  plan: Plan,
  props: { readonly cluster: CfnCluster; readonly nodeGroups: readonly CfnNodegroup[]; readonly volumeKeyArn: string },
): void {
  const { addOns } = kubernetesRelease(plan.platform.kubernetesVersion);
  for (const name of addOnNames(plan)) {
    const settings = configuration[name];
    const addOn = new CfnAddon(scope, `AddOn-${name}`, {
      clusterName: props.cluster.ref,
      addonName: name,
      addonVersion: addOns[name],
      resolveConflicts: 'OVERWRITE',
      configurationValues: settings ? JSON.stringify(settings) : undefined,
      podIdentityAssociations: identityOf(scope, name, props.volumeKeyArn, plan.platform.ipv6),
    });
    for (const group of props.nodeGroups) {
      if (beforeNodes.has(name)) group.addResourceDependency(addOn);
      else addOn.addResourceDependency(group);
    }
  }
}

function identityOf(
  scope: Construct,
  name: AddOnName,
  volumeKeyArn: string,
  ipv6: boolean,
): CfnAddon.PodIdentityAssociationProperty[] | undefined {
  if (name === 'aws-ebs-csi-driver') {
    const role = serviceRole(scope, 'VolumeDriverRole', {
      ...podIdentity,
      description: 'Creates and attaches encrypted volumes',
      managedPolicies: [awsManagedPolicy('service-role/AmazonEBSCSIDriverPolicy')],
      statements: volumeKeyStatements(volumeKeyArn),
    });
    return [{ roleArn: role.attrArn, serviceAccount: serviceAccounts.volumes }];
  }
  if (name === 'vpc-cni') {
    const role = serviceRole(scope, 'NetworkPluginRole', {
      ...podIdentity,
      description: 'Gives pods addresses of the VPC',
      managedPolicies: ipv6 ? [] : [awsManagedPolicy('AmazonEKS_CNI_Policy')],
      statements: ipv6
        ? [
            allow(['ec2:AssignIpv6Addresses'], [arn('ec2', 'network-interface/*')]),
            allow(
              [
                'ec2:DescribeInstances',
                'ec2:DescribeTags',
                'ec2:DescribeNetworkInterfaces',
                'ec2:DescribeInstanceTypes',
              ],
              ['*'],
            ),
          ]
        : [],
    });
    return [{ roleArn: role.attrArn, serviceAccount: serviceAccounts.network }];
  }
  return undefined;
}

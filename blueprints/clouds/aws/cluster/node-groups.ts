import { Aws } from 'aws-cdk-lib';
import { CfnNodegroup } from 'aws-cdk-lib/aws-eks';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnGroup } from 'aws-cdk-lib/aws-resourcegroups';
import type { Construct } from 'constructs';
import type { NodePool, Plan } from '../../../../lib/plan/plan.ts';
import { awsManagedPolicy, policyDocument } from '../iam.ts';
import { allocationTags } from '../platform-stack.ts';
import { addLaunchTemplate } from './launch-template.ts';
import { amiType, imageRelease } from './node-image.ts';
import { managedPools } from './node-pools.ts';

/** Role of every node: pull images, join the cluster; what pods may do is not here but in Pod Identity. */
export function addNodeRole(scope: Construct): CfnRole {
  return new CfnRole(scope, 'NodeRole', {
    description: 'Nodes of the cluster',
    assumeRolePolicyDocument: policyDocument([
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]),
    managedPolicyArns: [
      awsManagedPolicy('AmazonEKSWorkerNodePolicy'),
      awsManagedPolicy('AmazonEC2ContainerRegistryPullOnly'),
    ],
  });
}

/** `general` becomes `General`: the role a pool has in construct ids. */
export function poolId(pool: NodePool): string {
  return pool.id
    .split('-')
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('');
}

export interface NodeGroupProps {
  readonly clusterName: string;
  /** Absent for an existing cluster: EKS then adds its own group. */
  readonly clusterSecurityGroupId: string | undefined;
  readonly nodeRoleArn: string;
  readonly subnetIds: readonly string[];
  readonly volumeKeyArn: string;
}

/** Groups carry no name of ours: a change of type then replaces a group instead of failing the deployment. */
export function addNodeGroups(scope: Construct, plan: Plan, props: NodeGroupProps): readonly CfnNodegroup[] {
  return managedPools(plan).map((pool) => {
    const capacityBlock = pool.purchase === 'capacity-block';
    const template = addLaunchTemplate(scope, plan, pool, {
      volumeKeyArn: props.volumeKeyArn,
      clusterSecurityGroupId: props.clusterSecurityGroupId,
      reservation: reservationTarget(scope, pool),
    });
    return new CfnNodegroup(scope, `${poolId(pool)}Nodes`, {
      clusterName: props.clusterName,
      nodeRole: props.nodeRoleArn,
      amiType: amiType(pool, plan.platform),
      // A newer image is a change of this release and of nothing else in the same deployment.
      releaseVersion: imageRelease(plan.platform),
      capacityType: capacityBlock ? 'CAPACITY_BLOCK' : pool.purchase === 'spot' ? 'SPOT' : 'ON_DEMAND',
      // Capacity blocks take their type from the launch template.
      instanceTypes: capacityBlock ? undefined : [...pool.instanceTypes],
      launchTemplate: { id: template.ref, version: template.attrLatestVersionNumber },
      // Machines that work as one replica stand in one zone.
      subnets: pool.efa ? props.subnetIds.slice(0, 1) : [...props.subnetIds],
      scalingConfig: {
        minSize: pool.nodes.minimum,
        desiredSize: Math.max(pool.nodes.minimum, pool.nodes.expected),
        maxSize: Math.max(1, pool.nodes.maximum),
      },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      labels: { 'groundplan/pool': pool.id, ...(pool.gpuId ? { 'groundplan/gpu': pool.gpuId } : {}) },
      taints: pool.gpuId ? [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NO_SCHEDULE' }] : undefined,
      tags: {
        ...allocationTags(plan),
        'groundplan:pool': pool.id,
        // Read by the wake-up of a platform that sleeps.
        'groundplan:minimum': String(pool.nodes.minimum),
        'groundplan:expected': String(Math.max(pool.nodes.minimum, pool.nodes.expected)),
      },
    });
  });
}

/** One reservation is named; several become a group that machines may use any of. */
function reservationTarget(
  scope: Construct,
  pool: NodePool,
): { capacityReservationId: string } | { capacityReservationResourceGroupArn: string } | undefined {
  const [first, ...more] = pool.reservationIds;
  if (!first) return undefined;
  if (more.length === 0) return { capacityReservationId: first };
  const group = new CfnGroup(scope, `${poolId(pool)}Reservations`, {
    name: `${Aws.STACK_NAME}-${pool.id}`,
    description: `Capacity reservations of the pool ${pool.id}`,
    configuration: [
      { type: 'AWS::EC2::CapacityReservationPool' },
      {
        type: 'AWS::ResourceGroups::Generic',
        parameters: [{ name: 'allowed-resource-types', values: ['AWS::EC2::CapacityReservation'] }],
      },
    ],
    resources: pool.reservationIds.map(
      (reservation) => `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:capacity-reservation/${reservation}`,
    ),
  });
  return { capacityReservationResourceGroupArn: group.attrArn };
}

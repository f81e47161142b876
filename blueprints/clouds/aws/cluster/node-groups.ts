import { Aws, Fn } from 'aws-cdk-lib';
import { CfnLaunchTemplate, CfnPlacementGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnNodegroup } from 'aws-cdk-lib/aws-eks';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnGroup } from 'aws-cdk-lib/aws-resourcegroups';
import type { Construct } from 'constructs';
import type { NodePool, Plan } from '../../../../lib/plan/plan.ts';
import { awsManagedPolicy, policyDocument } from '../iam.ts';
import { allocationTags } from '../platform-stack.ts';
import { efaInterfaces } from './efa.ts';

export interface NodeGroup {
  readonly name: string;
  readonly pool: NodePool;
  readonly resource: CfnNodegroup;
}

/** Role of every node: pull images, join the cluster; what pods may do is not here but in Pod Identity. */
export function addNodeRole(scope: Construct, plan: Plan, _props: { readonly keyArn: string }): CfnRole {
  return new CfnRole(scope, 'NodeRole', {
    roleName: `${plan.name}-${plan.platform.region}-node`,
    description: 'Nodes of the cluster',
    assumeRolePolicyDocument: policyDocument([
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]),
    managedPolicyArns: [
      awsManagedPolicy('AmazonEKSWorkerNodePolicy'),
      awsManagedPolicy('AmazonEC2ContainerRegistryPullOnly'),
      awsManagedPolicy('AmazonSSMManagedInstanceCore'),
    ],
  });
}

/** Pools raised as managed node groups: all of them, or under Karpenter only the one Karpenter itself runs on. */
export function managedPools(plan: Plan): readonly NodePool[] {
  if (plan.platform.provisioning === 'auto-mode') return [];
  const pools = plan.platform.nodePools;
  return plan.platform.provisioning === 'karpenter' ? pools.filter((pool) => pool.gpuId === undefined) : pools;
}

/** Bottlerocket: read-only root, and its NVIDIA variant carries driver and device plugin. */
export function amiType(pool: NodePool, fips: boolean): string {
  const architecture = pool.architecture === 'arm64' ? 'ARM_64' : 'x86_64';
  const parts = ['BOTTLEROCKET', architecture, ...(pool.gpuId ? ['NVIDIA'] : []), ...(fips ? ['FIPS'] : [])];
  return parts.join('_');
}

export function addNodeGroups(
  scope: Construct,
  plan: Plan,
  props: {
    readonly clusterName: string;
    readonly nodeRoleArn: string;
    readonly subnetIds: readonly string[];
    readonly volumeKeyArn: string;
  },
): readonly NodeGroup[] {
  return managedPools(plan).map((pool) => {
    const id = `${pool.id[0]?.toUpperCase()}${pool.id.slice(1)}`;
    const template = launchTemplate(scope, plan, pool, id, props.volumeKeyArn);
    const capacityBlock = pool.purchase === 'capacity-block';
    const name = `${plan.name}-${pool.id}`;
    const resource = new CfnNodegroup(scope, `${id}Nodes`, {
      clusterName: props.clusterName,
      nodegroupName: name,
      nodeRole: props.nodeRoleArn,
      amiType: amiType(pool, plan.platform.fips),
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
      tags: allocationTags(plan),
    });
    return { name, pool, resource };
  });
}

function launchTemplate(
  scope: Construct,
  plan: Plan,
  pool: NodePool,
  id: string,
  volumeKeyArn: string,
): CfnLaunchTemplate {
  const tags = Object.entries({ ...allocationTags(plan), 'groundplan:pool': pool.id, Name: `${plan.name}-${pool.id}` });
  const tagSet = tags.map(([key, value]) => ({ key, value }));
  const encryptedVolume = (deviceName: string, gibibytes: number) => ({
    deviceName,
    ebs: {
      encrypted: true,
      kmsKeyId: volumeKeyArn,
      volumeType: 'gp3',
      volumeSize: gibibytes,
      deleteOnTermination: true,
      ...(deviceName === '/dev/xvdb' && pool.gpuId ? { iops: 6000, throughput: 500 } : {}),
    },
  });
  const block = pool.purchase === 'capacity-block';
  const efaCount = pool.efa ? efaInterfaces(pool.instanceTypes) : 0;
  const placement =
    efaCount > 0 ? new CfnPlacementGroup(scope, `${id}Placement`, { strategy: 'cluster' }).ref : undefined;
  return new CfnLaunchTemplate(scope, `${id}LaunchTemplate`, {
    launchTemplateName: `${plan.name}-${pool.id}`,
    launchTemplateData: {
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
      // Bottlerocket: the system on the first device, containers and images on the second.
      blockDeviceMappings: [encryptedVolume('/dev/xvda', 4), encryptedVolume('/dev/xvdb', Math.max(20, pool.diskGiB))],
      monitoring: { enabled: true },
      instanceType: block ? pool.instanceTypes[0] : undefined,
      instanceMarketOptions: block ? { marketType: 'capacity-block' } : undefined,
      placement: placement ? { groupName: placement } : undefined,
      networkInterfaces:
        efaCount > 0
          ? Array.from({ length: efaCount }, (_, card) => ({
              deviceIndex: card === 0 ? 0 : 1,
              networkCardIndex: card,
              interfaceType: card === 0 ? 'efa' : 'efa-only',
              associatePublicIpAddress: false,
              deleteOnTermination: true,
            }))
          : undefined,
      capacityReservationSpecification: reservationSpecification(scope, plan, pool, id),
      userData: pool.localNvme ? Fn.base64(localStorageSettings) : undefined,
      tagSpecifications: [
        { resourceType: 'instance', tags: tagSet },
        { resourceType: 'volume', tags: tagSet },
      ],
    },
  });
}

/** Bottlerocket: local disks become one array under containers and images, so weights load from NVMe. */
const localStorageSettings = `[settings.bootstrap-commands.ephemeral-storage]
commands = [
  ["apiclient", "ephemeral-storage", "init"],
  ["apiclient", "ephemeral-storage", "bind", "--dirs", "/var/lib/containerd", "/var/lib/kubelet", "/var/log/pods"],
]
essential = true
mode = "always"
`;

function reservationSpecification(
  scope: Construct,
  plan: Plan,
  pool: NodePool,
  id: string,
): CfnLaunchTemplate.CapacityReservationSpecificationProperty | undefined {
  const [first, ...more] = pool.reservationIds;
  if (!first) return undefined;
  if (more.length === 0) return { capacityReservationTarget: { capacityReservationId: first } };
  const group = new CfnGroup(scope, `${id}Reservations`, {
    name: `${plan.name}-${pool.id}`,
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
  return { capacityReservationTarget: { capacityReservationResourceGroupArn: group.attrArn } };
}

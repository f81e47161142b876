import { Fn } from 'aws-cdk-lib';
import { CfnLaunchTemplate, CfnPlacementGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { NodePool, Plan } from '../../../../lib/plan/plan.ts';
import { efaInterfaces, efaOnFirstCard } from '../machines.ts';
import { allocationTags } from '../platform-stack.ts';
import { poolId } from './node-groups.ts';
import { nodeSettings, nodeVolumes } from './node-image.ts';

export interface LaunchTemplateProps {
  readonly volumeKeyArn: string;
  readonly clusterSecurityGroupId: string | undefined;
  readonly reservation:
    | { readonly capacityReservationId: string }
    | { readonly capacityReservationResourceGroupArn: string }
    | undefined;
}

/** How a machine of a pool starts: IMDSv2, encrypted volumes, EFA and placement, reservations, local disks. */
export function addLaunchTemplate(
  scope: Construct,
  plan: Plan,
  pool: NodePool,
  props: LaunchTemplateProps,
): CfnLaunchTemplate {
  const tags = Object.entries({
    ...allocationTags(plan),
    'groundplan:pool': pool.id,
    Name: `${plan.name}-${pool.id}`,
  }).map(([key, value]) => ({ key, value }));
  const volume = (deviceName: string, gibibytes: number, fast: boolean) => ({
    deviceName,
    ebs: {
      encrypted: true,
      kmsKeyId: props.volumeKeyArn,
      volumeType: 'gp3',
      volumeSize: gibibytes,
      deleteOnTermination: true,
      ...(fast ? { iops: 6000, throughput: 500 } : {}),
    },
  });
  const system = plan.platform.nodeOperatingSystem;
  const capacityBlock = pool.purchase === 'capacity-block';
  const interfaces = pool.efa ? networkInterfaces(pool, props.clusterSecurityGroupId) : undefined;
  return new CfnLaunchTemplate(scope, `${poolId(pool)}LaunchTemplate`, {
    launchTemplateData: {
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
      blockDeviceMappings: nodeVolumes(system, pool).map(({ deviceName, gibibytes, containers }) =>
        volume(deviceName, gibibytes, containers && pool.gpuId !== undefined && !pool.localNvme),
      ),
      monitoring: { enabled: true },
      instanceType: capacityBlock ? pool.instanceTypes[0] : undefined,
      instanceMarketOptions: capacityBlock ? { marketType: 'capacity-block' } : undefined,
      placement: interfaces
        ? { groupName: new CfnPlacementGroup(scope, `${poolId(pool)}Placement`, { strategy: 'cluster' }).ref }
        : undefined,
      networkInterfaces: interfaces,
      capacityReservationSpecification: props.reservation
        ? { capacityReservationTarget: props.reservation }
        : undefined,
      userData: Fn.base64(nodeSettings(system, pool, 'node')),
      tagSpecifications: [
        { resourceType: 'instance', tags },
        { resourceType: 'volume', tags },
      ],
    },
  });
}

/** One EFA interface a network card; the first also carries the node's own traffic. */
function networkInterfaces(
  pool: NodePool,
  securityGroupId: string | undefined,
): CfnLaunchTemplate.NetworkInterfaceProperty[] | undefined {
  const count = efaInterfaces(pool.instanceTypes);
  if (count === 0) return undefined;
  const common = {
    associatePublicIpAddress: false,
    deleteOnTermination: true,
    groups: securityGroupId ? [securityGroupId] : undefined,
  };
  const onFirstCard = efaOnFirstCard(pool.instanceTypes);
  const first = { ...common, deviceIndex: 0, networkCardIndex: 0, interfaceType: onFirstCard ? 'efa' : 'interface' };
  const others = Array.from({ length: onFirstCard ? count - 1 : count }, (_, index) => ({
    deleteOnTermination: true,
    groups: common.groups,
    deviceIndex: onFirstCard ? 1 : 0,
    networkCardIndex: index + 1,
    interfaceType: 'efa-only',
  }));
  return [first, ...others];
}

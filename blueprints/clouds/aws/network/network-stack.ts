import { Fn } from 'aws-cdk-lib';
import {
  CfnEgressOnlyInternetGateway,
  CfnEIP,
  CfnFlowLog,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCCidrBlock,
  CfnVPCGatewayAttachment,
  type IVpc,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { awsRegion } from '../facts.ts';
import { allow, sameAccount, serviceRole } from '../iam.ts';
import { encryptedLogGroup } from '../log-group.ts';
import { PlatformStack } from '../platform-stack.ts';
import type { KeyRing } from '../security/keys.ts';
import { addInterfaceEndpoints, addStorageEndpoint } from './endpoints.ts';

/** The network as the other stacks see it, new or existing. */
export interface Network {
  readonly vpcId: string;
  /** Nodes, pods and endpoints; one a zone. */
  readonly privateSubnetIds: readonly string[];
  /** Stores; no route out of the VPC. The private ones where the network is the user's. */
  readonly dataSubnetIds: readonly string[];
  /** For the user's own constructs. */
  readonly vpc: IVpc;
}

/** The user's own VPC: nothing is added to it; its endpoints, routes and flow logs are the user's. */
export function existingNetwork(scope: Construct, plan: Plan): Network | undefined {
  const { vpcId, privateSubnetIds = [], availabilityZones = [] } = plan.platform.existing;
  if (!vpcId) return undefined;
  return {
    vpcId,
    privateSubnetIds,
    dataSubnetIds: privateSubnetIds,
    vpc: Vpc.fromVpcAttributes(scope, 'ExistingVpc', { vpcId, availabilityZones, privateSubnetIds }),
  };
}

const vpcCidr = '10.0.0.0/16';
const publicCidr = (zone: number) => `10.0.${zone}.0/24`;
const dataCidr = (zone: number) => `10.0.${16 + zone}.0/24`;
/** 8,187 addresses a zone: every pod takes one. */
const privateCidr = (zone: number) => `10.0.${32 * (zone + 1)}.0/19`;

type Zone = { readonly availabilityZoneId: string } | { readonly availabilityZone: string };

/** An entry from the internet: a public use, a zone of one's own for its name, and a way in. */
function opensToInternet(plan: Plan): boolean {
  const { isolated, existing } = plan.platform;
  return !isolated && existing.hostedZoneName !== undefined && plan.requirements.application.exposure === 'public';
}

/** P1: private subnets in each zone, NAT by the availability goal or no internet path at all, flow logs. */
export class NetworkStack extends PlatformStack {
  readonly network: Network;

  constructor(scope: Construct, id: string, plan: Plan, props: { readonly keys: KeyRing }) {
    super(scope, id, plan, `Network of ${plan.name}`);
    this.network = this.newNetwork(props.keys);
  }

  private newNetwork(keys: KeyRing): Network {
    const { plan } = this;
    const vpc = new CfnVPC(this, 'Vpc', {
      cidrBlock: vpcCidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: [{ key: 'Name', value: plan.name }],
    });
    const ipv6 = plan.platform.ipv6
      ? new CfnVPCCidrBlock(this, 'Ipv6Block', { vpcId: vpc.ref, amazonProvidedIpv6CidrBlock: true })
      : undefined;
    const zones = this.zones();
    const natIds = plan.platform.isolated ? [] : this.natGateways(vpc, zones, ipv6);
    const egressOnly =
      ipv6 && !plan.platform.isolated
        ? new CfnEgressOnlyInternetGateway(this, 'EgressOnlyGateway', { vpcId: vpc.ref })
        : undefined;

    const privateSubnets: CfnSubnet[] = [];
    const dataSubnets: CfnSubnet[] = [];
    const routeTableIds: string[] = [];
    for (const [zone, place] of zones.entries()) {
      const subnet = this.subnet('Private', vpc, zone, place, privateCidr(zone), ipv6, {
        'kubernetes.io/role/internal-elb': '1',
        'karpenter.sh/discovery': plan.name,
      });
      const routes = this.routeTable(`Private${zone + 1}`, vpc.ref, subnet);
      const natId = natIds[zone % Math.max(1, natIds.length)];
      if (natId) {
        new CfnRoute(this, `Private${zone + 1}ToInternet`, {
          routeTableId: routes.ref,
          destinationCidrBlock: '0.0.0.0/0',
          natGatewayId: natId,
        });
      }
      if (egressOnly) {
        new CfnRoute(this, `Private${zone + 1}ToInternetV6`, {
          routeTableId: routes.ref,
          destinationIpv6CidrBlock: '::/0',
          egressOnlyInternetGatewayId: egressOnly.ref,
        });
      }
      const dataSubnet = this.subnet('Data', vpc, zone, place, dataCidr(zone));
      routeTableIds.push(routes.ref, this.routeTable(`Data${zone + 1}`, vpc.ref, dataSubnet).ref);
      privateSubnets.push(subnet);
      dataSubnets.push(dataSubnet);
    }
    const privateSubnetIds = privateSubnets.map((subnet) => subnet.ref);
    addStorageEndpoint(this, plan, { vpcId: vpc.ref, routeTableIds });
    addInterfaceEndpoints(this, plan, { vpcId: vpc.ref, cidr: vpcCidr, subnetIds: privateSubnetIds });
    this.flowLogs(vpc, keys.operations);
    return {
      vpcId: vpc.ref,
      privateSubnetIds,
      dataSubnetIds: dataSubnets.map((subnet) => subnet.ref),
      vpc: Vpc.fromVpcAttributes(this, 'ForYourConstructs', {
        vpcId: vpc.ref,
        availabilityZones: privateSubnets.map((subnet) => subnet.attrAvailabilityZone),
        privateSubnetIds,
      }),
    };
  }

  private subnet(
    role: 'Public' | 'Private' | 'Data',
    vpc: CfnVPC,
    zone: number,
    place: Zone,
    cidrBlock: string,
    ipv6?: CfnVPCCidrBlock,
    tags: Readonly<Record<string, string>> = {},
  ): CfnSubnet {
    const subnet = new CfnSubnet(this, `${role}Subnet${zone + 1}`, {
      vpcId: vpc.ref,
      ...place,
      cidrBlock,
      mapPublicIpOnLaunch: false,
      ...(ipv6
        ? {
            assignIpv6AddressOnCreation: true,
            ipv6CidrBlock: Fn.select(
              role === 'Public' ? zone + 8 : zone,
              Fn.cidr(Fn.select(0, vpc.attrIpv6CidrBlocks), 16, '64'),
            ),
          }
        : {}),
      tags: [
        { key: 'Name', value: `${this.plan.name}-${role.toLowerCase()}-${zone + 1}` },
        ...Object.entries(tags).map(([key, value]) => ({ key, value })),
      ],
    });
    if (ipv6) subnet.addResourceDependency(ipv6);
    return subnet;
  }

  private routeTable(id: string, vpcId: string, subnet: CfnSubnet): CfnRouteTable {
    const table = new CfnRouteTable(this, `${id}Routes`, {
      vpcId,
      tags: [{ key: 'Name', value: `${this.plan.name}-${id.toLowerCase()}` }],
    });
    new CfnSubnetRouteTableAssociation(this, `${id}Association`, { routeTableId: table.ref, subnetId: subnet.ref });
    return table;
  }

  /** NAT gateways by the availability goal: one a zone where a zone may fail, one where that is accepted. */
  private natGateways(vpc: CfnVPC, zones: readonly Zone[], ipv6: CfnVPCCidrBlock | undefined): readonly string[] {
    const vpcId = vpc.ref;
    const count = Math.min(this.plan.platform.natGateways, zones.length);
    if (count === 0) return [];
    const gateway = new CfnInternetGateway(this, 'InternetGateway', {
      tags: [{ key: 'Name', value: this.plan.name }],
    });
    const attachment = new CfnVPCGatewayAttachment(this, 'InternetGatewayAttachment', {
      vpcId,
      internetGatewayId: gateway.ref,
    });
    // A public entry needs a subnet in each zone, NAT only where the goal asks.
    const publicZones = opensToInternet(this.plan) ? zones : zones.slice(0, count);
    return publicZones.flatMap((place, zone) => {
      const subnet = this.subnet('Public', vpc, zone, place, publicCidr(zone), ipv6, {
        'kubernetes.io/role/elb': '1',
      });
      const routes = this.routeTable(`Public${zone + 1}`, vpcId, subnet);
      new CfnRoute(this, `Public${zone + 1}ToInternet`, {
        routeTableId: routes.ref,
        destinationCidrBlock: '0.0.0.0/0',
        gatewayId: gateway.ref,
      }).addResourceDependency(attachment);
      if (ipv6) {
        new CfnRoute(this, `Public${zone + 1}ToInternetV6`, {
          routeTableId: routes.ref,
          destinationIpv6CidrBlock: '::/0',
          gatewayId: gateway.ref,
        }).addResourceDependency(attachment);
      }
      if (zone >= count) return [];
      const address = new CfnEIP(this, `NatAddress${zone + 1}`, { domain: 'vpc' });
      address.addResourceDependency(attachment);
      const nat = new CfnNatGateway(this, `Nat${zone + 1}`, {
        subnetId: subnet.ref,
        allocationId: address.attrAllocationId,
        tags: [{ key: 'Name', value: `${this.plan.name}-${zone + 1}` }],
      });
      return [nat.ref];
    });
  }

  /** Zone ids mean the same place in every account; the answers may name zones instead. */
  private zones(): readonly Zone[] {
    const { region, availabilityZones, existing } = this.plan.platform;
    if (existing.availabilityZones) return existing.availabilityZones.map((availabilityZone) => ({ availabilityZone }));
    return awsRegion(region)
      .zoneIds.slice(0, Math.max(2, availabilityZones))
      .map((availabilityZoneId) => ({ availabilityZoneId }));
  }

  private flowLogs(vpc: CfnVPC, keyArn: string): void {
    const group = encryptedLogGroup(this, 'FlowLogs', {
      name: `/groundplan/${this.plan.name}/flow-logs`,
      keyArn,
      days: this.plan.audit.logRetentionDays,
    });
    const role = serviceRole(this, 'FlowLogRole', {
      description: 'Writes VPC flow logs',
      service: 'vpc-flow-logs.amazonaws.com',
      assumeConditions: sameAccount,
      statements: [
        allow(
          ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
          [group.attrArn],
        ),
      ],
    });
    new CfnFlowLog(this, 'FlowLog', {
      resourceId: vpc.ref,
      resourceType: 'VPC',
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: group.ref,
      deliverLogsPermissionArn: role.attrArn,
      maxAggregationInterval: 60,
    });
  }
}

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
  readonly cidr: string;
  /** Nodes, pods and endpoints; one a zone. */
  readonly privateSubnetIds: readonly string[];
  /** Stores; no route out of the VPC. The private ones where the network is the user's. */
  readonly dataSubnetIds: readonly string[];
  /** For the user's own constructs. */
  readonly vpc: IVpc;
}

const vpcCidr = '10.0.0.0/16';
const publicCidr = (zone: number) => `10.0.${zone}.0/24`;
const dataCidr = (zone: number) => `10.0.${16 + zone}.0/24`;
/** 8,187 addresses a zone: every pod takes one. */
const privateCidr = (zone: number) => `10.0.${32 * (zone + 1)}.0/19`;

/** P1: private subnets in each zone, NAT by the availability goal or no internet path at all, flow logs. */
export class NetworkStack extends PlatformStack {
  readonly network: Network;

  constructor(scope: Construct, id: string, plan: Plan, props: { readonly keys: KeyRing }) {
    super(scope, id, plan, `Network of ${plan.name}`);
    this.network = plan.platform.existing.vpcId ? this.existingNetwork() : this.newNetwork(props.keys);
  }

  /** The user's own VPC: nothing is added to it, its endpoints and flow logs are the user's. */
  private existingNetwork(): Network {
    const { vpcId = '', privateSubnetIds = [], availabilityZones = [] } = this.plan.platform.existing;
    return {
      vpcId,
      cidr: '10.0.0.0/8',
      privateSubnetIds,
      dataSubnetIds: privateSubnetIds,
      vpc: Vpc.fromVpcAttributes(this, 'Vpc', { vpcId, availabilityZones, privateSubnetIds }),
    };
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
    const zoneIds = awsRegion(plan.platform.region).zoneIds.slice(0, Math.max(2, plan.platform.availabilityZones));
    const natIds = plan.platform.isolated ? [] : this.natGateways(vpc.ref, zoneIds);
    const egressOnly =
      ipv6 && !plan.platform.isolated
        ? new CfnEgressOnlyInternetGateway(this, 'EgressOnlyGateway', { vpcId: vpc.ref })
        : undefined;

    const privateSubnets: CfnSubnet[] = [];
    const dataSubnets: CfnSubnet[] = [];
    const routeTableIds: string[] = [];
    for (const [zone, zoneId] of zoneIds.entries()) {
      const subnet = this.subnet('Private', vpc, zone, zoneId, privateCidr(zone), ipv6, {
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
      const dataSubnet = this.subnet('Data', vpc, zone, zoneId, dataCidr(zone));
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
      cidr: vpcCidr,
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
    availabilityZoneId: string,
    cidrBlock: string,
    ipv6?: CfnVPCCidrBlock,
    tags: Readonly<Record<string, string>> = {},
  ): CfnSubnet {
    const subnet = new CfnSubnet(this, `${role}Subnet${zone + 1}`, {
      vpcId: vpc.ref,
      availabilityZoneId,
      cidrBlock,
      mapPublicIpOnLaunch: false,
      ...(ipv6
        ? {
            assignIpv6AddressOnCreation: true,
            ipv6CidrBlock: Fn.select(zone, Fn.cidr(Fn.select(0, vpc.attrIpv6CidrBlocks), 16, '64')),
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
  private natGateways(vpcId: string, zoneIds: readonly string[]): readonly string[] {
    const count = Math.min(this.plan.platform.natGateways, zoneIds.length);
    if (count === 0) return [];
    const vpc = this.node.findChild('Vpc') as CfnVPC;
    const gateway = new CfnInternetGateway(this, 'InternetGateway', {
      tags: [{ key: 'Name', value: this.plan.name }],
    });
    const attachment = new CfnVPCGatewayAttachment(this, 'InternetGatewayAttachment', {
      vpcId,
      internetGatewayId: gateway.ref,
    });
    return zoneIds.slice(0, count).map((zoneId, zone) => {
      const subnet = this.subnet('Public', vpc, zone, zoneId, publicCidr(zone));
      const routes = this.routeTable(`Public${zone + 1}`, vpcId, subnet);
      new CfnRoute(this, `Public${zone + 1}ToInternet`, {
        routeTableId: routes.ref,
        destinationCidrBlock: '0.0.0.0/0',
        gatewayId: gateway.ref,
      }).addResourceDependency(attachment);
      const address = new CfnEIP(this, `NatAddress${zone + 1}`, { domain: 'vpc' });
      address.addResourceDependency(attachment);
      return new CfnNatGateway(this, `Nat${zone + 1}`, {
        subnetId: subnet.ref,
        allocationId: address.attrAllocationId,
        tags: [{ key: 'Name', value: `${this.plan.name}-${zone + 1}` }],
      }).ref;
    });
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

import type { Rule } from '../rule.ts';
import { asList, asObject, isForeignService, type Json, ofType, refersTo } from '../world.ts';

const isEverywhere = (rule: Json) =>
  asObject(rule).CidrIp === '0.0.0.0/0' || asObject(rule).CidrIpv6 === '::/0' || asObject(rule).CidrIpv6 === '0::/0';

export const networkRules: readonly Rule[] = [
  {
    id: 'Groundplan-NET1',
    title: 'No subnet hands out public addresses',
    control: 'network-private-subnets',
    check: (world) =>
      ofType(world, 'AWS::EC2::Subnet')
        .filter(({ properties }) => properties.MapPublicIpOnLaunch !== false)
        .map(({ address }) => ({ resource: address, message: 'MapPublicIpOnLaunch must be false' })),
  },
  {
    id: 'Groundplan-NET2',
    title: 'No security group admits the whole internet',
    control: 'network-no-open-ingress',
    check: (world) => [
      ...ofType(world, 'AWS::EC2::SecurityGroup')
        .filter(({ properties }) => asList(properties.SecurityGroupIngress).some(isEverywhere))
        .map(({ address }) => ({ resource: address, message: 'ingress from everywhere' })),
      ...ofType(world, 'AWS::EC2::SecurityGroupIngress')
        .filter(({ properties }) => isEverywhere(properties))
        .map(({ address }) => ({ resource: address, message: 'ingress from everywhere' })),
    ],
  },
  {
    id: 'Groundplan-NET3',
    title: 'Every network of ours records all of its flows',
    control: 'network-flow-logs',
    check: (world) =>
      ofType(world, 'AWS::EC2::VPC')
        .filter(
          (vpc) =>
            !ofType(world, 'AWS::EC2::FlowLog').some(
              ({ properties }) => refersTo(properties.ResourceId, vpc.logicalId) && properties.TrafficType === 'ALL',
            ),
        )
        .map(({ address }) => ({ resource: address, message: 'no flow log of all traffic' })),
  },
  {
    id: 'Groundplan-NET4',
    title: 'An isolated platform has no internet path at all',
    control: 'network-endpoints',
    check: (world) =>
      world.plan.platform.isolated
        ? ofType(world, 'AWS::EC2::InternetGateway', 'AWS::EC2::NatGateway', 'AWS::EC2::EgressOnlyInternetGateway').map(
            ({ address, type }) => ({ resource: address, message: `${type} in an isolated network` }),
          )
        : [],
  },
  {
    id: 'Groundplan-NET5',
    title: 'Endpoints let only this account’s principals through',
    control: 'network-endpoints',
    check: (world) =>
      ofType(world, 'AWS::EC2::VPCEndpoint')
        .filter(
          ({ properties }) =>
            // A service of somebody else signs nothing with our principals, so it takes no policy: see STORE1.
            !isForeignService(properties.ServiceName) &&
            !/aws:(Principal|Resource)(Account|OrgID)/.test(JSON.stringify(properties.PolicyDocument ?? '')),
        )
        .map(({ address }) => ({ resource: address, message: 'no policy that names the account' })),
  },
  {
    id: 'Groundplan-NET6',
    title: 'An entry from outside has a firewall with a rate limit',
    control: 'waf-on-entry',
    check: (world) => {
      if (!world.plan.compliance.controls.some((control) => control.id === 'waf-on-entry')) return [];
      const limited = ofType(world, 'AWS::WAFv2::WebACL').some(({ properties }) =>
        JSON.stringify(properties.Rules ?? []).includes('RateBasedStatement'),
      );
      return limited ? [] : [{ resource: world.plan.name, message: 'no web ACL with a rate-based rule' }];
    },
  },
  {
    id: 'Groundplan-NET7',
    title: 'A network spans the zones of the plan',
    control: 'multi-zone',
    check: (world) => {
      if (ofType(world, 'AWS::EC2::VPC').length === 0) return [];
      const zones = new Set(
        ofType(world, 'AWS::EC2::Subnet').map(({ properties }) =>
          JSON.stringify(properties.AvailabilityZoneId ?? properties.AvailabilityZone ?? null),
        ),
      );
      const asked = Math.max(2, world.plan.platform.availabilityZones);
      if (zones.size >= asked) return [];
      return [{ resource: world.plan.name, message: `subnets in ${zones.size} zones, the plan asks for ${asked}` }];
    },
  },
  {
    id: 'Groundplan-NET8',
    title: 'Every resource lives in a region the residency allows',
    control: 'region-in-residency',
    check: (world) => {
      const allowed = new Set([world.plan.platform.region, world.plan.platform.recoveryRegion]);
      const pattern = /\b(?:us-gov|us|eu|ap|ca|sa|me|af|il|mx)-(?:north|south|east|west|central)(?:east|west)?-\d\b/g;
      return world.resources.flatMap(({ properties, address }) => {
        const named = new Set(JSON.stringify(properties).match(pattern) ?? []);
        return [...named]
          .filter((region) => !allowed.has(region))
          .map((region) => ({ resource: address, detail: region, message: `names the region ${region}` }));
      });
    },
  },
];

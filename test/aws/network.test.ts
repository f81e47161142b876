import { expect, test } from 'vitest';
import { plans } from './plans.ts';
import { checkPromises, ofType, only, type Templates, text } from './stacks.ts';

const service = (endpoint: { Properties: { ServiceName: string } }) =>
  endpoint.Properties.ServiceName.split('.').slice(3).join('.');
const endpoints = (templates: Templates) => ofType(templates, 'AWS::EC2::VPCEndpoint');
const subnets = (templates: Templates, role: string) =>
  ofType(templates, 'AWS::EC2::Subnet').filter(({ id }) => id.startsWith(`Network/${role}`));

checkPromises('network (P1)', [
  {
    title: 'no subnet gives public addresses',
    plan: 'base',
    problems: (t) => ofType(t, 'AWS::EC2::Subnet').filter(({ Properties }) => Properties.MapPublicIpOnLaunch !== false),
    defect: (t) => {
      only(t, 'Network/PublicSubnet1').Properties.MapPublicIpOnLaunch = true;
    },
  },
  {
    title: 'private and store subnets stand in as many zones as planned, by zone id',
    plan: 'base',
    problems: (t) =>
      ['Private', 'Data'].filter(
        (role) =>
          new Set(subnets(t, role).map(({ Properties }) => Properties.AvailabilityZoneId)).size !==
          plans.base.platform.availabilityZones,
      ),
    defect: (t) => {
      const { Properties } = only(t, 'Network/PrivateSubnet2');
      Properties.AvailabilityZoneId = only(t, 'Network/PrivateSubnet1').Properties.AvailabilityZoneId;
    },
  },
  {
    title: 'one NAT gateway a zone for 99.9%',
    plan: 'base',
    problems: (t) => (ofType(t, 'AWS::EC2::NatGateway').length === 3 ? [] : ['not three']),
    defect: (t) => {
      delete t.Network?.Resources.Nat2;
    },
  },
  {
    title: 'one NAT gateway where a zone may fail',
    plan: 'development',
    problems: (t) => (ofType(t, 'AWS::EC2::NatGateway').length === 1 ? [] : ['not one']),
    defect: (t) => {
      delete t.Network?.Resources.Nat1;
    },
  },
  {
    title: 'isolated: no gateway and no route out',
    plan: 'isolated',
    problems: (t) =>
      ofType(
        t,
        'AWS::EC2::InternetGateway',
        'AWS::EC2::NatGateway',
        'AWS::EC2::EgressOnlyInternetGateway',
        'AWS::EC2::Route',
        'AWS::EC2::EIP',
      ),
    defect: (t) => {
      if (t.Network) t.Network.Resources.Out = { Type: 'AWS::EC2::Route', Properties: {} };
    },
  },
  {
    title: 'isolated: every service the platform calls has an endpoint, FIPS ones too',
    plan: 'isolated',
    problems: (t) => {
      const have = new Set(endpoints(t).map(service));
      return [
        ...['s3', 'ecr.api', 'ecr.dkr', 'sts', 'eks', 'eks-auth', 'ec2', 'secretsmanager', 'kms', 'logs', 'monitoring'],
        ...['sqs', 'autoscaling', 'kinesis-firehose', 'kms-fips', 'sts-fips', 'sqs-fips'],
      ].filter((name) => !have.has(name));
    },
    defect: (t) => {
      delete t.Network?.Resources.Endpointeksauth;
    },
  },
  {
    title: 'endpoints admit only this account',
    plan: 'base',
    problems: (t) =>
      endpoints(t).filter(({ Properties }) => !/aws:(Principal|Resource)Account/.test(text(Properties.PolicyDocument))),
    defect: (t) => {
      only(t, 'Network/Endpointkms').Properties.PolicyDocument = {};
    },
  },
  {
    title: 'the S3 endpoint carries calls to our own buckets and reads of image layers',
    plan: 'base',
    problems: (t) => {
      const { Statement } = only(t, 'Network/StorageEndpoint').Properties.PolicyDocument;
      const open = (each: { Condition?: unknown; Resource: unknown }) => each.Resource === '*' && !each.Condition;
      return Statement.filter(open);
    },
    defect: (t) => {
      const { Statement } = only(t, 'Network/StorageEndpoint').Properties.PolicyDocument;
      delete Statement[0].Condition;
    },
  },
  {
    title: 'flows are logged, all of them, encrypted and kept as long as asked',
    plan: 'base',
    problems: (t) => {
      const logs = only(t, 'Network/FlowLogs').Properties;
      const flow = only(t, 'Network/FlowLog').Properties;
      const good = logs.KmsKeyId && logs.RetentionInDays === 365 && flow.TrafficType === 'ALL';
      return good ? [] : [logs, flow];
    },
    defect: (t) => {
      only(t, 'Network/FlowLog').Properties.TrafficType = 'REJECT';
    },
  },
  {
    title: 'store subnets have no route but to S3',
    plan: 'base',
    problems: (t) =>
      ofType(t, 'AWS::EC2::Route').filter(({ Properties }) => text(Properties.RouteTableId).includes('Data')),
    defect: (t) => {
      only(t, 'Network/Private1ToInternet').Properties.RouteTableId = { Ref: 'Data1Routes' };
    },
  },
  {
    title: 'IPv6: private subnets get addresses and leave by an egress-only gateway',
    plan: 'auto-mode',
    problems: (t) => [
      ...subnets(t, 'Private').filter(({ Properties }) => Properties.AssignIpv6AddressOnCreation !== true),
      ...(ofType(t, 'AWS::EC2::EgressOnlyInternetGateway').length === 1 ? [] : ['no egress-only gateway']),
      ...(only(t, 'Cluster/Cluster').Properties.KubernetesNetworkConfig.IpFamily === 'ipv6' ? [] : ['cluster is IPv4']),
    ],
    defect: (t) => {
      only(t, 'Cluster/Cluster').Properties.KubernetesNetworkConfig.IpFamily = 'ipv4';
    },
  },
  {
    title: 'an existing network, cluster and key are used and none is made',
    plan: 'existing estate',
    problems: (t) => [
      ...ofType(t, 'AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EKS::Cluster', 'AWS::KMS::Key', 'AWS::EC2::NatGateway'),
      ...(text(t.Data).includes('vpc-0123456789abcdef0') ? [] : ['the network is not used']),
      ...(text(t.Data).includes('11111111-2222-3333-4444-555555555555') ? [] : ['the key is not used']),
      ...(ofType(t, 'AWS::EKS::Nodegroup').every(({ Properties }) => Properties.ClusterName === 'ours')
        ? []
        : ['the cluster is not used']),
    ],
    defect: (t) => {
      only(t, 'Cluster/ChatNodes').Properties.ClusterName = 'another';
    },
  },
]);

test('without residency, regime or production no interface endpoint is paid for', async () => {
  const { interfaceEndpoints } = await import('../../blueprints/clouds/aws/network/endpoint-needs.ts');
  const { requirements } = plans.development;
  const plan = {
    ...plans.development,
    requirements: { ...requirements, compliance: { ...requirements.compliance, residency: 'none' as const } },
  };
  expect(interfaceEndpoints(plan)).toEqual([]);
  expect(interfaceEndpoints(plans.development).length).toBeGreaterThan(8);
});

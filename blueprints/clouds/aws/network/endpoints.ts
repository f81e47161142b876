import { Aws } from 'aws-cdk-lib';
import { CfnSecurityGroup, CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { policyDocument } from '../iam.ts';
import { noOutgoingTraffic } from './endpoint-egress.ts';
import { interfaceEndpoints } from './endpoint-needs.ts';

/** Only principals of this account pass an endpoint, so stolen foreign credentials cannot carry data out through it. */
const accountOnly = policyDocument([
  {
    Sid: 'ThisAccountOnly',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: '*',
    Resource: '*',
    Condition: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
  },
]);

export function addInterfaceEndpoints(
  scope: Construct,
  plan: Plan,
  props: { readonly vpcId: string; readonly cidr: string; readonly subnetIds: readonly string[] },
): void {
  const needs = interfaceEndpoints(plan);
  if (needs.length === 0) return;
  const group = new CfnSecurityGroup(scope, 'EndpointSecurityGroup', {
    vpcId: props.vpcId,
    groupDescription: 'TLS from inside the VPC to interface endpoints',
    securityGroupIngress: [
      { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: props.cidr, description: 'TLS from the VPC' },
    ],
    securityGroupEgress: [noOutgoingTraffic],
  });
  for (const need of needs) {
    new CfnVPCEndpoint(scope, `Endpoint-${need.service}`, {
      vpcId: props.vpcId,
      serviceName: `com.amazonaws.${plan.platform.region}.${need.service}`,
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
      subnetIds: [...props.subnetIds],
      securityGroupIds: [group.attrGroupId],
      policyDocument: accountOnly,
    });
  }
}

/** The S3 gateway endpoint: free, so always there. Our own buckets, image layers, and nothing else. */
export function addStorageEndpoint(
  scope: Construct,
  plan: Plan,
  props: { readonly vpcId: string; readonly routeTableIds: readonly string[] },
): void {
  const region = plan.platform.region;
  new CfnVPCEndpoint(scope, 'StorageEndpoint', {
    vpcId: props.vpcId,
    serviceName: `com.amazonaws.${region}.s3`,
    vpcEndpointType: 'Gateway',
    routeTableIds: [...props.routeTableIds],
    policyDocument: policyDocument([
      {
        Sid: 'OwnBuckets',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 's3:*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
      },
      {
        Sid: 'ImageLayers',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 's3:GetObject',
        Resource: [
          `arn:${Aws.PARTITION}:s3:::prod-${region}-starport-layer-bucket/*`,
          `arn:${Aws.PARTITION}:s3:::al2023-repos-${region}-de612dc2/*`,
        ],
      },
    ]),
  });
}

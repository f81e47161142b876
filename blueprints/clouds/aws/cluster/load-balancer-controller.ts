import { CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, serviceRole } from '../iam.ts';
import { wantsFirewall } from '../security/entry.ts';
import { namespaces, serviceAccounts } from './workloads.ts';

/** Auto mode has a load-balancer controller of its own. */
export function addLoadBalancerController(
  scope: Construct,
  plan: Plan,
  props: { readonly clusterName: string; readonly vpcId: string },
): void {
  if (plan.platform.provisioning === 'auto-mode') return;
  const { clusterName, vpcId } = props;
  const balancer = ['loadbalancer/app/*/*', 'loadbalancer/net/*/*', 'targetgroup/*/*'].map((resource) =>
    arn('elasticloadbalancing', resource),
  );
  const listeners = [
    'listener/app/*/*/*',
    'listener/net/*/*/*',
    'listener-rule/app/*/*/*',
    'listener-rule/net/*/*/*',
  ].map((resource) => arn('elasticloadbalancing', resource));
  const groups = arn('ec2', 'security-group/*');
  const ours = { StringEquals: { 'aws:ResourceTag/elbv2.k8s.aws/cluster': clusterName } };
  const asked = { StringEquals: { 'aws:RequestTag/elbv2.k8s.aws/cluster': clusterName } };
  const role = serviceRole(scope, 'LoadBalancerControllerRole', {
    description: 'Raises the load balancer of the gateway; changes only what carries the tag of this cluster',
    service: 'pods.eks.amazonaws.com',
    assumeActions: ['sts:AssumeRole', 'sts:TagSession'],
    statements: [
      allow(
        [
          'acm:ListCertificates',
          'ec2:DescribeAccountAttributes',
          'ec2:DescribeAddresses',
          'ec2:DescribeAvailabilityZones',
          'ec2:DescribeInstances',
          'ec2:DescribeInternetGateways',
          'ec2:DescribeIpamPools',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeRouteTables',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeTags',
          'ec2:DescribeVpcPeeringConnections',
          'ec2:DescribeVpcs',
          'ec2:GetSecurityGroupsForVpc',
          'elasticloadbalancing:DescribeCapacityReservation',
          'elasticloadbalancing:DescribeListenerAttributes',
          'elasticloadbalancing:DescribeListenerCertificates',
          'elasticloadbalancing:DescribeListeners',
          'elasticloadbalancing:DescribeLoadBalancerAttributes',
          'elasticloadbalancing:DescribeLoadBalancers',
          'elasticloadbalancing:DescribeRules',
          'elasticloadbalancing:DescribeSSLPolicies',
          'elasticloadbalancing:DescribeTags',
          'elasticloadbalancing:DescribeTargetGroupAttributes',
          'elasticloadbalancing:DescribeTargetGroups',
          'elasticloadbalancing:DescribeTargetHealth',
          'elasticloadbalancing:DescribeTrustStores',
          'wafv2:ListWebACLs',
        ],
        ['*'],
      ),
      allow(['acm:DescribeCertificate'], [arn('acm', 'certificate/*')]),
      allow(['ec2:CreateSecurityGroup'], [arn('ec2', `vpc/${vpcId}`)]),
      allow(['ec2:CreateSecurityGroup'], [groups], asked),
      allow(['ec2:CreateTags'], [groups], {
        StringEquals: { ...asked.StringEquals, 'ec2:CreateAction': 'CreateSecurityGroup' },
      }),
      allow(
        [
          'ec2:AuthorizeSecurityGroupIngress',
          'ec2:CreateTags',
          'ec2:DeleteSecurityGroup',
          'ec2:DeleteTags',
          'ec2:RevokeSecurityGroupIngress',
        ],
        [groups],
        ours,
      ),
      // The group EKS made: traffic of the balancer to pods is opened there.
      allow(['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'], [groups], {
        StringEquals: { 'aws:ResourceTag/aws:eks:cluster-name': clusterName },
      }),
      allow(['elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:CreateTargetGroup'], balancer, asked),
      allow(['elasticloadbalancing:AddTags'], [...balancer, ...listeners], {
        StringEquals: {
          'elasticloadbalancing:CreateAction': [
            'CreateLoadBalancer',
            'CreateTargetGroup',
            'CreateListener',
            'CreateRule',
          ],
        },
      }),
      allow(
        [
          'elasticloadbalancing:AddListenerCertificates',
          'elasticloadbalancing:AddTags',
          'elasticloadbalancing:CreateListener',
          'elasticloadbalancing:CreateRule',
          'elasticloadbalancing:DeleteListener',
          'elasticloadbalancing:DeleteLoadBalancer',
          'elasticloadbalancing:DeleteRule',
          'elasticloadbalancing:DeleteTargetGroup',
          'elasticloadbalancing:DeregisterTargets',
          'elasticloadbalancing:ModifyListener',
          'elasticloadbalancing:ModifyListenerAttributes',
          'elasticloadbalancing:ModifyLoadBalancerAttributes',
          'elasticloadbalancing:ModifyRule',
          'elasticloadbalancing:ModifyTargetGroup',
          'elasticloadbalancing:ModifyTargetGroupAttributes',
          'elasticloadbalancing:RegisterTargets',
          'elasticloadbalancing:RemoveListenerCertificates',
          'elasticloadbalancing:RemoveTags',
          'elasticloadbalancing:SetIpAddressType',
          'elasticloadbalancing:SetRulePriorities',
          'elasticloadbalancing:SetSecurityGroups',
          'elasticloadbalancing:SetSubnets',
        ],
        [...balancer, ...listeners],
        ours,
      ),
      ...(wantsFirewall(plan)
        ? [
            allow(
              [
                'wafv2:AssociateWebACL',
                'wafv2:DisassociateWebACL',
                'wafv2:GetWebACL',
                'elasticloadbalancing:SetWebAcl',
              ],
              [
                arn('wafv2', `regional/webacl/${plan.name}-entry/*`),
                arn('elasticloadbalancing', 'loadbalancer/app/*/*'),
              ],
            ),
            allow(['wafv2:GetWebACLForResource'], [arn('wafv2', 'regional/webacl/*/*')]),
          ]
        : []),
    ],
  });
  new CfnPodIdentityAssociation(scope, 'LoadBalancerControllerIdentity', {
    clusterName,
    namespace: namespaces.system,
    serviceAccount: serviceAccounts.loadBalancer,
    roleArn: role.attrArn,
  });
}

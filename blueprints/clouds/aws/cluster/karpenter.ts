import { CfnAccessEntry, CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnInstanceProfile, type CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, sameAccount, serviceRole } from '../iam.ts';
import { encryptedQueue } from '../stores/queue.ts';
import { karpenterStatements } from './karpenter-policy.ts';
import { nodeProfileName } from './node-names.ts';
import { managedPools } from './node-pools.ts';
import { namespaces, serviceAccounts } from './workloads.ts';

/** Events after which a node must be emptied. */
const interruptions = [
  { id: 'SpotInterruption', source: 'aws.ec2', detailType: 'EC2 Spot Instance Interruption Warning' },
  { id: 'Rebalance', source: 'aws.ec2', detailType: 'EC2 Instance Rebalance Recommendation' },
  { id: 'StateChange', source: 'aws.ec2', detailType: 'EC2 Instance State-change Notification' },
  { id: 'ScheduledChange', source: 'aws.health', detailType: 'AWS Health Event' },
  {
    id: 'ReservationInterruption',
    source: 'aws.ec2',
    detailType: 'EC2 Capacity Reservation Instance Interruption Warning',
  },
] as const;

/** What Karpenter needs of AWS: a role bound to this cluster's tag, a queue of interruption notices, a node profile. */
export function addKarpenter(
  scope: Construct,
  plan: Plan,
  props: {
    readonly clusterName: string;
    readonly nodeRole: CfnRole;
    readonly queueKeyArn: string;
    readonly volumeKeyArn: string;
  },
): CfnRole {
  const queue = encryptedQueue(scope, 'Interruptions', {
    keyArn: props.queueKeyArn,
    visibilitySeconds: 30,
    statements: (queueArn) => [
      { ...allow(['sqs:SendMessage'], [queueArn], sameAccount), Principal: { Service: 'events.amazonaws.com' } },
    ],
  });
  queue.queueName = interruptionQueueName(plan);
  for (const event of interruptions) {
    new CfnRule(scope, `On${event.id}`, {
      description: `Karpenter empties a node on: ${event.detailType}`,
      eventPattern: { source: [event.source], 'detail-type': [event.detailType] },
      targets: [{ id: 'karpenter', arn: queue.attrArn }],
    });
  }
  new CfnInstanceProfile(scope, 'NodeProfile', {
    instanceProfileName: nodeProfileName(plan),
    roles: [props.nodeRole.ref],
  });
  // A managed node group of the same role has brought the entry with it; a second one is refused.
  if (managedPools(plan).length === 0) {
    new CfnAccessEntry(scope, 'KarpenterNodeAccess', {
      clusterName: props.clusterName,
      principalArn: props.nodeRole.attrArn,
      type: 'EC2_LINUX',
    });
  }
  const role = serviceRole(scope, 'KarpenterRole', {
    description: 'Karpenter starts and stops nodes of this cluster',
    service: 'pods.eks.amazonaws.com',
    assumeActions: ['sts:AssumeRole', 'sts:TagSession'],
    statements: karpenterStatements(plan, {
      nodeRoleArn: props.nodeRole.attrArn,
      queueArn: queue.attrArn,
      queueKeyArn: props.queueKeyArn,
      volumeKeyArn: props.volumeKeyArn,
    }),
  });
  new CfnPodIdentityAssociation(scope, 'KarpenterIdentity', {
    clusterName: props.clusterName,
    namespace: namespaces.system,
    serviceAccount: serviceAccounts.karpenter,
    roleArn: role.attrArn,
  });
  return role;
}

export function interruptionQueueName(plan: Plan): string {
  return `${plan.name}-interruptions`;
}

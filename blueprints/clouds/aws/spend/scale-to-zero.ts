import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, sameAccount, serviceRole } from '../iam.ts';

/** Non-production sleeps at the end of the day: the scheduler sets each node group to zero itself, no function between. */
export function addScaleToZero(
  scope: Construct,
  plan: Plan,
  props: {
    readonly clusterName: string;
    readonly nodeGroupNames: readonly string[];
    readonly keys: { readonly operations: string };
  },
): void {
  if (props.nodeGroupNames.length === 0) return;
  const group = new CfnScheduleGroup(scope, 'Sleep', { name: `${plan.name}-sleep` });
  const role = serviceRole(scope, 'SleepRole', {
    description: 'Scales node groups to zero at the end of the day',
    service: 'scheduler.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [
      allow(
        ['eks:UpdateNodegroupConfig'],
        props.nodeGroupNames.map((name) => arn('eks', `nodegroup/${props.clusterName}/${name}/*`)),
      ),
      { ...allow(['kms:Decrypt'], [props.keys.operations]) },
    ],
  });
  for (const name of props.nodeGroupNames) {
    new CfnSchedule(scope, `Sleep-${name}`, {
      name,
      groupName: group.ref,
      description: `Scales ${name} to zero`,
      scheduleExpression: 'cron(0 20 ? * * *)',
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: props.keys.operations,
      target: {
        arn: 'arn:aws:scheduler:::aws-sdk:eks:updateNodegroupConfig',
        roleArn: role.attrArn,
        input: JSON.stringify({
          ClusterName: props.clusterName,
          NodegroupName: name,
          ScalingConfig: { MinSize: 0, DesiredSize: 0 },
        }),
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
      },
    });
  }
}

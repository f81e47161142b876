import { Aws } from 'aws-cdk-lib';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { workingHours } from '../../../../lib/plan/sleep.ts';
import { allow, arn, type Statement, sameAccount, serviceRole } from '../iam.ts';
import { encryptedLogGroup } from '../log-group.ts';
import { encryptedQueue } from '../stores/queue.ts';
import { addSleepBuild, type SleepBuildProps } from './sleep-build.ts';
import { sleepDefinition } from './sleep-definition.ts';

export interface SleepProps extends SleepBuildProps {
  /** The budget publishes here when the ceiling is spent; absent where the partition has no budgets. */
  readonly ceilingSpent: CfnTopic | undefined;
}

/**
 * P11: non-production sleeps at the end of the day and when the ceiling is spent; it wakes on working days unless the
 * ceiling is spent. One state machine calls EKS or starts a build: no function to patch.
 */
export function addSleep(scope: Construct, plan: Plan, props: SleepProps): void {
  const keyArn = props.keys.operations;
  const { clusterName } = props.cluster;
  const logs = encryptedLogGroup(scope, 'SleepLogs', {
    name: `/aws/vendedlogs/states/${plan.name}-sleep`,
    keyArn,
    days: plan.audit.logRetentionDays,
  });
  const budget = props.ceilingSpent ? `${plan.name}-ceiling` : undefined;
  const build = plan.platform.provisioning === 'managed-node-groups' ? undefined : addSleepBuild(scope, plan, props);
  const role = serviceRole(scope, 'SleepRole', {
    description: 'Takes the machines of this platform to none and back',
    service: 'states.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [
      ...(build === undefined ? groupStatements(plan, clusterName) : buildStatements(build)),
      ...(budget ? [allow(['budgets:ViewBudget'], [arn('budgets', `budget/${budget}`, { region: '' })])] : []),
      allow(
        [
          'logs:CreateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:DescribeLogGroups',
          'logs:DescribeResourcePolicies',
          'logs:GetLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:UpdateLogDelivery',
        ],
        ['*'],
      ),
      allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']),
    ],
  });
  const machine = new CfnStateMachine(scope, 'Sleep', {
    stateMachineType: 'STANDARD',
    roleArn: role.attrArn,
    definitionString: JSON.stringify(
      sleepDefinition({ partition: Aws.PARTITION, clusterName, platform: plan.name, budget, build }),
    ),
    loggingConfiguration: {
      level: 'ALL',
      includeExecutionData: true,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logs.attrArn } }],
    },
    tracingConfiguration: { enabled: true },
  });
  const policy = scope.node.tryFindChild('SleepRolePolicy');
  if (policy) machine.node.addDependency(policy);
  addSchedules(scope, plan, machine.ref, keyArn);
  if (props.ceilingSpent) addCeilingTrigger(scope, machine.ref, props.ceilingSpent, keyArn);
}

function groupStatements(plan: Plan, clusterName: string): readonly Statement[] {
  const groups = arn('eks', `nodegroup/${clusterName}/*/*`);
  return [
    allow(['eks:ListNodegroups'], [arn('eks', `cluster/${clusterName}`)]),
    allow(['eks:DescribeNodegroup'], [groups]),
    allow(['eks:UpdateNodegroupConfig'], [groups], {
      StringEquals: { 'aws:ResourceTag/groundplan:platform': plan.name },
    }),
  ];
}

/** Starts the one build and hears when it ends, by the rule Step Functions keeps for that. */
function buildStatements(project: string): readonly Statement[] {
  return [
    allow(
      ['codebuild:BatchGetBuilds', 'codebuild:StartBuild', 'codebuild:StopBuild'],
      [arn('codebuild', `project/${project}`)],
    ),
    allow(
      ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      [arn('events', 'rule/StepFunctionsGetEventForCodeBuildRule')],
    ),
  ];
}

function addSchedules(scope: Construct, plan: Plan, machineArn: string, keyArn: string): void {
  const group = new CfnScheduleGroup(scope, 'SleepSchedules', { name: `${plan.name}-sleep` });
  const role = serviceRole(scope, 'SleepScheduleRole', {
    description: 'Starts the sleep and the wake-up',
    service: 'scheduler.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [allow(['states:StartExecution'], [machineArn]), allow(['kms:Decrypt'], [keyArn])],
  });
  for (const [mode, expression] of [
    // Every day, so that machines somebody woke at a weekend go again.
    ['sleep', `cron(0 ${workingHours.to} ? * * *)`],
    ['wake', `cron(0 ${workingHours.from} ? * MON-FRI *)`],
  ] as const) {
    new CfnSchedule(scope, `Schedule-${mode}`, {
      name: `${plan.name}-${mode}`,
      groupName: group.ref,
      scheduleExpression: expression,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: keyArn,
      target: {
        arn: machineArn,
        roleArn: role.attrArn,
        input: JSON.stringify({ mode }),
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
      },
    });
  }
}

/** Budget notice → topic → queue → state machine. */
function addCeilingTrigger(scope: Construct, machineArn: string, topic: CfnTopic, keyArn: string): void {
  const queue = encryptedQueue(scope, 'CeilingSpent', {
    keyArn,
    visibilitySeconds: 60,
    statements: (queueArn) => [
      {
        ...allow(['sqs:SendMessage'], [queueArn], { ArnEquals: { 'aws:SourceArn': topic.ref } }),
        Principal: { Service: 'sns.amazonaws.com' },
      },
    ],
  });
  new CfnSubscription(scope, 'CeilingSpentSubscription', {
    topicArn: topic.ref,
    protocol: 'sqs',
    endpoint: queue.attrArn,
  });
  const role = serviceRole(scope, 'CeilingSpentRole', {
    description: 'Puts the platform to sleep when the ceiling is spent',
    service: 'pipes.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [
      allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.attrArn]),
      allow(['kms:Decrypt'], [keyArn]),
      allow(['states:StartExecution'], [machineArn]),
    ],
  });
  const pipe = new CfnPipe(scope, 'CeilingSpentPipe', {
    description: 'Starts the sleep when the budget says that the ceiling is spent',
    roleArn: role.attrArn,
    source: queue.attrArn,
    sourceParameters: { sqsQueueParameters: { batchSize: 1 } },
    target: machineArn,
    targetParameters: {
      inputTemplate: '{"mode":"sleep"}',
      stepFunctionStateMachineParameters: { invocationType: 'FIRE_AND_FORGET' },
    },
  });
  const policy = scope.node.tryFindChild('CeilingSpentRolePolicy');
  if (policy) pipe.node.addDependency(policy);
}

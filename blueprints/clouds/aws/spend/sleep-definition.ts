import { Aws } from 'aws-cdk-lib';

export interface SleepDefinitionProps {
  readonly partition: string;
  readonly clusterName: string;
  readonly platform: string;
  /** Budget asked before waking. */
  readonly budget: string | undefined;
  /** Build that changes replicas; absent where the node groups themselves are changed. */
  readonly build: string | undefined;
}

const mode = '$states.context.Execution.Input.mode';
const tag = (name: string) => `$lookup($states.input.Nodegroup.Tags, 'groundplan:${name}')`;

/**
 * States in the Amazon States Language with JSONata. Node groups: list them, leave others' alone, set the size. Machines
 * that a controller starts: one build changes the replicas that ask for them.
 */
export function sleepDefinition(props: SleepDefinitionProps): object {
  const { partition, clusterName, budget, build } = props;
  const first = build === undefined ? 'FirstPass' : 'ChangeReplicas';
  const sdk = (action: string) => `arn:${partition}:states:::aws-sdk:${action}`;
  const guard = budget
    ? {
        Start: {
          Type: 'Choice',
          Choices: [{ Condition: `{% ${mode} = 'wake' %}`, Next: 'ReadBudget' }],
          Default: first,
        },
        ReadBudget: {
          Type: 'Task',
          Resource: sdk('budgets:describeBudget'),
          Arguments: { AccountId: Aws.ACCOUNT_ID, BudgetName: budget },
          Next: 'CeilingSpent',
        },
        CeilingSpent: {
          Type: 'Choice',
          Choices: [
            {
              Condition:
                '{% $number($states.input.Budget.CalculatedSpend.ActualSpend.Amount) >= $number($states.input.Budget.BudgetLimit.Amount) %}',
              Next: 'StayAsleep',
            },
          ],
          Default: first,
        },
        StayAsleep: { Type: 'Succeed' },
      }
    : {};
  return {
    QueryLanguage: 'JSONata',
    StartAt: budget ? 'Start' : first,
    States: {
      ...guard,
      ...(build === undefined ? groupStates(sdk, clusterName, props.platform) : buildState(partition, build)),
    },
  };
}

/** Waits for the build, so that a failed one is a failed execution. */
function buildState(partition: string, project: string): object {
  return {
    ChangeReplicas: {
      Type: 'Task',
      Resource: `arn:${partition}:states:::codebuild:startBuild.sync`,
      Arguments: {
        ProjectName: project,
        EnvironmentVariablesOverride: [{ Name: 'MODE', Value: `{% ${mode} %}`, Type: 'PLAINTEXT' }],
      },
      Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 60, MaxAttempts: 5, BackoffRate: 2 }],
      End: true,
    },
  };
}

/** Long enough for the last machine to be emptied, the one with the autoscaler among them. */
const secondPassSeconds = 1800;

/**
 * Sizes are set twice on the way to sleep: until the autoscaler's own machine is gone it may start others for pods that
 * wait, and then nobody would stop them.
 */
function groupStates(sdk: (action: string) => string, clusterName: string, platform: string): object {
  return {
    FirstPass: { Type: 'Pass', Assign: { pass: 1 }, Next: 'ListGroups' },
    ListGroups: {
      Type: 'Task',
      Resource: sdk('eks:listNodegroups'),
      Arguments: { ClusterName: clusterName },
      Next: 'EachGroup',
    },
    EachGroup: {
      Type: 'Map',
      Items: '{% $states.input.Nodegroups %}',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'DescribeGroup',
        States: {
          DescribeGroup: {
            Type: 'Task',
            Resource: sdk('eks:describeNodegroup'),
            Arguments: { ClusterName: clusterName, NodegroupName: '{% $states.input %}' },
            Next: 'Ours',
          },
          Ours: {
            Type: 'Choice',
            Choices: [{ Condition: `{% ${tag('platform')} = '${platform}' %}`, Next: 'SetSize' }],
            Default: 'LeaveAlone',
          },
          SetSize: {
            Type: 'Task',
            Resource: sdk('eks:updateNodegroupConfig'),
            Arguments: {
              ClusterName: clusterName,
              NodegroupName: '{% $states.input.Nodegroup.NodegroupName %}',
              ScalingConfig: {
                MinSize: `{% ${mode} = 'wake' ? $number(${tag('minimum')}) : 0 %}`,
                DesiredSize: `{% ${mode} = 'wake' ? $number(${tag('expected')}) : 0 %}`,
              },
            },
            Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 60, MaxAttempts: 5, BackoffRate: 2 }],
            End: true,
          },
          LeaveAlone: { Type: 'Succeed' },
        },
      },
      Next: 'Settled',
    },
    Settled: {
      Type: 'Choice',
      Choices: [{ Condition: `{% ${mode} = 'sleep' and $pass = 1 %}`, Next: 'UntilTheyAreGone' }],
      Default: 'Done',
    },
    UntilTheyAreGone: { Type: 'Wait', Seconds: secondPassSeconds, Assign: { pass: 2 }, Next: 'ListGroups' },
    Done: { Type: 'Succeed' },
  };
}

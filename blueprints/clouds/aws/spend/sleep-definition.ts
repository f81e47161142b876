import { Aws } from 'aws-cdk-lib';

export interface SleepDefinitionProps {
  readonly partition: string;
  readonly clusterName: string;
  readonly platform: string;
  /** Budget asked before waking. */
  readonly budget: string | undefined;
}

const mode = '$states.context.Execution.Input.mode';
const tag = (name: string) => `$lookup($states.input.Nodegroup.Tags, 'groundplan:${name}')`;

/** States in the Amazon States Language with JSONata: list the groups, leave others' alone, set the size. */
export function sleepDefinition(props: SleepDefinitionProps): object {
  const { partition, clusterName, budget } = props;
  const sdk = (action: string) => `arn:${partition}:states:::aws-sdk:${action}`;
  const guard = budget
    ? {
        Start: {
          Type: 'Choice',
          Choices: [{ Condition: `{% ${mode} = 'wake' %}`, Next: 'ReadBudget' }],
          Default: 'ListGroups',
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
          Default: 'ListGroups',
        },
        StayAsleep: { Type: 'Succeed' },
      }
    : {};
  return {
    QueryLanguage: 'JSONata',
    StartAt: budget ? 'Start' : 'ListGroups',
    States: {
      ...guard,
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
              Choices: [{ Condition: `{% ${tag('platform')} = '${props.platform}' %}`, Next: 'SetSize' }],
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
        End: true,
      },
    },
  };
}

import { describe, expect, test } from 'vitest';
import { auditQueries, promptLogColumns } from '../../blueprints/clouds/aws/audit/queries.ts';
import { processorLimits } from '../../blueprints/clouds/aws/spend/gpu-hours.ts';
import { sleepDefinition } from '../../blueprints/clouds/aws/spend/sleep-definition.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { awakeHoursPerMonth } from '../../lib/plan/sleep.ts';
import { plans } from './plans.ts';
import { checkPromises, ofType, only, type PlatformPromise, text } from './stacks.ts';

checkPromises('audit (P13)', [
  {
    title: 'the trail covers all regions, proves its files and is encrypted',
    plan: 'base',
    problems: (t) => {
      const trail = only(t, 'Audit/AccountTrail').Properties;
      const good = trail.IsMultiRegionTrail && trail.EnableLogFileValidation && trail.KMSKeyId && trail.IsLogging;
      return good ? [] : [trail];
    },
    defect: (t) => {
      only(t, 'Audit/AccountTrail').Properties.EnableLogFileValidation = false;
    },
  },
  {
    title: 'reads of models, corpus, prompt log and the trail itself are recorded',
    plan: 'base',
    problems: (t) => {
      const selectors = text(only(t, 'Audit/AccountTrail').Properties.AdvancedEventSelectors);
      return ['Models', 'Corpus', 'PromptLog', 'Trail'].filter((bucket) => !selectors.includes(bucket));
    },
    defect: (t) => {
      const { AdvancedEventSelectors } = only(t, 'Audit/AccountTrail').Properties;
      AdvancedEventSelectors[1].FieldSelectors[2].StartsWith.shift();
    },
  },
  {
    title: 'the prompt log is write-once for as long as the plan says, and deleted after it',
    plan: 'base',
    problems: (t) => {
      const { ObjectLockConfiguration, LifecycleConfiguration } = only(t, 'Audit/PromptLog').Properties;
      const { Mode, Days } = ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
      const expiry = LifecycleConfiguration.Rules.find((rule: { Id: string }) => rule.Id === 'retention');
      const days = plans.base.audit.retentionDays;
      return Mode === 'COMPLIANCE' && Days === days && expiry.ExpirationInDays > days ? [] : [Mode, Days];
    },
    defect: (t) => {
      only(t, 'Audit/PromptLog').Properties.ObjectLockConfiguration.Rule.DefaultRetention.Mode = 'GOVERNANCE';
    },
  },
  {
    title: 'the stream is encrypted, and only the gateway may write to it',
    plan: 'base',
    problems: (t) => {
      const writers = ofType(t, 'AWS::IAM::ManagedPolicy').filter(({ Properties }) =>
        text(Properties.PolicyDocument).includes('firehose:PutRecord'),
      );
      const encrypted = only(t, 'Audit/PromptStream').Properties.DeliveryStreamEncryptionConfigurationInput;
      return writers.length === 1 && writers[0]?.id === 'Cluster/GatewayRolePolicy' && encrypted?.KeyARN
        ? []
        : [writers.map(({ id }) => id), encrypted];
    },
    defect: (t) => {
      delete only(t, 'Audit/PromptStream').Properties.DeliveryStreamEncryptionConfigurationInput;
    },
  },
  {
    title: 'the table has the columns of the contract and each saved query is there',
    plan: 'base',
    problems: (t) => {
      const columns = only(t, 'Audit/PromptTable').Properties.TableInput.StorageDescriptor.Columns;
      const names = columns.map((column: { Name: string }) => column.Name);
      return [
        ...promptLogColumns.filter(({ name }) => !names.includes(name)),
        ...(ofType(t, 'AWS::Athena::NamedQuery').length >= auditQueries.length ? [] : ['a query is missing']),
      ];
    },
    defect: (t) => {
      only(t, 'Audit/PromptTable').Properties.TableInput.StorageDescriptor.Columns.splice(2, 1);
    },
  },
  {
    title: 'without the duty nothing is logged of prompts',
    plan: 'development',
    problems: (t) => ofType(t, 'AWS::KinesisFirehose::DeliveryStream'),
    defect: (t) => {
      if (t.Audit) t.Audit.Resources.Stream = { Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: {} };
    },
  },
  {
    title: 'log groups are encrypted and end',
    plan: 'base',
    problems: (t) =>
      ofType(t, 'AWS::Logs::LogGroup').filter(({ Properties }) => !Properties.KmsKeyId || !Properties.RetentionInDays),
    defect: (t) => {
      delete only(t, 'Cluster/ControlPlaneLogs').Properties.RetentionInDays;
    },
  },
]);

test('every saved query asks only for columns of the table', () => {
  const words = new Set(promptLogColumns.map(({ name }) => name));
  const aliases = /\bAS (\w+)/g;
  for (const { sql } of auditQueries) {
    const known = new Set([...words, 'day', 'prompts', ...[...sql.matchAll(aliases)].map((match) => match[1] ?? '')]);
    const used = sql
      .replace(/'[^']*'/g, '')
      .match(/\b[a-z_]+\b/g)
      ?.filter((word) => !['count', 'sum', 'approx_percentile', 'date_trunc'].includes(word));
    expect(used?.filter((word) => !known.has(word))).toEqual([]);
  }
});

checkPromises('spend (P11)', [
  {
    title: 'the budget is the ceiling, with the plan’s actual and forecast steps to the on-call topic',
    plan: 'base',
    problems: (t) => {
      const { Budget, NotificationsWithSubscribers } = only(t, 'Spend/MonthlyCeiling').Properties;
      const steps = NotificationsWithSubscribers.map(
        ({ Notification }: { Notification: { Threshold: number; NotificationType: string } }) =>
          `${Notification.Threshold} ${Notification.NotificationType}`,
      );
      return [
        ...(Budget.BudgetLimit.Amount === plans.base.spend.ceilingUsdPerMonth ? [] : ['ceiling']),
        ...plans.base.spend.steps.filter(({ percent, kind }) => !steps.includes(`${percent} ${kind}`)),
        ...(text(NotificationsWithSubscribers).includes('OnCall') ? [] : ['nobody is told']),
      ];
    },
    defect: (t) => {
      only(t, 'Spend/MonthlyCeiling').Properties.NotificationsWithSubscribers.pop();
    },
  },
  {
    title: 'the budget counts what carries the platform’s tag, and every stack carries it',
    plan: 'base',
    problems: (t) =>
      text(only(t, 'Spend/MonthlyCeiling').Properties.Budget.CostFilters).includes(
        'user:groundplan:platform$support-chat',
      )
        ? []
        : ['filter'],
    defect: (t) => {
      delete only(t, 'Spend/MonthlyCeiling').Properties.Budget.CostFilters;
    },
  },
  {
    title: 'on-call addresses are subscribed, the topic is encrypted',
    plan: 'base',
    problems: (t) => {
      const { Subscription, KmsMasterKeyId } = only(t, 'Spend/OnCall').Properties;
      return text(Subscription).includes('platform-oncall@example.com') && KmsMasterKeyId ? [] : ['topic'];
    },
    defect: (t) => {
      delete only(t, 'Spend/OnCall').Properties.Subscription;
    },
  },
  {
    title: 'the ceiling stops new machines: the action binds the role that adds them',
    plan: 'karpenter',
    problems: (t) => {
      const { Definition, ApprovalModel } = only(t, 'Spend/StopAtCeiling').Properties;
      return text(Definition).includes('KarpenterRole') && ApprovalModel === 'MANUAL'
        ? []
        : [Definition, ApprovalModel];
    },
    defect: (t) => {
      only(t, 'Spend/StopAtCeiling').Properties.Definition.IamActionDefinition.Roles = ['other'];
    },
  },
  {
    title: 'non-production sleeps each night and when the ceiling is spent',
    plan: 'development',
    problems: (t) => [
      ...(only(t, 'Spend/Schedulesleep') ? [] : ['schedule']),
      ...(text(only(t, 'Spend/CeilingSpentPipe').Properties.Target).includes('Sleep') ? [] : ['pipe']),
      ...(text(only(t, 'Spend/MonthlyCeiling').Properties.NotificationsWithSubscribers).includes('CeilingSpentNotice')
        ? []
        : ['the budget does not start it']),
      ...(only(t, 'Spend/StopAtCeiling').Properties.ApprovalModel === 'AUTOMATIC' ? [] : ['waits for approval']),
    ],
    defect: (t) => {
      only(t, 'Spend/CeilingSpentPipe').Properties.Target = 'elsewhere';
    },
  },
  ...(['development under Karpenter', 'development in auto mode'] as const).flatMap((plan): PlatformPromise[] => [
    {
      title: 'machines that a controller starts sleep, too: one build changes the replicas',
      plan,
      problems: (t) => {
        const { DefinitionString } = only(t, 'Spend/Sleep').Properties;
        const { BuildSpec } = only(t, 'Spend/SleepBuild').Properties.Source;
        return [
          ...(text(DefinitionString).includes('codebuild:startBuild.sync') ? [] : ['no build is started']),
          ...(text(DefinitionString).includes('budgets:describeBudget') ? [] : ['wakes whatever was spent']),
          ...['paused-replicas=0 --overwrite', 'paused-replicas-'].filter((change) => !BuildSpec.includes(change)),
          ...plans[plan].models.filter(({ role }) => !BuildSpec.includes(` ${role} --namespace serving`)),
        ];
      },
      defect: (t) => {
        const { Source } = only(t, 'Spend/SleepBuild').Properties;
        Source.BuildSpec = Source.BuildSpec.replaceAll('paused-replicas=0', 'paused-replicas=1');
      },
    },
    {
      title: 'the sleep starts one build and no machine; the build enters the cluster by its group alone',
      plan,
      problems: (t) => {
        const statements: { Action: readonly string[]; Resource: unknown }[] = only(t, 'Spend/SleepRolePolicy')
          .Properties.PolicyDocument.Statement;
        const { AccessPolicies, KubernetesGroups } = only(t, 'Spend/SleepAccess').Properties;
        return [
          ...statements.filter(({ Action }) => Action.some((action) => /^(eks|ec2|autoscaling):/.test(action))),
          ...statements.filter(
            ({ Action, Resource }) =>
              Action.includes('codebuild:StartBuild') && !text(Resource).includes(':project/support-chat-sleep'),
          ),
          ...(AccessPolicies ?? []),
          ...(text(KubernetesGroups) === '["groundplan:sleep"]' ? [] : [KubernetesGroups]),
        ];
      },
      defect: (t) => {
        only(t, 'Spend/SleepAccess').Properties.KubernetesGroups = ['groundplan:sleep', 'admins'];
      },
    },
  ]),
  {
    title: 'the schedule is the working hours the bill counts',
    plan: 'development',
    problems: (t) => {
      const [sleep, wake] = ['Spend/Schedulesleep', 'Spend/Schedulewake'].map(
        (id) => only(t, id).Properties.ScheduleExpression,
      );
      const hours = ((Number(sleep.split(' ')[1]) - Number(wake.slice(5).split(' ')[1])) * 5 * 730) / 168;
      return wake.includes('MON-FRI') && Math.abs(hours - awakeHoursPerMonth) < 1e-9 ? [] : [sleep, wake];
    },
    defect: (t) => {
      only(t, 'Spend/Schedulesleep').Properties.ScheduleExpression = 'cron(0 22 ? * * *)';
    },
  },
  {
    title: 'production never sleeps',
    plan: 'base',
    problems: (t) => ofType(t, 'AWS::Scheduler::Schedule', 'AWS::StepFunctions::StateMachine'),
    defect: (t) => {
      if (t.Spend) t.Spend.Resources.Sleep = { Type: 'AWS::Scheduler::Schedule', Properties: {} };
    },
  },
  {
    title: 'GPU hours above the plan wake somebody',
    plan: 'base',
    problems: (t) => {
      const alarm = only(t, 'Spend/GpuHoursG').Properties;
      const limit = Math.ceil(processorLimits(plans.base).get('G') ?? 0);
      return alarm.Threshold === limit && text(alarm.AlarmActions).includes('OnCall') ? [] : [alarm, limit];
    },
    defect: (t) => {
      only(t, 'Spend/GpuHoursG').Properties.AlarmActions = [];
    },
  },
  {
    title: 'GovCloud has no budget service: the alarm stays',
    plan: 'govcloud',
    problems: (t) => [
      ...ofType(t, 'AWS::Budgets::Budget', 'AWS::CE::AnomalyMonitor', 'AWS::Budgets::BudgetsAction'),
      ...(only(t, 'Spend/GpuHoursG') ? [] : ['no alarm']),
    ],
    defect: (t) => {
      if (t.Spend) t.Spend.Resources.Budget = { Type: 'AWS::Budgets::Budget', Properties: {} };
    },
  },
]);

describe('the ceiling holds', () => {
  test('GPU limits of the pools agree with their machines, and the proof with the ceiling', () => {
    for (const plan of Object.values(plans) as Plan[]) {
      for (const pool of plan.platform.nodePools) expect(pool.gpuLimit).toBe(pool.nodes.maximum * pool.gpusPerNode);
      const { fixedUsd, gpuUsdAtMaximum, totalUsd, ceilingUsd } = plan.spend.proof;
      expect(fixedUsd + gpuUsdAtMaximum).toBeCloseTo(totalUsd, 0);
      expect(totalUsd).toBeLessThanOrEqual(ceilingUsd);
    }
  });

  test('processors of the alarm are those of the plan’s GPU hours', () => {
    // 3,650 GPU hours are 5 GPUs round the clock, spread over 2 chat and 1 retrieval GPU, whose pools may start machines
    // of 16 and 8 processors.
    expect(processorLimits(plans.base).get('G')).toBeCloseTo((5 / 3) * (2 * 16 + 1 * 8), 6);
  });

  test('an ordinary working day of machines that sleep wakes nobody', () => {
    const awake = plans['development under Karpenter'];
    const gpus = awake.platform.nodePools.reduce((sum, pool) => sum + pool.nodes.expected * pool.gpusPerNode, 0);
    const limit = Math.ceil(1.2 * gpus * awakeHoursPerMonth);
    const plan = { ...awake, spend: { ...awake.spend, gpuHoursPerMonthLimit: limit } };
    const running = awake.platform.nodePools
      .filter((pool) => pool.gpusPerNode > 0)
      .reduce((sum, pool) => sum + pool.nodes.expected * (pool.id === 'chat' ? 16 : 8), 0);
    expect(processorLimits(plan).get('G')).toBeGreaterThan((running * 14) / 24);
  });

  test('node groups are set twice on the way to sleep, once on the way back', () => {
    interface State {
      readonly Next?: string;
      readonly Default?: string;
      readonly Assign?: { readonly pass: number };
      readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
    }
    const { StartAt, States } = sleepDefinition({
      partition: 'aws',
      clusterName: 'c',
      platform: 'p',
      budget: undefined,
      build: undefined,
    }) as { StartAt: string; States: Readonly<Record<string, State>> };
    const walk = (mode: string): string[] => {
      const path: string[] = [];
      let pass = 0;
      for (let name: string | undefined = StartAt; name !== undefined && path.length < 20; ) {
        path.push(name);
        const state: State = States[name] ?? {};
        pass = state.Assign?.pass ?? pass;
        const taken = state.Choices?.find(() => mode === 'sleep' && pass === 1);
        name = taken?.Next ?? state.Default ?? state.Next;
      }
      return path.filter((name) => name === 'EachGroup');
    };
    expect(walk('sleep')).toHaveLength(2);
    expect(walk('wake')).toHaveLength(1);
    expect(States.Settled?.Choices?.[0]?.Condition).toContain("Input.mode = 'sleep' and $pass = 1");
  });

  test('a platform wakes only while the ceiling is not spent', () => {
    const definition = text(
      sleepDefinition({ partition: 'aws', clusterName: 'c', platform: 'p', budget: 'p-ceiling', build: undefined }),
    );
    expect(definition).toContain('budgets:describeBudget');
    expect(definition).toContain('StayAsleep');
  });
});

test('the gateway writes exactly the columns of the prompt log', async () => {
  const { hooks } = await import('../../blueprints/gateways/litellm/hooks.ts');
  const record = hooks.split('line = json.dumps(')[1]?.split('ensure_ascii')[0] ?? '';
  const fields = [...record.matchAll(/^\s+"(\w+)":/gm)].map((match) => match[1]);
  expect(fields).toEqual(promptLogColumns.map(({ name }) => name));
});

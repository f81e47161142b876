import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { CfnAnomalyMonitor, CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import { CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { sleepingPools } from '../../../../lib/plan/sleep.ts';
import { allowService, policyDocument, sameAccount } from '../iam.ts';
import { PlatformStack } from '../platform-stack.ts';
import { addBudgetAction } from './budget-action.ts';
import { addGpuHoursAlarms } from './gpu-hours.ts';
import { addSleep } from './sleep.ts';
import type { SleepBuildProps } from './sleep-build.ts';
import { addStoreCapacityAlarms } from './store-capacity.ts';

export type SpendStackProps = SleepBuildProps;

/** GovCloud accounts are billed through a commercial one: budgets and anomaly detection live there. */
export function hasBudgets(plan: Plan): boolean {
  return plan.platform.partition === 'aws';
}

/** P11: the ceiling as AWS enforces it. */
export class SpendStack extends PlatformStack {
  readonly onCall: CfnTopic;

  constructor(scope: Construct, id: string, plan: Plan, props: SpendStackProps) {
    super(scope, id, plan, `Budgets and alarms of ${plan.name}`);
    const keyArn = props.keys.operations;
    this.onCall = this.topic('OnCall', 'on-call', keyArn);
    addGpuHoursAlarms(this, plan, this.onCall.ref);
    addStoreCapacityAlarms(this, plan, { capacity: props.data.vectorStore?.capacity, topicArn: this.onCall.ref });
    const stops = plan.spend.scaleToZero && sleepingPools(plan).length > 0;
    let ceilingSpent: CfnTopic | undefined;
    if (hasBudgets(plan)) {
      ceilingSpent = stops ? this.topic('CeilingSpentNotice', 'ceiling-spent', keyArn, []) : undefined;
      const budget = this.budget(ceilingSpent);
      this.anomalies();
      const { provisionerRole } = props.cluster;
      if (provisionerRole) {
        addBudgetAction(this, plan, {
          budget,
          budgetName: this.budgetName,
          topicArn: this.onCall.ref,
          roleName: provisionerRole,
        });
      }
    }
    if (stops) addSleep(this, plan, { ...props, ceilingSpent });
  }

  private get budgetName(): string {
    return `${this.plan.name}-ceiling`;
  }

  /** Addresses subscribe themselves; a `#channel` is connected by hand in the chat service. */
  private topic(id: string, name: string, keyArn: string, addresses = this.plan.spend.notify): CfnTopic {
    const topic = new CfnTopic(this, id, {
      topicName: `${this.plan.name}-${name}`,
      kmsMasterKeyId: keyArn,
      subscription: addresses
        .filter((address) => address.includes('@'))
        .map((endpoint) => ({ protocol: 'email', endpoint })),
    });
    new CfnTopicPolicy(this, `${id}Policy`, {
      topics: [topic.ref],
      policyDocument: policyDocument([
        ...['budgets', 'costalerts', 'cloudwatch', 'events'].map((service) => ({
          ...allowService(`${service}.amazonaws.com`, ['sns:Publish'], sameAccount),
          Resource: topic.ref,
        })),
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sns:Publish',
          Resource: topic.ref,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
    });
    return topic;
  }

  private budget(ceilingSpent: CfnTopic | undefined): CfnBudget {
    const { spend, name } = this.plan;
    const notices = spend.steps.map((step) => ({
      notification: {
        notificationType: step.kind,
        comparisonOperator: 'GREATER_THAN',
        threshold: step.percent,
        thresholdType: 'PERCENTAGE',
      },
      subscribers: [
        { subscriptionType: 'SNS', address: (stopsAt(step) ? ceilingSpent : undefined)?.ref ?? this.onCall.ref },
        // The notice that stops the platform goes to people as well; a notification takes one topic and ten addresses.
        ...(stopsAt(step) && ceilingSpent
          ? spend.notify
              .filter((address) => address.includes('@'))
              .map((address) => ({ subscriptionType: 'EMAIL', address }))
          : []),
      ],
    }));
    return new CfnBudget(this, 'MonthlyCeiling', {
      budget: {
        budgetName: this.budgetName,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: spend.ceilingUsdPerMonth, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:groundplan:platform$${name}`] },
      },
      notificationsWithSubscribers: notices,
    });
  }

  private anomalies(): void {
    const { name, spend } = this.plan;
    const monitor = new CfnAnomalyMonitor(this, 'AnomalyMonitor', {
      monitorName: name,
      monitorType: 'CUSTOM',
      monitorSpecification: JSON.stringify({
        Tags: { Key: 'groundplan:platform', Values: [name], MatchOptions: ['EQUALS'] },
      }),
    });
    new CfnAnomalySubscription(this, 'AnomalyNotice', {
      subscriptionName: name,
      frequency: 'IMMEDIATE',
      monitorArnList: [monitor.attrMonitorArn],
      subscribers: [{ type: 'SNS', address: this.onCall.ref }],
      thresholdExpression: JSON.stringify({
        Dimensions: {
          Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
          MatchOptions: ['GREATER_THAN_OR_EQUAL'],
          Values: [String(Math.max(50, Math.round(spend.ceilingUsdPerMonth * 0.05)))],
        },
      }),
    });
  }
}

function stopsAt(step: Plan['spend']['steps'][number]): boolean {
  return step.kind === 'ACTUAL' && step.percent >= 100;
}

import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { CfnAnomalyMonitor, CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import { CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allowService, policyDocument, sameAccount } from '../iam.ts';
import { PlatformStack } from '../platform-stack.ts';
import type { KeyRing } from '../security/keys.ts';
import { addBudgetAction } from './budget-action.ts';
import { addGpuHoursAlarm } from './gpu-hours.ts';
import { addScaleToZero } from './scale-to-zero.ts';

/** P11: the ceiling as AWS enforces it. */
export class SpendStack extends PlatformStack {
  readonly topic: CfnTopic;

  constructor(
    scope: Construct,
    id: string,
    plan: Plan,
    props: { readonly keys: KeyRing; readonly clusterName: string; readonly nodeGroupNames: readonly string[] },
  ) {
    super(scope, id, plan, `Budgets and alarms of ${plan.name}`);
    this.topic = this.notifications(props.keys.operations);
    this.budget();
    this.anomalies();
    addGpuHoursAlarm(this, plan, { topicArn: this.topic.ref, clusterName: props.clusterName });
    addBudgetAction(this, plan, { topicArn: this.topic.ref });
    if (plan.spend.scaleToZero) addScaleToZero(this, plan, props);
  }

  /** Addresses subscribe themselves; a `#channel` is connected by hand in the chat service. */
  private notifications(keyArn: string): CfnTopic {
    const topic = new CfnTopic(this, 'OnCall', {
      topicName: `${this.plan.name}-on-call`,
      displayName: `${this.plan.name} on-call`,
      kmsMasterKeyId: keyArn,
      subscription: this.plan.spend.notify
        .filter((address) => address.includes('@'))
        .map((endpoint) => ({ protocol: 'email', endpoint })),
    });
    new CfnTopicPolicy(this, 'OnCallPolicy', {
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

  private budget(): void {
    const { spend, name } = this.plan;
    new CfnBudget(this, 'MonthlyCeiling', {
      budget: {
        budgetName: `${name}-ceiling`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: spend.ceilingUsdPerMonth, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:groundplan:platform$${name}`] },
      },
      notificationsWithSubscribers: spend.steps.map((step) => ({
        notification: {
          notificationType: step.kind,
          comparisonOperator: 'GREATER_THAN',
          threshold: step.percent,
          thresholdType: 'PERCENTAGE',
        },
        subscribers: [{ subscriptionType: 'SNS', address: this.topic.ref }],
      })),
    });
  }

  private anomalies(): void {
    const { name, spend } = this.plan;
    const monitor = new CfnAnomalyMonitor(this, 'AnomalyMonitor', {
      monitorName: name,
      monitorType: 'CUSTOM',
      monitorSpecification: JSON.stringify({
        Tags: { Key: 'groundplan:platform', Values: [name], MatchOptions: null },
      }),
    });
    new CfnAnomalySubscription(this, 'AnomalyNotice', {
      subscriptionName: name,
      frequency: 'IMMEDIATE',
      monitorArnList: [monitor.attrMonitorArn],
      subscribers: [{ type: 'SNS', address: this.topic.ref }],
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

import { Aws } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import type { DataStore } from '../stores/data-context.ts';

/** P11: a store at its limit of capacity grows slow instead of dear, so somebody decides whether the limit is right. */
export function addStoreCapacityAlarms(
  scope: Construct,
  plan: Plan,
  props: { readonly capacity: DataStore['capacity']; readonly topicArn: string },
): void {
  const { capacity, topicArn } = props;
  if (!capacity) return;
  for (const [side, metricName, limit] of [
    ['Indexing', 'IndexingOCU', capacity.limits.indexing],
    ['Search', 'SearchOCU', capacity.limits.search],
  ] as const) {
    new CfnAlarm(scope, `StoreCapacity${side}`, {
      alarmName: `${plan.name}-store-${side.toLowerCase()}-capacity`,
      alarmDescription: `The vector store has used all ${limit} units it may take for a quarter of an hour`,
      namespace: 'AWS/AOSS',
      metricName,
      dimensions: [
        { name: 'ClientId', value: Aws.ACCOUNT_ID },
        { name: 'CollectionGroupId', value: capacity.groupId },
        { name: 'CollectionGroupName', value: capacity.groupName },
      ],
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 15,
      threshold: limit,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}

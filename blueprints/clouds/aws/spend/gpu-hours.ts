import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';

/** Share of the daily allowance at which the alarm goes off: one day above plan is news, one hour is not. */
const secondsPerDay = 86_400;

/** GPU hours of a day against the plan's monthly limit: the metric is written by the cluster's collector each minute. */
export function addGpuHoursAlarm(
  scope: Construct,
  plan: Plan,
  props: { readonly topicArn: string; readonly clusterName: string },
): void {
  if (plan.spend.gpuHoursPerMonthLimit <= 0) return;
  const averageGpus = plan.spend.gpuHoursPerMonthLimit / 730;
  new CfnAlarm(scope, 'GpuHours', {
    alarmName: `${plan.name}-gpu-hours`,
    alarmDescription: `GPUs in use over a day exceed ${plan.spend.gpuHoursPerMonthLimit} GPU hours a month`,
    namespace: 'Groundplan',
    metricName: 'GpusAllocated',
    dimensions: [{ name: 'ClusterName', value: props.clusterName }],
    statistic: 'Average',
    period: secondsPerDay,
    evaluationPeriods: 1,
    threshold: averageGpus,
    comparisonOperator: 'GreaterThanThreshold',
    treatMissingData: 'missing',
    alarmActions: [props.topicArn],
    okActions: [props.topicArn],
  });
}

import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { hoursPerMonth } from '../../../../lib/catalog/prices.ts';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { sleepingPools, workingHours } from '../../../../lib/plan/sleep.ts';
import { machine } from '../machines.ts';
import { quotaClass } from './quota-class.ts';

export { quotaClass } from './quota-class.ts';

const secondsPerDay = 86_400;

/**
 * Processors that run on average when the plan's GPU hours are used up, by quota class. EC2 publishes processors, not
 * GPUs: the limit is spread over the pools by their expected GPUs and turned by the processors of each pool's largest
 * machine of the class, so that a second type of the pool wakes nobody.
 */
export function processorLimits(plan: Plan): ReadonlyMap<'G' | 'P', number> {
  const pools = plan.platform.nodePools.filter((pool) => pool.gpusPerNode > 0);
  const expectedGpus = pools.reduce((sum, pool) => sum + pool.nodes.expected * pool.gpusPerNode, 0);
  const limits = new Map<'G' | 'P', number>();
  if (expectedGpus === 0) return limits;
  // Machines that sleep at weekends use the hours of the month up on working days.
  const daysOfWeek = sleepingPools(plan).length > 0 ? workingHours.days : 7;
  const averageGpus = ((plan.spend.gpuHoursPerMonthLimit / hoursPerMonth) * 7) / daysOfWeek;
  for (const pool of pools) {
    const nodes = (averageGpus / expectedGpus) * pool.nodes.expected;
    for (const kind of ['G', 'P'] as const) {
      const types = pool.instanceTypes.filter((type) => quotaClass(type) === kind);
      const processors = Math.max(0, ...types.map((type) => machine(type)?.vcpus ?? 0));
      if (processors > 0) limits.set(kind, (limits.get(kind) ?? 0) + nodes * processors);
    }
  }
  return limits;
}

/** P11: a day above the plan's GPU hours wakes somebody. The metric is EC2's own, so nothing has to publish it. */
export function addGpuHoursAlarms(scope: Construct, plan: Plan, topicArn: string): void {
  for (const [kind, processors] of processorLimits(plan)) {
    new CfnAlarm(scope, `GpuHours${kind}`, {
      alarmName: `${plan.name}-gpu-hours-${kind.toLowerCase()}`,
      alarmDescription: `Machines of class ${kind} ran more than ${plan.spend.gpuHoursPerMonthLimit} GPU hours a month allow`,
      namespace: 'AWS/Usage',
      metricName: 'ResourceCount',
      dimensions: [
        { name: 'Service', value: 'EC2' },
        { name: 'Resource', value: 'vCPU' },
        { name: 'Type', value: 'Resource' },
        { name: 'Class', value: `${kind}/OnDemand` },
      ],
      statistic: 'Average',
      period: secondsPerDay,
      evaluationPeriods: 1,
      threshold: Math.ceil(processors),
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}

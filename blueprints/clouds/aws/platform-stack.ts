import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Plan } from '../../../lib/plan/plan.ts';

/** One lifecycle of the platform: named `<plan>-<role>`, in the plan's region, in whatever account deploys it. */
export class PlatformStack extends Stack {
  readonly plan: Plan;

  constructor(scope: Construct, id: string, plan: Plan, description: string, region: string = plan.platform.region) {
    super(scope, id, {
      stackName: `${plan.name}-${id.toLowerCase()}`,
      description,
      env: { region },
      tags: allocationTags(plan),
      terminationProtection: plan.platform.environment === 'prod',
      analyticsReporting: false,
    });
    this.plan = plan;
  }
}

/** Cost-allocation tags of P11: the plan's own and those that every bill is split by. */
export function allocationTags(plan: Plan): Record<string, string> {
  const own = Object.entries(plan.platform.tags).map(([key, value]) => [key, tagValue(value)] as const);
  return {
    ...Object.fromEntries(own),
    'groundplan:platform': plan.name,
    'groundplan:environment': plan.platform.environment,
  };
}

/** Tag values take letters, digits, spaces and a few signs; a team's name may hold others. */
function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{N} _.:/=+\-@]/gu, ' ').slice(0, 256);
}

import type { Plan } from '../../../lib/plan/plan.ts';
import { type RaisedResource, raise, resourcesOf } from './raise.ts';
import { type ResourceReason, resourceReasons } from './resource-reasons.ts';

type Link = Plan['links'][number];

/**
 * «decision or row → resource» for every resource of the plan's stacks, for `explain`. The stacks are walked, so a
 * resource cannot be left out; one without a reason throws.
 *
 * @param resources - of stacks that are raised already; @default - they are raised here
 */
export function awsLinks(plan: Plan, resources: readonly RaisedResource[] = resourcesOf(raise(plan))): Link[] {
  return resources.flatMap(({ path }) => {
    const reason = reasonFor(path);
    if (!reason)
      throw new Error(`no reason is recorded for the resource aws/${path}: add a row to resource-reasons.ts`);
    return reason.from.map((from) => ({ from, to: `resource:aws/${path}`, because: reason.because }));
  });
}

/** The first row that matches; rows go from the particular to the general. */
export function reasonFor(path: string): ResourceReason | undefined {
  return resourceReasons.find((row) => row.resource.test(path));
}

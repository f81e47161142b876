import { App, CfnResource } from 'aws-cdk-lib';
import type { Plan } from '../../../lib/plan/plan.ts';
import { LlmPlatform } from './llm-platform.ts';
import { type ResourceReason, resourceReasons } from './resource-reasons.ts';

type Link = Plan['links'][number];

/**
 * «decision or row → resource» for every resource of the plan's stacks, for `explain`. The stacks are built in memory and
 * walked, so a resource cannot be left out; one without a reason throws.
 */
export function awsLinks(plan: Plan): Link[] {
  return resourcePaths(plan).flatMap((path) => {
    const reason = reasonFor(path);
    if (!reason)
      throw new Error(`no reason is recorded for the resource aws/${path}: add a row to resource-reasons.ts`);
    return reason.from.map((from) => ({ from, to: `resource:aws/${path}`, because: reason.because }));
  });
}

/** `Data/VectorStore`, `Network/Vpc`, …: every resource of the plan, sorted. */
export function resourcePaths(plan: Plan): readonly string[] {
  const app = new App({ analyticsReporting: false });
  const platform = new LlmPlatform(app, plan);
  const prefix = `${platform.node.path}/`;
  return platform.node
    .findAll()
    .filter((construct) => CfnResource.isCfnResource(construct))
    .map((construct) => construct.node.path.slice(prefix.length))
    .sort();
}

/** The first row that matches; rows go from the particular to the general. */
export function reasonFor(path: string): ResourceReason | undefined {
  return resourceReasons.find((row) => row.resource.test(path));
}

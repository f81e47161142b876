/**
 * AWS: a plan in, CloudFormation stacks out. Nothing here decides or sizes; every figure is the plan's.
 */
import type { App } from 'aws-cdk-lib';
import type { Plan } from '../../../lib/plan/plan.ts';
import { LlmPlatform } from './llm-platform.ts';

export { awsArtifacts } from './artifacts.ts';
export { awsFacts, awsRegion, awsRegions } from './facts.ts';
export { awsLinks } from './links.ts';
export { LlmPlatform } from './llm-platform.ts';
export { quotaArtifact } from './quotas.ts';

/** Adds every stack of the plan to the app. */
export async function addStacks(app: App, plan: Plan): Promise<void> {
  new LlmPlatform(app, plan);
}

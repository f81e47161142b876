/**
 * AWS: a plan in, CloudFormation stacks out. Nothing here decides or sizes; every figure is the plan's.
 */
export { awsArtifacts } from './artifacts.ts';
export { awsFacts, awsRegion, awsRegions } from './facts.ts';
export { awsLinks } from './links.ts';
export { LlmPlatform } from './llm-platform.ts';
export { quotaArtifact } from './quotas.ts';

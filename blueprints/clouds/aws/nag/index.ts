export { runRules } from './rule.ts';
export { ownRules } from './rules/index.ts';
export { type KubernetesObject, type StackTemplate, worldOf } from './world.ts';

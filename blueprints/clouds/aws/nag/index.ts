export { acknowledgeFindings } from './acknowledge.ts';
export type { Acknowledgement } from './acknowledgement.ts';
export { acknowledgements } from './acknowledgements.ts';
export { type PackName, packsFor } from './packs.ts';
export { type Finding, type Rule, runRules } from './rule.ts';
export { ownRules } from './rules/index.ts';
export { type KubernetesObject, type StackTemplate, type World, worldOf } from './world.ts';

/**
 * Regimes as data: the answers come in, and the guarantees (`ControlId`), figures and duties that follow go out. Knows
 * clauses and guarantees; never a resource, a product or a cloud: those say in their own rooms how they prove a control.
 */
export { type CheckedControl, checkControls, type Proof } from './check.ts';
export { type Compliance, complianceFor, type Duty } from './compliance-for.ts';
export { type ControlId, controlIds, controls } from './controls.ts';
export { frameworks } from './frameworks/index.ts';

/**
 * The public entry point of the planner: `import { makePlan, readPlan } from 'groundplan'`. Pure values in and out; the
 * constructs that raise a plan are in `groundplan/aws` and `groundplan/kubernetes`.
 */
export type * from './capacity/types.ts';
export type { Catalog, HostedModel, Offer, OfferPrice, ServicePrice } from './catalog/catalog.ts';
export type { Gpu } from './catalog/gpu.ts';
export type { Model } from './catalog/model.ts';
export type { CostLine } from './catalog/products.ts';
export type { Basis, Source } from './catalog/source.ts';
export { makePlan } from './make-plan.ts';
export { type Failure, type Outcome, type Reason, sentence } from './outcome.ts';
export {
  type Alert,
  type Decision,
  type NodePool,
  type Plan,
  planSchema,
  readPlan,
  type ServedModel,
} from './plan/plan.ts';
export { answersJsonSchema } from './requirements/json-schema.ts';
export { parseRequirements } from './requirements/parse.ts';
export { type Answers, answersSchema, type Requirements } from './requirements/schema.ts';

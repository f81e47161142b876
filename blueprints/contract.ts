import type { Construct } from 'constructs';
import type { GatewayFacts, ModelServerFacts, VectorStoreFacts } from '../lib/catalog/products.ts';
import type { Plan, ServedModel } from '../lib/plan/plan.ts';

/** A page an alert links to, or part of one: the rows a product adds to a runbook. */
export interface RunbookEntry {
  /** File under runbooks/, without .md: `data-store-restore`. */
  readonly runbook: string;
  readonly symptom: string;
  readonly check: string;
  readonly action: string;
}

/** What a data builder gives the rest of the data stack; see `clouds/aws/data`. */
export type CloudBuilder = (scope: Construct, plan: Plan, context: unknown) => void;
/** Adds charts or API objects for this product; reads only the plan. */
export type KubernetesBuilder = (scope: Construct, plan: Plan) => void;

/** One builder a target, loaded when its target is built. Keys: cloud ids and `kubernetes`. */
export type Builders = Readonly<Record<string, () => Promise<{ readonly build: CloudBuilder | KubernetesBuilder }>>>;

/** A vector store as its folder under `vector-stores/` exports it: the planning half and the building half. */
export interface VectorStoreBlueprint extends VectorStoreFacts {
  readonly runbook: readonly RunbookEntry[];
  /** The collection's definition as the store takes it: file name and contents. Absent where the cloud's stack makes it. */
  readonly collection?: (plan: Plan) => { readonly file: string; readonly contents: string };
  readonly builders: Builders;
}

export interface ModelServerBlueprint extends ModelServerFacts {
  readonly runbook: readonly RunbookEntry[];
  /** Command-line arguments of one served model, in order. */
  readonly arguments: (model: ServedModel, plan: Plan) => readonly string[];
  readonly builders: Builders;
}

export interface GatewayBlueprint extends GatewayFacts {
  readonly runbook: readonly RunbookEntry[];
  readonly builders: Builders;
}

import type { CheckedControl } from '../compliance/index.ts';
import type { Plan } from '../plan/plan.ts';
import type { Renderer } from './render.ts';

/** A row that a product adds to a runbook; the products' folders own them. */
export interface RunbookRow {
  /** File under runbooks/, without .md. */
  readonly runbook: string;
  readonly symptom: string;
  readonly check: string;
  readonly action: string;
  /** Title of the product the row comes from. */
  readonly product?: string;
}

/** A finding of a policy pack that was set aside, with its reason. */
export interface Suppression {
  readonly rule: string;
  readonly resource: string;
  readonly reason: string;
}

/** What documents need and a plan does not hold: the products' rows, and what the synthesized resources prove. */
export interface DocumentExtras {
  readonly runbookRows: readonly RunbookRow[];
  /** Absent: nothing was synthesized yet; the matrix then names guarantees and clauses only. */
  readonly complianceMatrix?: readonly CheckedControl[];
  readonly suppressions?: readonly Suppression[];
  /** Every resource by path: `aws/Data/VectorStore`. */
  readonly resources?: readonly { readonly path: string; readonly type: string }[];
  /** Command that gives kubectl access to the cluster, from where it works, and the page that says how to get there. */
  readonly clusterAccess?: { readonly command: string; readonly from: string; readonly page: string };
  /** Pages of the cloud: what a person does once before and while the platform is raised. */
  readonly pages?: readonly Page[];
}

export type Group = 'Start' | 'Design' | 'Decisions' | 'Review' | 'Operations' | 'Runbooks';

/** One page: a Markdown file, and a section of the site. */
export interface Page {
  /** Path beneath the project: `docs/cost.md`. */
  readonly path: string;
  readonly title: string;
  readonly group: Group;
  readonly markdown: string;
}

export interface PageInput {
  readonly plan: Plan;
  readonly extras: DocumentExtras;
  readonly render: Renderer;
}

import { modelDecisions } from './rows/model-decisions.ts';
import { parts } from './rows/parts.ts';
import { questions } from './rows/questions.ts';
import type { Row } from './rows/row.ts';
import { systemDecisions } from './rows/system-decisions.ts';
import { validations } from './rows/validations.ts';

export type { Row } from './rows/row.ts';

/**
 * The reference the planner carries, as data: questions Q, decisions D, parts P and validations V. Product names stand
 * there as quotations only; which product a row admits is said by the product itself (`rows` of its facts).
 */
export const rows: readonly Row[] = [...questions, ...modelDecisions, ...systemDecisions, ...parts, ...validations];

const byId = new Map(rows.map((row) => [row.id, row]));

export function findRow(id: string): Row | undefined {
  return byId.get(id);
}

/** Rows of one decision: `D7` gives D7.1 … D7.5. */
export function rowsOf(decisionId: string): readonly Row[] {
  return rows.filter((row) => row.id === decisionId || row.id.startsWith(`${decisionId}.`));
}

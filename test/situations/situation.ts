import type { Overlay } from '../fixtures/answers.ts';

/** A short situation, what the reference makes of it, and the row that says so. */
export interface Situation {
  readonly title: string;
  readonly answers: Overlay;
  readonly decision: `D${number}`;
  readonly choice: string;
  /** Rows of the record that must be there, first the one that decides. */
  readonly row: string;
  /** Settings of the record that follow from the row. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

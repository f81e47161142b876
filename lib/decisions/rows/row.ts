/** One row of the reference: what holds when, and what follows. Cited by id in decisions, tests and documents. */
export interface Row {
  readonly id: string;
  readonly section: string;
  /** Condition of a D row, question of a Q row; absent where the row always holds. */
  readonly when?: string;
  readonly rule: string;
}

/** The rows of one section of the reference. */
export function section(title: string, rows: readonly Omit<Row, 'section'>[]): readonly Row[] {
  return rows.map((row) => ({ ...row, section: title }));
}

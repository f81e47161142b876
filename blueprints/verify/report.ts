/** One thing `verify` looked at. */
export interface Check {
  /** `plan`, `answers`, `files`, `policy`, `controls`, `bill`, `kubernetes`: stable, for scripts. */
  readonly id: string;
  readonly title: string;
  /** Sentences; none: it holds. */
  readonly problems: readonly string[];
  /** Worth reading, and no fault. */
  readonly notes: readonly string[];
  readonly looked: number;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export function reportOf(checks: readonly Check[]): VerifyReport {
  return { ok: checks.every((check) => check.problems.length === 0), checks };
}

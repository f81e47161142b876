/** One problem in the user's words: what was asked, what was found, and what to change. */
export interface Reason {
  /** Where in the answers (`latency.ttftMs.p95`), or which limit (`limit.gpu-memory`). */
  readonly path: string;
  readonly asked: string;
  readonly found: string;
  readonly change: string;
}

/**
 * The result of a pure step. `invalid`: the answers are wrong (exit 2). `infeasible`: the answers are fine and
 * nothing can meet them (exit 3). A bug is neither: it throws.
 */
export type Outcome<T> = { readonly ok: true; readonly value: T } | Failure;

export interface Failure {
  readonly ok: false;
  readonly kind: 'invalid' | 'infeasible';
  readonly reasons: readonly [Reason, ...Reason[]];
}

export function ok<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function invalid(reasons: readonly [Reason, ...Reason[]]): Failure {
  return { ok: false, kind: 'invalid', reasons };
}

export function infeasible(reasons: readonly [Reason, ...Reason[]]): Failure {
  return { ok: false, kind: 'infeasible', reasons };
}

/** The one sentence a terminal prints for a reason. */
export function sentence(reason: Reason): string {
  return `${reason.path}: asked ${reason.asked}; found ${reason.found}. ${reason.change}`;
}

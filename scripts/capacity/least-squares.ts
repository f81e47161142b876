/** One factor of a fit: where the prior pulls it, and the range in which it keeps its meaning. */
export interface Parameter {
  readonly name: string;
  readonly start: number;
  readonly low: number;
  readonly high: number;
  /** Pull toward `start` in place of the fit's own. */
  readonly prior?: number;
}

export interface LeastSquaresOptions {
  readonly iterations: number;
  /** Pull toward `start`, in units of residual per factor of e; keeps a factor the data say nothing about. */
  readonly prior: number;
  /** Residual from which errors count linearly instead of squared, so single odd points weigh little. */
  readonly robustAt: number;
}

export type Residuals = (values: readonly number[]) => readonly number[];
/** One column a parameter, one entry a residual. */
type Jacobian = readonly (readonly number[])[];

/**
 * Steps of the differences, coarse to fine: the simulation counts whole steps and whole requests, so its output has
 * small jumps that a fine step would take for slopes.
 */
const derivativeSteps = [3e-2, 1e-2, 3e-3] as const;

/** Derivatives of the residuals by the logarithm of each value, by differences. */
function jacobianAt(values: readonly number[], residuals: Residuals, derivativeStep: number): Jacobian {
  const here = residuals(values);
  return values.map((_, i) => {
    const moved = values.map((value, j) => (i === j ? value * Math.exp(derivativeStep) : value));
    return residuals(moved).map((r, k) => (r - (here[k] ?? 0)) / derivativeStep);
  });
}

/**
 * Levenberg–Marquardt on the logarithms of positive factors, with bounds, a weak prior and a robust loss.
 * Deterministic: numeric derivatives with a fixed step, no random starts.
 */
export function leastSquares(
  parameters: readonly Parameter[],
  residuals: Residuals,
  { iterations, prior, robustAt }: LeastSquaresOptions,
): readonly number[] {
  const starts = parameters.map(({ start }) => Math.log(start));
  const clamp = (logs: readonly number[]) =>
    logs.map((log, i) =>
      Math.min(Math.log(parameters[i]?.high ?? 1), Math.max(Math.log(parameters[i]?.low ?? 1), log)),
    );
  const pulls = parameters.map((parameter) => parameter.prior ?? prior);
  const pulled = (logs: readonly number[]) => logs.map((log, i) => (pulls[i] ?? prior) * (log - (starts[i] ?? 0)));
  const cost = (raw: readonly number[], logs: readonly number[]) =>
    sumOfSquares(raw.map((r) => robust(r, robustAt))) + sumOfSquares(pulled(logs));
  const evaluate = (logs: readonly number[]) => residuals(logs.map(Math.exp));

  let logs = clamp(starts);
  let raw = evaluate(logs);
  let damping = 1e-2;
  let fineness = 0;
  for (let round = 0; round < iterations; round += 1) {
    const slopes = raw.map((r) => robustSlope(r, robustAt));
    const step = derivativeSteps[fineness] ?? 1e-3;
    const columns = jacobianAt(logs.map(Math.exp), residuals, step).map((column, i) => [
      ...column.map((x, k) => x * (slopes[k] ?? 1)),
      ...logs.map((_, j) => (i === j ? (pulls[i] ?? prior) : 0)),
    ]);
    const current = [...raw.map((r) => robust(r, robustAt)), ...pulled(logs)];
    const normal = columns.map((a) => columns.map((b) => dot(a, b)));
    const gradient = columns.map((a) => dot(a, current));
    const before = cost(raw, logs);
    let gained = 0;
    for (let attempt = 0; attempt < 6 && gained <= 0; attempt += 1) {
      const damped = normal.map((row, i) => row.map((x, j) => (i === j ? x * (1 + damping) + 1e-9 : x)));
      const delta = solve(damped, gradient);
      const next = clamp(logs.map((log, i) => log - (delta[i] ?? 0)));
      const tried = evaluate(next);
      gained = before - cost(tried, next);
      if (gained > 0) {
        logs = next;
        raw = tried;
        damping = Math.max(1e-6, damping / 5);
      } else damping *= 6;
    }
    if (gained > 1e-3 * before) continue;
    fineness += 1;
    damping = 1e-2;
    if (fineness === derivativeSteps.length) break;
  }
  return logs.map(Math.exp);
}

/** Square root of the pseudo-Huber loss, with the sign of the residual. */
function robust(residual: number, at: number): number {
  const scaled = residual / at;
  return Math.sign(residual) * at * Math.sqrt(2 * (Math.sqrt(1 + scaled * scaled) - 1));
}

function robustSlope(residual: number, at: number): number {
  const scaled = residual / at;
  if (Math.abs(scaled) < 1e-6) return 1;
  return (scaled * at) / (Math.sqrt(1 + scaled * scaled) * robust(residual, at));
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x * x, 0);
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Gaussian elimination with partial pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const n = rows.length;
  for (let column = 0; column < n; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < n; row += 1) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    const head = rows[column] ?? [];
    for (let row = column + 1; row < n; row += 1) {
      const target = rows[row] ?? [];
      const factor = (target[column] ?? 0) / (head[column] || 1e-12);
      for (let k = column; k <= n; k += 1) target[k] = (target[k] ?? 0) - factor * (head[k] ?? 0);
    }
  }
  const result = new Array<number>(n).fill(0);
  for (let row = n - 1; row >= 0; row -= 1) {
    let sum = rows[row]?.[n] ?? 0;
    for (let k = row + 1; k < n; k += 1) sum -= (rows[row]?.[k] ?? 0) * (result[k] ?? 0);
    result[row] = sum / (rows[row]?.[row] || 1e-12);
  }
  return result;
}

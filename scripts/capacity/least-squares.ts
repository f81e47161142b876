/** One factor of a fit: where it starts, and the range in which it keeps its meaning. */
export interface Parameter {
  readonly name: string;
  readonly start: number;
  readonly low: number;
  readonly high: number;
}

export interface LeastSquaresOptions {
  readonly iterations?: number;
  /** Pull toward `start`, in units of residual per factor of e; keeps a factor the data say nothing about. */
  readonly prior?: number;
  /** Residual from which errors count linearly instead of squared, so single odd points weigh little. */
  readonly robustAt?: number;
}

/**
 * Levenberg–Marquardt on the logarithms of positive factors, with bounds, a weak prior and a robust loss.
 * Deterministic: numeric derivatives with a fixed step, no random starts.
 */
export function leastSquares(
  parameters: readonly Parameter[],
  residuals: (values: readonly number[]) => readonly number[],
  options: LeastSquaresOptions = {},
): readonly number[] {
  const { iterations = 30, prior = 0.05, robustAt = 0.15 } = options;
  const starts = parameters.map(({ start }) => Math.log(start));
  const clamp = (logs: readonly number[]) =>
    logs.map((log, i) =>
      Math.min(Math.log(parameters[i]?.high ?? 1), Math.max(Math.log(parameters[i]?.low ?? 1), log)),
    );
  const evaluate = (logs: readonly number[]) => {
    const raw = residuals(logs.map(Math.exp));
    return [...raw.map((r) => robust(r, robustAt)), ...logs.map((log, i) => prior * (log - (starts[i] ?? 0)))];
  };
  const cost = (r: readonly number[]) => r.reduce((sum, x) => sum + x * x, 0);
  let logs = clamp(starts);
  let current = evaluate(logs);
  let damping = 1e-2;
  for (let round = 0; round < iterations; round += 1) {
    const step = 1e-3;
    const columns = logs.map((_, i) => {
      const moved = logs.map((log, j) => (i === j ? log + step : log));
      return evaluate(moved).map((r, k) => (r - (current[k] ?? 0)) / step);
    });
    const normal = columns.map((a) => columns.map((b) => dot(a, b)));
    const gradient = columns.map((a) => dot(a, current));
    let improved = false;
    for (let attempt = 0; attempt < 6 && !improved; attempt += 1) {
      const damped = normal.map((row, i) => row.map((x, j) => (i === j ? x * (1 + damping) + 1e-9 : x)));
      const delta = solve(damped, gradient);
      const next = clamp(logs.map((log, i) => log - (delta[i] ?? 0)));
      const tried = evaluate(next);
      if (cost(tried) < cost(current)) {
        improved = cost(current) - cost(tried) > 1e-6 * cost(current);
        logs = next;
        current = tried;
        damping = Math.max(1e-6, damping / 5);
        if (!improved) return logs.map(Math.exp);
      } else damping *= 5;
    }
    if (!improved) break;
  }
  return logs.map(Math.exp);
}

/** Square root of the pseudo-Huber loss, with the sign of the residual. */
function robust(residual: number, at: number): number {
  const scaled = residual / at;
  return Math.sign(residual) * at * Math.sqrt(2 * (Math.sqrt(1 + scaled * scaled) - 1));
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

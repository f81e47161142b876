/** Ratio between the counts of a table. */
const gridRatio = 1.25;

/** A function of a count, tabulated on a geometric grid: a look-up costs one logarithm and one interpolation. */
export interface Table {
  readonly at: Float64Array;
  readonly seconds: Float64Array;
  readonly inverseLogRatio: number;
}

/** The table of a function over 1 … maximum; the function must not fall. */
export function tabulate(maximum: number, seconds: (count: number) => number): Table {
  const at = [0, 1];
  for (let next = gridRatio; next < maximum * gridRatio * gridRatio; next *= gridRatio) at.push(next);
  return {
    at: Float64Array.from(at),
    seconds: Float64Array.from(at, (count) => (count === 0 ? 0 : seconds(count))),
    inverseLogRatio: 1 / Math.log(gridRatio),
  };
}

export function interpolate(table: Table, count: number): number {
  const { at, seconds } = table;
  if (count <= 1) return (seconds[1] ?? 0) * Math.min(1, Math.max(0, count) * 1e9);
  const index = Math.min(at.length - 2, 1 + Math.floor(Math.log(count) * table.inverseLogRatio));
  const [x0 = 0, x1 = 1] = [at[index], at[index + 1]];
  const [y0 = 0, y1 = 0] = [seconds[index], seconds[index + 1]];
  return y0 + ((y1 - y0) * (count - x0)) / (x1 - x0);
}

import type { Source } from './source.ts';

/** A source as the data files keep it: reference, ISO date, note. Rows carry indexes into a table of these. */
export type SourceCell = readonly [ref: string, date: string, note?: string];

/** A data file: a table of sources and rows whose `sources` are indexes into it. */
export interface Packed<Row> {
  readonly sources: readonly SourceCell[];
  readonly rows: readonly (Omit<Row, 'sources'> & { readonly sources: readonly number[] })[];
}

/** Resolves indexes against one table, sharing one object a source. */
export function sourceResolver(
  cells: readonly SourceCell[],
): (indexes: readonly number[], row: string) => readonly [Source, ...Source[]] {
  const sources = cells.map(([ref, date, note]): Source => (note === undefined ? { ref, date } : { ref, date, note }));
  return (indexes, row) => {
    const found = indexes.map((index) => {
      const source = sources[index];
      if (source === undefined) throw new Error(`${row}: source ${index} is not in the table of sources`);
      return source;
    });
    const [first, ...rest] = found;
    if (first === undefined) throw new Error(`${row}: a row without a source is refused`);
    return [first, ...rest];
  };
}

/**
 * Rows with their sources put back.
 * @throws {Error} naming the row, if it has no source or one outside the table
 */
export function unpack<Row extends { readonly sources: readonly [Source, ...Source[]] }>(
  packed: Packed<Row>,
  nameOf: (row: Omit<Row, 'sources'>) => string,
): Row[] {
  const resolve = sourceResolver(packed.sources);
  return packed.rows.map((row) => ({ ...row, sources: resolve(row.sources, nameOf(row)) }) as unknown as Row);
}

/** Date of the newest source of some tables: what «age» is counted from. */
export function newestDate(tables: readonly (readonly SourceCell[])[]): string {
  let newest = '';
  for (const cells of tables) for (const [, date] of cells) if (date > newest) newest = date;
  return newest;
}

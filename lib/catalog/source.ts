/** Where a fact comes from and when it was read. A row without one is refused. */
export interface Source {
  /** `owner/repo@commit:path`, a page, or the name of a published document. */
  readonly ref: string;
  /** ISO date of the data, not of the reading. */
  readonly date: string;
  readonly note?: string;
}

/** How far a figure can be trusted, best first. A sum keeps the weakest basis of its parts. */
export type Basis = 'measured' | 'modelled' | 'assumed';

const order: readonly Basis[] = ['measured', 'modelled', 'assumed'];

export function weakestBasis(...bases: readonly Basis[]): Basis {
  return order[Math.max(0, ...bases.map((basis) => order.indexOf(basis)))] ?? 'assumed';
}

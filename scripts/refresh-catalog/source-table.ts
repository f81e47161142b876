import type { SourceCell } from '../../lib/catalog/packed.ts';

/** Collects sources once each; rows then carry an index. */
export class SourceTable {
  readonly cells: SourceCell[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #undatedAs: string;

  /** @param undatedAs - ISO date of the collection, taken where a source carries none (its note then says so) */
  constructor(undatedAs: string) {
    this.#undatedAs = undatedAs;
  }

  index(ref: string, date: string, note?: string): number {
    const iso = isoDate(date);
    const notes = [note, iso === undefined ? `${date.trim() || 'undated'}: date of the collection` : undefined];
    const text = notes.filter((part) => part !== undefined && part !== '').join('; ');
    const cell: SourceCell = text === '' ? [ref, iso ?? this.#undatedAs] : [ref, iso ?? this.#undatedAs, text];
    const key = JSON.stringify(cell);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.cells.length);
    return this.cells.push(cell) - 1;
  }
}

/** `2026-08` becomes its first day; a text that only mentions a year, or none, is undated. */
function isoDate(text: string): string | undefined {
  const match = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(text.trim());
  return match ? `${match[1]}-${match[2] ?? '01'}-${match[3] ?? '01'}` : undefined;
}

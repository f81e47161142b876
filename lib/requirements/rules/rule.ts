import type { Catalog } from '../../catalog/catalog.ts';
import type { Reason } from '../../outcome.ts';
import type { Requirements } from '../schema.ts';

/**
 * Answers whose sections may be missing: a section with a wrong shape is left out, so that rules over the sound ones
 * still speak and every problem is told at once.
 */
export type SoundSections = { readonly [Section in keyof Requirements]?: Requirements[Section] };

/** A rule over several answers: the reasons it is broken, none when it holds. */
export type Rule = (answers: SoundSections, catalog: Catalog | undefined) => readonly Reason[];

export function reason(path: string, asked: string, found: string, change: string): Reason {
  return { path, asked, found, change };
}

/** A missing answer that another one makes necessary. */
export function missing(path: string, because: string, change: string): Reason {
  return { path, asked: because, found: 'nothing', change };
}

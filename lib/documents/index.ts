/**
 * A plan comes in, the documents a review board reads go out (P16, P17, P18, P22): Markdown, pictures, one HTML file.
 * Every sentence is data of the plan or fixed text of the method. Never decides, sizes or prices anything, and reads no
 * file: templates and what products add come in as values.
 */

export type { DocumentExtras, Page, RunbookRow, Suppression } from './document.ts';
export { documentArtifacts } from './document-artifacts.ts';
export { Renderer, type Templates } from './render.ts';
export { type RunbookId, runbookIds } from './runbooks/index.ts';

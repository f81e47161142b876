import { readdirSync, readFileSync } from 'node:fs';
import type { Templates } from '../../lib/documents/index.ts';

const folder = new URL('../../templates/', import.meta.url);

/** Every template of the repository by its name without `.hbs`. */
export const templates: Templates = Object.fromEntries(
  readdirSync(folder)
    .filter((file) => file.endsWith('.hbs'))
    .map((file) => [file.slice(0, -'.hbs'.length), readFileSync(new URL(file, folder), 'utf8')]),
);

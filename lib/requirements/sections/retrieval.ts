import { z } from 'zod';
import { ask } from '../question.ts';

/** Q5: retrieval. */
export const retrieval = z.strictObject({
  needed: ask(z.boolean(), {
    row: 'Q5',
    prompt: 'Must answers come from your documents?',
    help: 'Retrieval adds an embedding server, a vector store, and ingestion (P6).',
  }),
  corpus: z
    .strictObject({
      documents: ask(z.number().int().positive().max(100_000_000_000), {
        row: 'Q5',
        prompt: 'Documents in the corpus',
        help: 'The first thing that decides the vector store (D7).',
        unit: 'documents',
      }),
      gigabytes: ask(z.number().positive().max(100_000_000), {
        row: 'Q5',
        prompt: 'Size of the corpus as plain text',
        help: 'Text divided by the chunk size is the number of vectors.',
        unit: 'GB',
      }),
    })
    .optional(),
  updates: ask(z.enum(['static', 'weekly', 'daily', 'real-time']).optional(), {
    row: 'Q5',
    prompt: 'How often does the corpus change?',
    help: 'Weekly or slower suits pgvector; real-time wants a store built for it (D7).',
  }),
  stalenessToleranceHours: ask(z.number().min(0).max(8760).optional(), {
    row: 'Q5',
    prompt: 'How old may an answer’s source be?',
    help: 'Sets the ingestion schedule.',
    unit: 'hours',
  }),
  keywordSearch: ask(z.enum(['none', 'helpful', 'first-class']).optional(), {
    row: 'Q5',
    prompt: 'Need for keyword search beside vectors',
    help: 'first-class: part numbers, statutes, names must match exactly at any scale (D7.4).',
  }),
  structuredMatch: ask(z.boolean().default(false), {
    row: 'Q5',
    prompt: 'Filters on structured data or exact match?',
    help: 'SQL conditions beside similarity: pgvector (D7.1).',
  }),
  documentStructure: ask(z.enum(['uniform', 'inconsistent', 'long-sectioned']).default('uniform'), {
    row: 'Q5',
    prompt: 'Structure of the documents',
    help: 'Decides chunking: fixed, semantic, hierarchical (D8).',
    advanced: true,
  }),
  recall: ask(z.enum(['normal', 'low', 'diverse']).default('normal'), {
    row: 'Q5',
    prompt: 'Known trouble with recall',
    help: 'low: query expansion (HyDE); diverse: spread the results (MMR) (D8.6).',
    advanced: true,
  }),
  rerank: ask(z.boolean().default(true), {
    row: 'Q5',
    prompt: 'Rerank the results?',
    help: 'A cross-encoder takes 30 to 50 ms and lifts precision (D8.5).',
    advanced: true,
  }),
  managedPreferred: ask(z.boolean().default(false), {
    row: 'Q5',
    prompt: 'Prefer a managed store?',
    help: 'Less to operate, a vendor to trust (D7.3, D7.4).',
  }),
  existing: ask(z.array(z.enum(['postgres', 'elasticsearch', 'opensearch'])).default([]), {
    row: 'Q5',
    prompt: 'Stores you already run',
    help: 'An existing, fitting store costs least.',
  }),
});

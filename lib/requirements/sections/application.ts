import { z } from 'zod';
import { ask } from '../question.ts';

/** Q8: shape of the application. */
export const application = z.strictObject({
  shape: ask(z.enum(['single-call', 'chain', 'agent']), {
    row: 'Q8',
    prompt: 'Shape of the application',
    help: 'agent: several steps, tools, decisions at run time (D9).',
  }),
  output: ask(z.enum(['free-text', 'json', 'function-calls']), {
    row: 'Q8',
    prompt: 'What must come out?',
    help: 'Typed output is enforced by the server, not asked for in the prompt (D9.3).',
  }),
  languages: ask(z.array(z.string().regex(/^[a-z]{2,3}$/)).min(1), {
    row: 'Q8',
    prompt: 'Languages (ISO 639)',
    help: 'Embedding and guard models must cover them.',
    example: ['en'],
  }),
  exposure: ask(z.enum(['internal', 'partners', 'public']), {
    row: 'Q8',
    prompt: 'Who can reach it?',
    help: 'Public exposure asks for stricter input checks and rate limits (P12).',
  }),
  lowDiversityOutput: ask(z.boolean().default(false), {
    row: 'Q8',
    prompt: 'Are outputs long and predictable?',
    help: 'Code edits, forms, quotations of the input: speculative decoding then pays (D5.3).',
    advanced: true,
  }),
  repeatedQuestions: ask(z.boolean().default(false), {
    row: 'Q8',
    prompt: 'Do users ask the same questions again?',
    help: 'Then a response cache pays (D5.4).',
    advanced: true,
  }),
});

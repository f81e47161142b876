import { z } from 'zod';
import { ask } from '../question.ts';

/** Q3: class and size of the model. */
export const model = z.strictObject({
  class: ask(z.enum(['open-weight', 'hosted', 'either']), {
    row: 'Q3',
    prompt: 'Which class of model?',
    help: 'open-weight: run it yourself; hosted: a provider’s API; either: both are priced and compared (D2).',
  }),
  id: ask(z.string().min(2).max(200).optional(), {
    row: 'Q3',
    prompt: 'Open-weight model (Hugging Face id)',
    help: 'Its shapes decide memory and speed. `groundplan catalog list models` prints those that are known.',
    example: 'meta-llama/Llama-3.1-8B-Instruct',
  }),
  revision: ask(
    z
      .string()
      .regex(/^[0-9a-f]{40}$/, 'a full 40-digit commit hash')
      .optional(),
    {
      row: 'Q3',
      prompt: 'Revision of the model',
      help: 'The commit of its repository; the mirror job copies and checks exactly this one (P3).',
      advanced: true,
    },
  ),
  configFile: ask(z.string().min(1).max(300).optional(), {
    row: 'Q3',
    prompt: 'Own config.json',
    help: 'For a model that is not in the catalogue: its Hugging Face config.json beside the answers file.',
    advanced: true,
  }),
  hostedId: ask(z.string().min(2).max(200).optional(), {
    row: 'Q3',
    prompt: 'Hosted model id',
    help: 'Priced against self-hosting, and the fallback where one is allowed. `groundplan catalog list hosted`.',
  }),
  maxContextTokens: ask(z.number().int().min(256).max(2_000_000), {
    row: 'Q3',
    prompt: 'Longest context a request may use',
    help: 'Input and output together; KV-cache memory is reserved for it.',
    unit: 'tokens',
  }),
  qualityTolerance: ask(z.enum(['strict', 'moderate', 'relaxed']), {
    row: 'Q3',
    prompt: 'How much quality may a smaller precision cost?',
    help: 'strict: quality-critical; moderate: below about 1 point on the evaluation set; relaxed: bulk work (D4).',
  }),
  iterationSpeedFirst: ask(z.boolean().default(false), {
    row: 'Q3',
    prompt: 'Does speed of iteration matter more than cost?',
    help: 'If so a hosted API comes first, unless data may not leave (D2.1, D2.2).',
  }),
});

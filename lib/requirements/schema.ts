import { z } from 'zod';
import { application } from './sections/application.ts';
import { compliance, type frameworks } from './sections/compliance.ts';
import { fineTuning } from './sections/fine-tuning.ts';
import { infrastructure } from './sections/infrastructure.ts';
import { latency } from './sections/latency.ts';
import { model } from './sections/model.ts';
import { operations } from './sections/operations.ts';
import { retrieval } from './sections/retrieval.ts';
import { throughput } from './sections/throughput.ts';

/** Answers to Q1–Q9 by section; cross-field rules live in `rules.ts`, so that this stays a plain object schema. */
export const answersSchema = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/,
      'lower-case letters, digits and hyphens, 3 to 30 of them, starting with a letter',
    )
    .meta({ title: 'Name of the platform', description: 'Prefix of stacks, cluster and namespaces.' }),
  preset: z
    .string()
    .max(60)
    .optional()
    .meta({ description: 'The preset these answers started from; records then say «from preset».' }),
  latency,
  throughput,
  model,
  fineTuning,
  retrieval,
  infrastructure,
  compliance,
  application,
  operations,
  pins: z
    .record(
      z.string().regex(/^D([1-9]|1[01])$/, 'a decision id, D1 to D11'),
      z.strictObject({ choice: z.string().min(1).max(120), reason: z.string().min(10).max(1000) }),
    )
    .default({})
    .meta({
      description: 'Decisions held by hand, by id, each with a reason. A pin that breaks a hard limit is refused.',
    }),
});

/** What the user writes: defaults not yet applied. */
export type Answers = z.input<typeof answersSchema>;
/** What the planner reads: parsed, defaults applied, cross-field rules hold. */
export type Requirements = z.output<typeof answersSchema>;
export type FrameworkId = (typeof frameworks)[number];

import { z } from 'zod';

/** What the wizard, the JSON Schema, the documentation and the messages all read about one answer. */
export interface Question {
  /** Row of the reference, `Q1` … `Q9`. */
  readonly row: 'Q1' | 'Q2' | 'Q3' | 'Q4' | 'Q5' | 'Q6' | 'Q7' | 'Q8' | 'Q9';
  readonly prompt: string;
  /** Why it matters: what the answer decides. */
  readonly help: string;
  readonly unit?: string;
  readonly example?: unknown;
  /** Asked by the wizard only on request: most platforms leave it. */
  readonly advanced?: true;
}

/** Prompt, help and unit of every answer; `questions.ts` walks the schema and reads it. */
export const questionRegistry = z.registry<Question>();

export function ask<T extends z.ZodType>(schema: T, question: Question): T {
  questionRegistry.add(schema, question);
  return schema;
}

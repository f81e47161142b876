import { z } from 'zod';
import { questionRegistry } from './question.ts';
import { questions } from './questions.ts';
import { answersSchema } from './schema.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Where an answers file of a project finds its schema, beside itself. */
export const schemaPath = '.groundplan/answers.schema.json';

/** First line of an answers file: editors then complete and check it. */
export const schemaHeader = `# yaml-language-server: $schema=${schemaPath}`;

/**
 * JSON Schema (draft 7, which the YAML editors speak) of an answers file. Titles are the wizard's prompts, descriptions
 * its help with unit, default and reference row.
 */
export function answersJsonSchema(): JsonSchema {
  const byPath = new Map(questions().map((question) => [question.schema, question]));
  const schema = z.toJSONSchema(answersSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const node = zodSchema as unknown as z.ZodType;
      const question = questionRegistry.get(node);
      if (!question) return;
      const asked = byPath.get(node);
      jsonSchema.title = question.prompt;
      jsonSchema.description = [
        question.unit === undefined ? undefined : `Unit: ${question.unit}.`,
        asked?.help ?? question.help,
        `(${question.row})`,
      ]
        .filter((part) => part !== undefined)
        .join(' ');
      if (question.example !== undefined) jsonSchema.examples = [question.example];
    },
  });
  return {
    ...schema,
    title: 'Groundplan answers',
    description: 'What an LLM platform must do: the answers to Q1–Q9, from which the plan is made.',
  };
}

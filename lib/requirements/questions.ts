import { z } from 'zod';
import { type Question, questionRegistry } from './question.ts';
import { isRelevant } from './relevance.ts';
import { type Answers, answersSchema } from './schema.ts';

/** How an answer is written: what a prompt and a parser need to know. */
export type AnswerKind =
  | { readonly kind: 'boolean' }
  | {
      readonly kind: 'number';
      readonly minimum?: number;
      readonly aboveMinimum: boolean;
      readonly maximum?: number;
      readonly integer: boolean;
    }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'choices'; readonly values: readonly string[] }
  | { readonly kind: 'text' }
  | { readonly kind: 'texts' }
  /** Numbers by name: `H100-SXM=8`. */
  | { readonly kind: 'numbers-by-name' }
  /** A list of mappings (`owned`, `reservations`, `ownPrices`). */
  | { readonly kind: 'table' };

/** One answer to give: where it stands, how it is asked, and when it matters. */
export interface AskedQuestion extends Question {
  readonly path: string;
  readonly answer: AnswerKind;
  /** The schema lets it out; the rules may still ask for it. */
  readonly optional: boolean;
  /** No mapping on the way to it may be left out either: a file without it is refused whatever else it says. */
  readonly required: boolean;
  /** Taken when the answer is left out. Documented in the help, never silent. */
  readonly default?: unknown;
  readonly schema: z.ZodType;
  readonly isRelevant: (answers: PartialAnswers) => boolean;
}

/** Answers so far: any part may be missing. */
export type PartialAnswers = DeepPartial<Answers>;
type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;

interface Unwrapped {
  readonly inner: z.ZodType;
  readonly optional: boolean;
  readonly default?: unknown;
}

/** Takes `optional`, `default` and `prefault` off a schema and says what they were. */
function unwrap(schema: z.ZodType): Unwrapped {
  if (schema instanceof z.ZodOptional) return { ...unwrap(schema.unwrap() as z.ZodType), optional: true };
  if (schema instanceof z.ZodDefault) {
    return { ...unwrap(schema.def.innerType as z.ZodType), optional: true, default: schema.def.defaultValue };
  }
  if (schema instanceof z.ZodPrefault) return { ...unwrap(schema.def.innerType as z.ZodType), optional: true };
  return { inner: schema, optional: false };
}

function answerKind(schema: z.ZodType): AnswerKind {
  if (schema instanceof z.ZodBoolean) return { kind: 'boolean' };
  if (schema instanceof z.ZodEnum) return { kind: 'choice', values: schema.options.map(String) };
  if (schema instanceof z.ZodRecord) return { kind: 'numbers-by-name' };
  if (schema instanceof z.ZodArray) {
    const element = schema.element;
    if (element instanceof z.ZodEnum) return { kind: 'choices', values: element.options.map(String) };
    return { kind: element instanceof z.ZodObject ? 'table' : 'texts' };
  }
  if (schema instanceof z.ZodNumber) {
    const { minimum, exclusiveMinimum, maximum } = z.toJSONSchema(schema) as {
      minimum?: number;
      exclusiveMinimum?: number;
      maximum?: number;
    };
    return {
      kind: 'number',
      ...((exclusiveMinimum ?? minimum) !== undefined && { minimum: exclusiveMinimum ?? minimum }),
      aboveMinimum: exclusiveMinimum !== undefined,
      ...(maximum !== undefined && { maximum }),
      integer: schema.format === 'safeint' || schema.format === 'int32',
    };
  }
  return { kind: 'text' };
}

/** Help with the default spelled out, so that none is silent. */
function helpWithDefault(question: Question, fallback: unknown): string {
  if (fallback === undefined) return question.help;
  const text = Array.isArray(fallback)
    ? fallback.length === 0
      ? 'none'
      : fallback.join(', ')
    : fallback === true
      ? 'yes'
      : fallback === false
        ? 'no'
        : String(fallback);
  const unit = question.unit === undefined || typeof fallback !== 'number' ? '' : ` ${question.unit}`;
  return `${question.help} Default: ${text}${unit}.`;
}

function collect(schema: z.ZodType, path: string, within: boolean, into: AskedQuestion[]): void {
  const { inner, optional, default: fallback } = unwrap(schema);
  const required = within && !optional;
  const question = questionRegistry.get(schema);
  if (question) {
    into.push({
      ...question,
      help: helpWithDefault(question, fallback),
      path,
      answer: answerKind(inner),
      optional,
      required,
      ...(fallback !== undefined && { default: fallback }),
      schema,
      isRelevant: (answers) => isRelevant(path, answers),
    });
  }
  if (inner instanceof z.ZodObject) {
    for (const [key, child] of Object.entries(inner.shape as Readonly<Record<string, z.ZodType>>)) {
      collect(child, path === '' ? key : `${path}.${key}`, required, into);
    }
  } else if (inner instanceof z.ZodArray && inner.element instanceof z.ZodObject) {
    collect(inner.element, `${path}[]`, false, into);
  }
}

function allQuestions(): readonly AskedQuestion[] {
  const found: AskedQuestion[] = [];
  collect(answersSchema, '', true, found);
  return found;
}

let cached: readonly AskedQuestion[] | undefined;

/** Every answer of Q1–Q9 in the order of the schema; list items have `[]` in their path. */
export function questions(): readonly AskedQuestion[] {
  cached ??= allQuestions();
  return cached;
}

/** The question at a path; `owned[0].gpu` and `owned[].gpu` are one. */
export function questionAt(path: string): AskedQuestion | undefined {
  const plain = path.replaceAll(/\[\d+\]/g, '[]');
  return questions().find((question) => question.path === plain);
}

/** Answers that a missing mapping must hold, whatever the others are. */
export function requiredWithin(path: string): readonly AskedQuestion[] {
  return questions().filter((question) => question.path.startsWith(`${path}.`) && question.required);
}

/** Names the schema knows at a path; none where a mapping is free or the path is no mapping. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let at: z.ZodType = answersSchema;
  for (const part of path) {
    const { inner } = unwrap(at);
    if (inner instanceof z.ZodArray) at = inner.element as z.ZodType;
    else if (inner instanceof z.ZodRecord) at = inner.valueType as z.ZodType;
    else if (inner instanceof z.ZodObject) {
      const child = (inner.shape as Readonly<Record<string, z.ZodType>>)[String(part)];
      if (!child) return [];
      at = child;
    } else return [];
  }
  const { inner } = unwrap(at);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

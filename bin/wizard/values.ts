import { stringify } from 'yaml';
import type { Catalog } from '../../lib/catalog/catalog.ts';
import { findGpu, findHostedModel, findModel } from '../../lib/catalog/find.ts';
import { type Outcome, ok, type Reason } from '../../lib/outcome.ts';
import { reasonsOf } from '../../lib/requirements/issues.ts';
import { parsePath, withValue } from '../../lib/requirements/path.ts';
import { type AskedQuestion, keysAt, questionAt } from '../../lib/requirements/questions.ts';
import { brokenRules } from '../../lib/requirements/rules.ts';
import { answersSchema } from '../../lib/requirements/schema.ts';
import { secretIn } from '../../lib/requirements/secrets.ts';
import { readQuantity } from '../../lib/requirements/units.ts';

/** A question of the wizard; the platform's name belongs to no row of the reference. */
export type WizardQuestion = Omit<AskedQuestion, 'row'> & { readonly row?: AskedQuestion['row'] };

/** Values as a person would type them: `50ms` and `0.05 s` are read, but written back in the field's own unit. */
export function readValue(question: WizardQuestion, typed: string): unknown {
  const text = typed.trim();
  switch (question.answer.kind) {
    case 'number':
      return readQuantity(text, question.unit) ?? text;
    case 'texts':
      return words(text);
    case 'numbers-by-name':
      return Object.fromEntries(
        words(text).map((word) => {
          const [name = '', amount = ''] = word.split('=');
          return [name.trim(), readQuantity(amount, question.unit) ?? amount];
        }),
      );
    case 'table':
      return question.path === 'infrastructure.owned' ? ownedMachines(text) : text;
    default:
      return text;
  }
}

function words(text: string): string[] {
  return text.split(/[,\s]+/).filter((word) => word !== '');
}

/** `L4`, `2x L4`, `L4:2`, `L4:2:3` (three machines with two each). */
function ownedMachines(text: string): unknown {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const times = /^(\d+)\s*[x×]\s*(.+)$/.exec(part);
      const [gpu = '', count = '1', nodes = '1'] = times ? [times[2], times[1]] : part.split(':');
      return { gpu: gpu.trim(), count: Number(count), nodes: Number(nodes) };
    });
}

/** A value as the prompt shows it, in the form `readValue` reads. */
export function showValue(question: WizardQuestion, value: unknown): string {
  if (value === undefined) return '';
  if (question.answer.kind === 'table' && Array.isArray(value)) {
    return value
      .map((row: { gpu?: unknown; count?: unknown; nodes?: unknown }) => `${row.gpu}:${row.count}:${row.nodes ?? 1}`)
      .join(', ');
  }
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, amount]) => `${name}=${amount}`)
      .join(', ');
  }
  return typeof value === 'string' ? value : stringify(value).trim();
}

/** Unit and range in one bracket: what may be typed. */
export function rangeOf(question: WizardQuestion): string {
  const { answer, unit } = question;
  const parts: string[] = [];
  if (unit !== undefined) parts.push(unit);
  if (answer.kind === 'number') {
    if (answer.minimum !== undefined)
      parts.push(`${answer.aboveMinimum ? 'above' : 'from'} ${answer.minimum.toLocaleString('en')}`);
    if (answer.maximum !== undefined && answer.maximum < Number.MAX_SAFE_INTEGER)
      parts.push(`to ${answer.maximum.toLocaleString('en')}`);
    if (answer.integer) parts.push('whole');
  }
  if (answer.kind === 'texts') parts.push('separated by commas');
  if (answer.kind === 'numbers-by-name') parts.push('like H100-SXM=8, L4=4');
  if (answer.kind === 'table') parts.push('GPU:count:machines, like L4:1:1');
  return parts.join(', ');
}

/**
 * What is wrong with one answer at once: its own shape, ids nobody knows, a secret, or a contradiction with an earlier
 * answer that was not there before. Undefined: it can stand.
 */
export function problemWith(
  question: WizardQuestion,
  value: unknown,
  answers: unknown,
  catalog: Catalog,
): string | undefined {
  if (typeof value === 'string') {
    const secret = secretIn(value, question.path);
    if (secret) return `This looks like ${secret}; answers hold no secrets (V5).`;
  }
  const path = parsePath(question.path);
  const parsed = question.schema.safeParse(value);
  if (!parsed.success) {
    const placed = parsed.error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
    const whole = withValue({}, path, value);
    const [first] = placed.flatMap((issue) => reasonsOf(issue, whole, questionAt, keysAt));
    return first ? inShort(first) : 'This cannot be read.';
  }
  const known = lookUp(question.path, value, catalog);
  if (!known.ok) return inShort(known.reasons[0]);
  const before = new Set(contradictions(answers, catalog).map(inShort));
  const after = contradictions(withValue(answers, path, value), catalog).find((reason) => !before.has(inShort(reason)));
  return after ? inShort(after) : undefined;
}

function inShort({ path, asked, found, change }: Reason): string {
  return `${path}: asked ${asked}; found ${found}. ${change}`;
}

/** Broken rules that no later answer can mend: a missing one is simply asked next. */
function contradictions(answers: unknown, catalog: Catalog): readonly Reason[] {
  const sound: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(answersSchema.shape)) {
    const section = schema.safeParse((answers as Readonly<Record<string, unknown>>)[name]);
    if (section.success && section.data !== undefined) sound[name] = section.data;
  }
  return brokenRules(sound, catalog).filter(({ found }) => found !== 'nothing');
}

function lookUp(path: string, value: unknown, catalog: Catalog): Outcome<unknown> {
  if (typeof value === 'string') {
    if (path === 'model.id') return findModel(catalog, value);
    if (path === 'model.hostedId') return findHostedModel(catalog, value);
  }
  const gpus = path === 'infrastructure.gpu.allow' && Array.isArray(value) ? value : [];
  const owned =
    path === 'infrastructure.owned' && Array.isArray(value) ? value.map((row: { gpu: unknown }) => row.gpu) : [];
  for (const gpu of [...gpus, ...owned]) {
    const found = findGpu(catalog, String(gpu), path);
    if (!found.ok) return found;
  }
  return ok(value);
}

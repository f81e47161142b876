import type { Catalog } from '../../lib/catalog/catalog.ts';
import { nearest } from '../../lib/catalog/did-you-mean.ts';
import { paint } from '../output.ts';
import { problemWith, rangeOf, readValue, showValue, type WizardQuestion } from './values.ts';

/** What one prompt gave: an answer, «leave it open», or a step back. */
export type Reply =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'skip' }
  | { readonly kind: 'back' };

/** Chosen or typed to go back; no answer of the schema can be this. */
const backText = '<';
const backChoice = { name: '← back', value: backText } as const;

interface Choice {
  readonly name: string;
  readonly value: string;
  readonly description?: string;
}

async function inquirerPrompt(): Promise<typeof import('inquirer')['default']['prompt']> {
  return (await import('inquirer')).default.prompt;
}

/** One select; returns the chosen value. */
export async function choose(message: string, choices: readonly Choice[], initial?: string): Promise<string> {
  const prompt = await inquirerPrompt();
  const { answer } = await prompt<{ answer: string }>([
    {
      type: 'select',
      name: 'answer',
      message,
      choices: [...choices],
      pageSize: 12,
      loop: false,
      ...(initial !== undefined && { default: initial }),
    },
  ]);
  return answer;
}

/** Row, path, help and how far: printed above the prompt, so that a scrolled-back terminal reads as a record. */
export function heading(question: WizardQuestion, step: string): string {
  const row = question.row === undefined ? '' : `${question.row} · `;
  return `\n${paint('dim', `${row}${question.path} · ${step}`)}\n${paint('cyan', question.help)}\n`;
}

interface Context {
  readonly answers: unknown;
  readonly catalog: Catalog;
  /** Value the question had before going back to it. */
  readonly previous?: unknown;
}

/** Asks one question until its answer can stand. */
export async function askQuestion(question: WizardQuestion, context: Context): Promise<Reply> {
  switch (question.answer.kind) {
    case 'boolean':
      return askBoolean(question, context);
    case 'choice':
      return askChoice(question, question.answer.values, context);
    case 'choices':
      return askChoices(question, question.answer.values, context);
    default:
      return question.path === 'model.id' || question.path === 'model.hostedId'
        ? askModel(question, context)
        : askText(question, context);
  }
}

function offered(question: WizardQuestion, { previous }: Context): unknown {
  return previous ?? question.default;
}

async function askBoolean(question: WizardQuestion, context: Context): Promise<Reply> {
  const initial = offered(question, context);
  const choices = [{ name: 'yes', value: 'true' }, { name: 'no', value: 'false' }, backChoice];
  const answer = await choose(question.prompt, choices, initial === undefined ? undefined : String(initial));
  if (answer === backText) return { kind: 'back' };
  return checked(question, context, answer === 'true');
}

const openChoice = { name: 'leave open', value: '' } as const;

async function askChoice(question: WizardQuestion, values: readonly string[], context: Context): Promise<Reply> {
  const initial = offered(question, context);
  const open = question.optional && question.default === undefined ? [openChoice] : [];
  const choices = [...values.map((value) => ({ name: value, value })), ...open, backChoice];
  const answer = await choose(question.prompt, choices, initial === undefined ? undefined : String(initial));
  if (answer === backText) return { kind: 'back' };
  return answer === '' ? { kind: 'skip' } : checked(question, context, answer);
}

/** A choice can contradict an earlier answer too: said, and asked again. */
function checked(question: WizardQuestion, context: Context, value: unknown): Reply | Promise<Reply> {
  const problem = problemWith(question, value, context.answers, context.catalog);
  if (problem === undefined) return { kind: 'answer', value };
  process.stdout.write(`${paint('red', problem)}\n`);
  return askQuestion(question, context);
}

async function askChoices(question: WizardQuestion, values: readonly string[], context: Context): Promise<Reply> {
  const prompt = await inquirerPrompt();
  const initial = offered(question, context);
  const set = new Set(Array.isArray(initial) ? initial.map(String) : []);
  const { answer } = await prompt<{ answer: string[] }>([
    {
      type: 'checkbox',
      name: 'answer',
      message: `${question.prompt} (space marks, enter goes on)`,
      choices: [...values.map((value) => ({ name: value, value, checked: set.has(value) })), backChoice],
      pageSize: 12,
      loop: false,
    },
  ]);
  if (answer.includes(backText)) return { kind: 'back' };
  return checked(question, context, answer);
}

async function askModel(question: WizardQuestion, context: Context): Promise<Reply> {
  const prompt = await inquirerPrompt();
  const { catalog } = context;
  const ids =
    question.path === 'model.id'
      ? catalog.models.filter(({ kind }) => kind === 'chat').map(({ id }) => id)
      : catalog.hostedModels.filter(({ mode }) => mode === 'chat').map(({ id }) => id);
  const initial = offered(question, context);
  const { answer } = await prompt<{ answer: string }>([
    {
      type: 'search',
      name: 'answer',
      message: `${question.prompt}${initial === undefined ? '' : ` (was ${String(initial)})`}`,
      source: (term: string | undefined) => [
        ...matches(ids, term),
        ...(question.optional ? [openChoice] : []),
        backChoice,
      ],
      pageSize: 10,
    },
  ]);
  if (answer === backText) return { kind: 'back' };
  return answer === '' ? { kind: 'skip' } : checked(question, context, answer);
}

/** Ids that hold every word typed, else the nearest; a text nobody knows stays a choice: an alias may resolve. */
function matches(ids: readonly string[], term: string | undefined): Choice[] {
  const words = (term ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = ids.filter((id) => words.every((word) => id.toLowerCase().includes(word)));
  const shown = found.length > 0 ? found : nearest(term ?? '', ids);
  const typed = term?.includes('/') && !shown.includes(term) ? [{ name: term, value: term }] : [];
  return [...shown.map((id) => ({ name: id, value: id })), ...typed];
}

async function askText(question: WizardQuestion, context: Context): Promise<Reply> {
  const prompt = await inquirerPrompt();
  const range = rangeOf(question);
  const initial = showValue(question, offered(question, context));
  const open = question.optional && question.default === undefined;
  const notes = [range, open ? 'enter leaves it open' : '', `${backText} goes back`].filter((note) => note !== '');
  const { answer } = await prompt<{ answer: string }>([
    {
      type: 'input',
      name: 'answer',
      message: `${question.prompt} ${paint('dim', `(${notes.join('; ')})`)}`,
      ...(initial !== '' && { default: initial }),
      validate: (typed: string) => {
        const text = typed.trim();
        if (text === backText || (text === '' && open)) return true;
        if (text === '' && question.answer.kind !== 'texts' && question.answer.kind !== 'table')
          return 'An answer is needed here.';
        return problemWith(question, readValue(question, typed), context.answers, context.catalog) ?? true;
      },
    },
  ]);
  if (answer.trim() === backText) return { kind: 'back' };
  if (answer.trim() === '' && open) return { kind: 'skip' };
  return { kind: 'answer', value: readValue(question, answer) };
}

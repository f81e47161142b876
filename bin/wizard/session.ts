import { parsePath, valueAt, withValue } from '../../lib/requirements/path.ts';
import { type PartialAnswers, questions } from '../../lib/requirements/questions.ts';
import { answersSchema } from '../../lib/requirements/schema.ts';
import type { WizardQuestion } from './values.ts';

const nameQuestion: WizardQuestion = {
  path: 'name',
  prompt: 'Name of the platform',
  help: 'Prefix of stacks, cluster and namespaces: lower-case letters, digits and hyphens.',
  answer: { kind: 'text' },
  optional: false,
  required: true,
  schema: answersSchema.shape.name,
  isRelevant: () => true,
};

/** Every question the wizard can ask, in order. Rows of lists are asked as one line; price tables stay in the file. */
export function wizardQuestions(): readonly WizardQuestion[] {
  const asked = questions().filter(
    ({ path, answer }) => !path.includes('[]') && (answer.kind !== 'table' || path === 'infrastructure.owned'),
  );
  // What the load looks like decides which goals make sense, so it comes before them.
  const first = asked.filter(({ path }) => path === 'throughput.pattern');
  return [nameQuestion, ...first, ...asked.filter((question) => !first.includes(question))];
}

/** Where the wizard stands. A value, so that going back and resuming are plain. */
export interface Session {
  readonly answers: unknown;
  /** Paths asked in this order; back takes the last one off. */
  readonly history: readonly string[];
  /** Optional questions that were left open. */
  readonly skipped: readonly string[];
  /** Advanced questions are asked too. */
  readonly advanced: boolean;
}

export function startSession(answers: unknown): Session {
  return { answers, history: [], skipped: [], advanced: false };
}

/** Asked now: relevant, not answered, not skipped; advanced ones only on request. */
export function isOpen(session: Session, question: WizardQuestion): boolean {
  if (question.advanced && !session.advanced) return false;
  if (session.skipped.includes(question.path)) return false;
  if (valueAt(session.answers, parsePath(question.path)) !== undefined) return false;
  return question.isRelevant(session.answers as PartialAnswers);
}

/** Leaves every open question at its default: for answers that are whole already. */
export function skipOpen(session: Session): Session {
  const open = wizardQuestions().filter((question) => isOpen(session, question));
  return { ...session, skipped: [...session.skipped, ...open.map(({ path }) => path)] };
}

/** Opens what was left at its default, advanced questions too. */
export function openSkipped(session: Session): Session {
  return { ...session, skipped: [], advanced: true };
}

export function nextQuestion(session: Session): WizardQuestion | undefined {
  return wizardQuestions().find((question) => isOpen(session, question));
}

/** Questions still open and all that matter so far: «7 of 43». */
export function progressOf(session: Session): { readonly answered: number; readonly total: number } {
  const open = wizardQuestions().filter((question) => isOpen(session, question)).length;
  const answered = session.history.length;
  return { answered, total: answered + open };
}

export function accept(session: Session, question: WizardQuestion, value: unknown): Session {
  const path = parsePath(question.path);
  return {
    ...session,
    answers: withoutIrrelevant(withValue(session.answers, path, value)),
    history: [...session.history.filter((asked) => asked !== question.path), question.path],
    skipped: session.skipped.filter((skipped) => skipped !== question.path),
  };
}

export function skip(session: Session, question: WizardQuestion): Session {
  return {
    ...session,
    history: [...session.history, question.path],
    skipped: [...session.skipped, question.path],
  };
}

/** Opens the question asked before this one again; nothing happens at the first. */
export function back(session: Session): { readonly session: Session; readonly previous: unknown } {
  const last = session.history.at(-1);
  if (last === undefined) return { session, previous: undefined };
  return { session: reopen(session, last), previous: valueAt(session.answers, parsePath(last)) };
}

/** Takes one answer out again, so that it is asked. */
export function reopen(session: Session, path: string): Session {
  return {
    ...session,
    answers: withValue(session.answers, parsePath(path), undefined),
    history: session.history.filter((asked) => asked !== path),
    skipped: session.skipped.filter((skipped) => skipped !== path),
  };
}

/** Answers that stopped mattering when another changed go: the streamed goals of an answer that no longer streams. */
function withoutIrrelevant(answers: unknown): unknown {
  let kept = answers;
  for (const question of wizardQuestions()) {
    const path = parsePath(question.path);
    if (valueAt(kept, path) === undefined || question.isRelevant(kept as PartialAnswers)) continue;
    kept = withValue(kept, path, undefined);
  }
  return dropEmpty(kept);
}

/** `ttftMs: {}` is no answer. */
function dropEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, dropEmpty(inner)] as const)
    .filter(
      ([, inner]) =>
        typeof inner !== 'object' || inner === null || Array.isArray(inner) || Object.keys(inner).length > 0,
    );
  return Object.fromEntries(entries);
}

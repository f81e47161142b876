import type { Catalog } from '../../lib/catalog/catalog.ts';
import { makePlan } from '../../lib/make-plan.ts';
import type { Reason } from '../../lib/outcome.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { parseRequirements } from '../../lib/requirements/parse.ts';
import { parsePath, valueAt } from '../../lib/requirements/path.ts';
import { paint } from '../output.ts';
import { printPlan } from '../print-plan.ts';
import { saveDraft } from './draft.ts';
import { type LiveEstimate, liveEstimate } from './live.ts';
import { askQuestion, choose, heading } from './prompts.ts';
import {
  accept,
  back,
  isOpen,
  nextQuestion,
  openSkipped,
  progressOf,
  reopen,
  type Session,
  skip,
  skipOpen,
  wizardQuestions,
} from './session.ts';
import { showValue, type WizardQuestion } from './values.ts';

/** How the wizard ended: answers to write, with the project or alone, or a draft to go on with. */
export type Ending =
  | { readonly kind: 'generate' | 'answers'; readonly answers: unknown; readonly plan: Plan | undefined }
  | { readonly kind: 'later' };

interface Wizard {
  readonly target: string | undefined;
  readonly catalog: Catalog;
  readonly live: LiveEstimate;
}

/** Asks what is open, shows the review, and returns what the user wants done. Each answer is saved as it is given. */
export async function runWizard(target: string | undefined, start: Session, catalog: Catalog): Promise<Ending> {
  const wizard: Wizard = { target, catalog, live: liveEstimate() };
  try {
    // Whole answers from a preset or a file go to the review; what they leave at a default stays there.
    let session = parseRequirements(start.answers, catalog).ok ? skipOpen(start) : start;
    save(wizard, session);
    for (;;) {
      session = await askOpenQuestions(wizard, session);
      const outcome = await review(wizard, session);
      if (outcome.kind !== 'change') return outcome.ending;
      session = outcome.session;
    }
  } finally {
    await wizard.live.stop();
  }
}

function save({ target, live }: Wizard, session: Session): Session {
  saveDraft({ target, session });
  live.update(session.answers);
  return session;
}

async function askOpenQuestions(wizard: Wizard, start: Session): Promise<Session> {
  let session = start;
  let previous: unknown;
  let again: string | undefined;
  for (;;) {
    const question = again === undefined ? nextQuestion(session) : wizardQuestions().find(({ path }) => path === again);
    if (!question) return session;
    const figure = wizard.live.take();
    if (figure !== undefined) process.stdout.write(`\n${paint('green', `so far: ${figure}`)}\n`);
    const { answered, total } = progressOf(session);
    process.stdout.write(heading(question, `${answered + 1} of ${total}`));
    const reply = await askQuestion(question, { answers: session.answers, catalog: wizard.catalog, previous });
    previous = undefined;
    again = undefined;
    if (reply.kind === 'back') {
      again = session.history.at(-1);
      if (again === undefined) process.stdout.write('This is the first question.\n');
      ({ session, previous } = back(session));
    } else {
      session = save(wizard, reply.kind === 'skip' ? skip(session, question) : accept(session, question, reply.value));
    }
  }
}

type ReviewOutcome =
  | { readonly kind: 'change'; readonly session: Session }
  | { readonly kind: 'end'; readonly ending: Ending };

/** Decisions, GPUs, predicted percentiles and cost, before anything is written; wrong answers go back to be asked. */
async function review(wizard: Wizard, session: Session): Promise<ReviewOutcome> {
  const planned = makePlan(session.answers, wizard.catalog);
  process.stdout.write(`\n${paint('bold', 'Review')}: nothing is written yet.\n`);
  if (planned.ok) process.stdout.write(printPlan(planned.value));
  else process.stdout.write(printReasons(planned.kind, planned.reasons));

  if (!planned.ok && planned.kind === 'invalid') {
    const reopened = reopenWrong(session, planned.reasons);
    if (reopened) return { kind: 'change', session: save(wizard, reopened) };
  }
  const answer = await choose('What now?', [
    ...(planned.ok ? [{ name: 'Write the answers and generate the project', value: 'generate' }] : []),
    { name: planned.ok ? 'Write the answers only' : 'Write the answers as they are', value: 'answers' },
    { name: 'Change an answer', value: 'change' },
    { name: 'Answer the questions left at their defaults', value: 'advanced' },
    { name: 'Stop here and keep the draft', value: 'later' },
  ]);
  switch (answer) {
    case 'change':
      return { kind: 'change', session: await changeOne(wizard, session) };
    case 'advanced':
      return { kind: 'change', session: save(wizard, openSkipped(session)) };
    case 'generate':
    case 'answers':
      return {
        kind: 'end',
        ending: { kind: answer, answers: session.answers, plan: planned.ok ? planned.value : undefined },
      };
    default:
      saveDraft({ target: wizard.target, session });
      return { kind: 'end', ending: { kind: 'later' } };
  }
}

function printReasons(kind: 'invalid' | 'infeasible', reasons: readonly Reason[]): string {
  const title = kind === 'invalid' ? 'These answers do not fit together yet:' : 'Nothing can meet these answers:';
  const lines = reasons.map(
    ({ path, asked, found, change }) => `  ${paint('bold', path)}: asked ${asked}; found ${found}. ${change}`,
  );
  return `${paint('yellow', title)}\n${lines.join('\n')}\n`;
}

/** Every question that a reason names is asked again; undefined where none can be found. */
function reopenWrong(session: Session, reasons: readonly Reason[]): Session | undefined {
  let reopened = session;
  let found = false;
  for (const { path } of reasons) {
    for (const question of wizardQuestions()) {
      const plain = path.replace(/\[\d+\].*$/, '');
      if (question.path !== plain && !question.path.startsWith(`${plain}.`)) continue;
      found = true;
      reopened = { ...reopen(reopened, question.path), advanced: reopened.advanced || question.advanced === true };
    }
  }
  return found && wizardQuestions().some((question) => isOpen(reopened, question)) ? reopened : undefined;
}

async function changeOne(wizard: Wizard, session: Session): Promise<Session> {
  const answered = wizardQuestions().filter(({ path }) => valueAt(session.answers, parsePath(path)) !== undefined);
  const named = (question: WizardQuestion) => showValue(question, valueAt(session.answers, parsePath(question.path)));
  const path = await choose(
    'Which answer?',
    answered.map((question) => ({ name: `${question.prompt}: ${named(question)}`, value: question.path })),
  );
  const question = answered.find((candidate) => candidate.path === path);
  if (!question) return session;
  const previous = valueAt(session.answers, parsePath(path));
  process.stdout.write(heading(question, 'change'));
  const reply = await askQuestion(question, {
    answers: reopen(session, path).answers,
    catalog: wizard.catalog,
    previous,
  });
  if (reply.kind === 'back') return session;
  return save(
    wizard,
    reply.kind === 'skip' ? skip(reopen(session, path), question) : accept(session, question, reply.value),
  );
}

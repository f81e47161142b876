import { existsSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { invalid, type Outcome, ok } from '../../lib/outcome.ts';
import { readAnswersFile, writeAtomically } from '../answers-file.ts';
import type { Session } from './session.ts';

const fileName = '.groundplan-draft.yaml';

/** Answers so far, on disk: what Ctrl-C must not lose. */
export interface Draft {
  /** Target the answers are for, as it was given; absent: a folder by the platform's name. */
  readonly target?: string | undefined;
  readonly session: Session;
}

/** Beside the target, so that two platforms in two folders do not meet. */
export function draftPath(target: string | undefined): string {
  return target === undefined ? resolve(fileName) : join(dirname(resolve(target)), fileName);
}

export function saveDraft({ target, session }: Draft): void {
  const path = draftPath(target);
  const text = stringify({
    ...(target !== undefined && { target: relative(dirname(path), resolve(target)) }),
    advanced: session.advanced,
    history: session.history,
    skipped: session.skipped,
    answers: session.answers,
  });
  writeAtomically(path, `# Answers of an unfinished «groundplan new»; go on with: groundplan new --resume\n${text}`);
}

export function hasDraft(target: string | undefined): boolean {
  return existsSync(draftPath(target));
}

export function dropDraft(target: string | undefined): void {
  rmSync(draftPath(target), { force: true });
}

const texts = (value: unknown) => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);

/** The draft beside a target, or in the working folder when none is named. */
export function loadDraft(target: string | undefined): Outcome<Draft> {
  const path = draftPath(target);
  if (!existsSync(path)) {
    return invalid([
      { path: '--resume', asked: `a draft at ${path}`, found: 'none', change: 'Start with `groundplan new <folder>`.' },
    ]);
  }
  const read = readAnswersFile(path);
  if (!read.ok) return read;
  const draft = read.value.value as Readonly<Record<string, unknown>> | null;
  if (typeof draft !== 'object' || draft === null || typeof draft.answers !== 'object') {
    return invalid([
      { path, asked: 'a draft of the wizard', found: 'something else', change: 'Remove the file and start again.' },
    ]);
  }
  return ok({
    target: target ?? (typeof draft.target === 'string' ? join(dirname(path), draft.target) : undefined),
    session: {
      answers: draft.answers ?? {},
      history: texts(draft.history),
      skipped: texts(draft.skipped),
      advanced: draft.advanced === true,
    },
  });
}

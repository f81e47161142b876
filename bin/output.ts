import { styleText } from 'node:util';
import { type Failure, invalid, type Reason } from '../lib/outcome.ts';

/** What the shell sees. */
export const exitCodes = { done: 0, bug: 1, wrongAnswers: 2, infeasible: 3 } as const;

type Style = Parameters<typeof styleText>[0];

/** Colour on a terminal only; `NO_COLOR` and `CI` are respected. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const plain = !stream.isTTY || process.env['NO_COLOR'] !== undefined || process.env['CI'] !== undefined;
  return plain ? text : styleText(style, text, { validateStream: false });
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Progress and remarks: to standard error and only on a terminal, so that a pipe stays clean. */
export function progress(text: string): void {
  if (process.stderr.isTTY && process.env['CI'] === undefined)
    process.stderr.write(`${paint('dim', text, process.stderr)}\n`);
}

function block(reason: Reason): string {
  const lines = [
    `  ${paint('bold', reason.path, process.stderr)}`,
    `    asked   ${reason.asked}`,
    `    found   ${reason.found}`,
    `    change  ${reason.change}`,
  ];
  return lines.join('\n');
}

/** A failure that may say what needs the change; the answers do where it says nothing. */
export type Refusal = Failure & { readonly subject?: 'The command needs' | 'The disk needs' };

/** What was typed on the command line is wrong, not the answers. */
export function wrongCommand(first: Reason, ...others: readonly Reason[]): Refusal {
  return { ...invalid([first, ...others]), subject: 'The command needs' };
}

/** Prints why there is no value, all reasons at once, and sets the exit code: 2 wrong answers, 3 infeasible. */
export function reportFailure(outcome: Refusal, json: boolean): void {
  process.exitCode = outcome.kind === 'invalid' ? exitCodes.wrongAnswers : exitCodes.infeasible;
  if (json) {
    printJson({ ok: false, kind: outcome.kind, reasons: outcome.reasons });
    return;
  }
  const { subject = 'The answers need' } = outcome;
  const count = outcome.reasons.length;
  const title =
    outcome.kind === 'invalid'
      ? `${subject} ${count === 1 ? 'one change' : `${count} changes`}:`
      : `Nothing can meet these answers. ${count === 1 ? 'The limit' : 'The limits'}, and the nearest change that would:`;
  process.stderr.write(`${paint('red', title, process.stderr)}\n${outcome.reasons.map(block).join('\n')}\n`);
}

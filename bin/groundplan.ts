#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { commands } from './commands/index.ts';
import { diskFault } from './disk.ts';
import { exitCodes, reportFailure } from './output.ts';

const program = new Command('groundplan')
  .description('Answers about an LLM platform in; sized, priced and explained infrastructure code out.')
  .version('0.1.0', '-V, --version', 'print the version')
  .helpCommand(false)
  .showSuggestionAfterError()
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  groundplan new my-platform                     ask the questions, then write the project
  groundplan new my-platform --preset support-chat-rag
  groundplan plan my-platform/groundplan.yaml    decisions, sizing, predicted percentiles, cost
  groundplan generate my-platform/groundplan.yaml
  groundplan explain D7 --plan my-platform/plan.json

Exit codes: 0 done · 1 our bug · 2 the answers are wrong · 3 the answers are fine and nothing can meet them`,
  );

/** Only the command that was asked for is loaded: help and version answer without zod, handlebars or a CDK. */
async function main(argv: readonly string[]): Promise<void> {
  const asked = argv.find((argument) => !argument.startsWith('-'));
  for (const { name, summary, load } of commands) {
    const command = program.command(name).description(summary).exitOverride();
    if (name === asked) (await load()).configure(command);
    else command.allowUnknownOption().allowExcessArguments();
  }
  if (argv.length === 0) program.help();
  await program.parseAsync([...argv], { from: 'user' });
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away (`groundplan … | head`): that is the end, not a failure.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  const fault = diskFault(error);
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.wrongAnswers;
  } else if (fault) {
    reportFailure(fault, process.argv.includes('--json'), 'The disk needs');
  } else {
    process.exitCode = exitCodes.bug;
    console.error(error instanceof Error ? error.stack : error);
    console.error('\nThis is a bug in Groundplan. Please report it with the answers file that caused it.');
  }
}

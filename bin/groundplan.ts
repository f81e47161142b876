#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { commands } from './commands/index.ts';
import { diskFault } from './disk.ts';
import { exitCodes, reportFailure, wrongCommand } from './output.ts';

const json = process.argv.includes('--json');

const program = new Command('groundplan')
  .description('Answers about an LLM platform in; sized, priced and explained infrastructure code out.')
  .version('0.1.0', '-V, --version', 'print the version')
  .helpCommand(false)
  .showSuggestionAfterError()
  .exitOverride()
  // Whoever asked for JSON reads one refusal, on one stream.
  .configureOutput(json ? { outputError: () => {} } : {})
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

/** What commander refused, as any other refusal: its first line says what, a second one may say what was meant. */
function commandRefused({ code, message }: CommanderError) {
  const [found = '', ...hints] = message.replace(/^error: /, '').split('\n');
  const [, path = 'command line'] = /'([^']+)'/.exec(found) ?? [];
  const asked = asks[code] ?? 'a command line that `groundplan --help` describes';
  const change = hints.join(' ').replaceAll(/[()]/g, '') || `See \`${commandLine()} --help\`.`;
  return wrongCommand({ path, asked, found, change });
}

const asks: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'a command it has',
  'commander.unknownOption': 'an option the command has',
  'commander.missingArgument': 'every argument of the command',
  'commander.missingMandatoryOptionValue': 'every option the command must have',
  'commander.optionMissingArgument': 'a value after the option',
  'commander.excessArguments': 'no more arguments than the command has',
};

/** The command whose help tells more. */
function commandLine(): string {
  const name = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
  return commands.some((command) => command.name === name) ? `groundplan ${name}` : 'groundplan';
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
    if (json && error.exitCode !== 0) reportFailure(commandRefused(error), json);
  } else if (fault) {
    reportFailure(fault, json);
  } else {
    process.exitCode = exitCodes.bug;
    console.error(error instanceof Error ? error.stack : error);
    console.error('\nThis is a bug in Groundplan. Please report it with the answers file that caused it.');
  }
}

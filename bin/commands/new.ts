import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { type PresetId, presets } from '../../blueprints/presets/index.ts';
import { type Outcome, ok } from '../../lib/outcome.ts';
import { currentVersion, migrateAnswers } from '../../lib/requirements/migrations.ts';
import { parseRequirements } from '../../lib/requirements/parse.ts';
import { valueAt, withValue } from '../../lib/requirements/path.ts';
import { answersPath, answersText, nameFromTarget, readAnswersFile, writeAnswers } from '../answers-file.ts';
import { paint, printJson, reportFailure, wrongCommand } from '../output.ts';
import { addSourceOptions, changed, changesOf, type PlanSource, readSource } from '../planning.ts';
import { type Draft, draftPath, dropDraft, hasDraft, loadDraft } from '../wizard/draft.ts';
import { choose } from '../wizard/prompts.ts';
import { startSession } from '../wizard/session.ts';
import { runWizard } from '../wizard/wizard.ts';

interface Options {
  readonly preset?: string;
  readonly answers?: string;
  readonly set: readonly string[];
  readonly resume?: boolean;
  readonly json?: boolean;
}

const shown = (path: string) => relative(process.cwd(), path) || '.';

/** Both ends are a person's; in a pipeline nothing is asked. */
function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.CI === undefined;
}

/** Answers that flags, a preset or a file gave before the first question. */
function preAnswered(options: Options): Outcome<unknown> {
  const source: PlanSource = {
    ...(options.answers !== undefined && { answers: options.answers }),
    ...(options.preset !== undefined && { preset: options.preset }),
    set: options.set,
  };
  if (source.answers === undefined && source.preset === undefined) {
    const changes = changesOf(options.set);
    return changes.ok ? ok(changed({}, changes.value)) : changes;
  }
  const read = readSource(source);
  return read.ok ? ok(read.value.value) : read;
}

/** Version, name and preset are facts of the file, not questions; a preset's own name gives way to the target's. */
function complete(given: unknown, target: string | undefined, preset: string | undefined, named: boolean): unknown {
  const migrated = migrateAnswers(
    withValue(given, ['schemaVersion'], valueAt(given, ['schemaVersion']) ?? currentVersion),
  );
  const answers = migrated.ok ? migrated.value : given;
  let whole = withValue({}, ['schemaVersion'], valueAt(answers, ['schemaVersion']));
  const fromTarget = target === undefined ? undefined : nameFromTarget(target);
  const own = valueAt(answers, ['name']);
  const name = preset !== undefined && !named ? (fromTarget ?? own) : (own ?? fromTarget);
  if (name !== undefined) whole = withValue(whole, ['name'], name);
  for (const [key, value] of Object.entries((answers ?? {}) as object)) {
    if (key !== 'schemaVersion' && key !== 'name') whole = withValue(whole, [key], value);
  }
  return whole;
}

async function write(target: string, answers: unknown, generate: boolean, options: Options): Promise<void> {
  const from = options.answers === undefined || options.answers === '-' ? undefined : readAnswersFile(options.answers);
  const path = writeAnswers(target, answersText(target, answers, from?.ok ? from.value : undefined));
  dropDraft(target);
  if (!generate) {
    if (options.json) printJson({ ok: true, answers: path });
    else process.stdout.write(`wrote ${shown(path)}\nnext: groundplan plan ${shown(path)}\n`);
    return;
  }
  if (!options.json) process.stdout.write(`wrote ${shown(path)}\n`);
  const command = new Command('generate');
  (await import('./generate.ts')).configure(command);
  await command.parseAsync([path, '--out', dirname(path), ...(options.json ? ['--json'] : [])], { from: 'user' });
}

/** Without a terminal: whole answers are written, missing ones are named, all of them. */
async function withoutTerminal(target: string | undefined, answers: unknown, options: Options): Promise<void> {
  const place = target ?? (valueAt(answers, ['name']) as string | undefined);
  const parsed = parseRequirements(answers, loadCatalog(products));
  if (!parsed.ok) return reportFailure(parsed, options.json === true);
  if (place === undefined)
    return reportFailure(
      wrongCommand({
        path: 'folder',
        asked: 'where to write',
        found: 'nothing',
        change: 'Name a folder or a file.',
      }),
      options.json === true,
    );
  if (existsSync(answersPath(place))) return reportFailure(alreadyThere(answersPath(place)), options.json === true);
  await write(place, answers, !/\.(ya?ml|json)$/.test(place), options);
}

function alreadyThere(path: string) {
  const reason = {
    path: shown(path),
    asked: 'a new answers file',
    found: 'one that exists',
    change: `Edit it and run groundplan generate ${shown(path)}, or name another folder.`,
  };
  return wrongCommand(reason);
}

/** The first choice: a real situation to start from, or nothing. */
async function chooseStart(): Promise<unknown> {
  const choices = Object.entries(presets).map(([value, { title, description }]) => ({
    name: title,
    value,
    description,
  }));
  const answer = await choose('Start from', [
    {
      name: 'nothing: answer every question',
      value: '',
      description: 'Only what earlier answers make relevant is asked.',
    },
    ...choices,
  ]);
  return answer === '' ? {} : presets[answer as PresetId].answers;
}

async function begin(target: string | undefined, options: Options): Promise<Outcome<Draft>> {
  if (options.resume) return loadDraft(target);
  if (hasDraft(target)) {
    const path = shown(draftPath(target));
    const answer = await choose(`There is a draft at ${path}.`, [
      { name: 'Go on with it', value: 'resume' },
      { name: 'Start again', value: 'fresh' },
    ]);
    if (answer === 'resume') return loadDraft(target);
  }
  const given = preAnswered(options);
  if (!given.ok) return given;
  const nothing = options.preset === undefined && options.answers === undefined && options.set.length === 0;
  const start = nothing ? await chooseStart() : given.value;
  const preset = valueAt(start, ['preset']);
  const named = options.set.some((pair) => pair.startsWith('name='));
  const answers = complete(start, target, typeof preset === 'string' ? preset : undefined, named);
  return ok({ target, session: startSession(answers) });
}

async function withTerminal(target: string | undefined, options: Options) {
  const start = await begin(target, options);
  if (!start.ok) return reportFailure(start, options.json === true);
  const { target: given, session } = start.value;
  if (given !== undefined && existsSync(answersPath(given)))
    return reportFailure(alreadyThere(answersPath(given)), options.json === true);
  const goal = given === undefined ? 'a new platform' : paint('bold', shown(answersPath(given)));
  process.stdout.write(`Answers for ${goal}; Ctrl-C keeps them in ${shown(draftPath(given))}.\n`);
  const ending = await runWizard(given, session, loadCatalog(products));
  if (ending.kind === 'later') {
    process.stdout.write(`Kept. Go on with: ${resumeCommand(given)}\n`);
    return;
  }
  const place = given ?? String(valueAt(ending.answers, ['name']));
  if (existsSync(answersPath(place))) return reportFailure(alreadyThere(answersPath(place)), options.json === true);
  await write(place, ending.answers, ending.kind === 'generate', options);
  dropDraft(given);
}

function resumeCommand(target: string | undefined): string {
  return `groundplan new ${target === undefined ? '' : `${shown(resolve(target))} `}--resume`;
}

export function configure(command: Command): void {
  addSourceOptions(command.argument('[target]', 'folder of the platform, or an answers file to write'))
    .option('--answers <file>', 'take answers from a file; only open questions are asked')
    .option('--resume', 'go on with the draft of an interrupted run')
    .option('--json', 'print what was written, or what is missing, as JSON')
    .addHelpText(
      'after',
      `
Without a terminal nothing is asked: whole answers are written, missing ones are named (exit 2).

Examples:
  groundplan new my-platform
  groundplan new my-platform --preset support-chat-rag
  groundplan new my-platform --preset homelab --set model.id=Qwen/Qwen3-14B
  groundplan new --resume`,
    )
    .action(async (target: string | undefined, options: Options) => {
      if (!isInteractive()) {
        const given = options.resume ? draftAnswers(target) : preAnswered(options);
        if (!given.ok) return reportFailure(given, options.json === true);
        const named = options.set.some((pair) => pair.startsWith('name='));
        return withoutTerminal(target, complete(given.value, target, options.preset, named), options);
      }
      try {
        await withTerminal(target, options);
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
        process.stdout.write(
          `\nStopped. Answers so far are in ${shown(draftPath(target))}: ${resumeCommand(target)}\n`,
        );
        process.exitCode = 130;
      }
    });
}

function draftAnswers(target: string | undefined): Outcome<unknown> {
  const draft = loadDraft(target);
  return draft.ok ? ok(draft.value.session.answers) : draft;
}

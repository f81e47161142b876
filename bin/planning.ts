import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { parse, stringify } from 'yaml';
import { loadCatalog } from '../blueprints/catalog.ts';
import { products } from '../blueprints/index.ts';
import { type PresetId, presets } from '../blueprints/presets/index.ts';
import type { Catalog } from '../lib/catalog/catalog.ts';
import { makePlan } from '../lib/make-plan.ts';
import { type Outcome, ok } from '../lib/outcome.ts';
import type { Plan } from '../lib/plan/plan.ts';
import { schemaHeader } from '../lib/requirements/json-schema.ts';
import { parsePath, valueAt, withValue } from '../lib/requirements/path.ts';
import { readAnswersText, rewriteAnswers } from '../lib/requirements/text.ts';
import { attach } from './attachments.ts';
import { readCalibrations } from './calibration-file.ts';
import { readFault } from './disk.ts';
import { wrongCommand } from './output.ts';

/** Where the answers come from: a file, a preset, or a preset with some answers replaced. */
export interface PlanSource {
  /** A path; `-` is standard input. */
  readonly answers?: string;
  readonly preset?: string;
  /** `path=value`, the value in YAML. */
  readonly set?: readonly string[];
}

export interface Planned {
  readonly plan: Plan;
  readonly answersText: string;
  readonly catalog: Catalog;
}

/** The options every command shares that starts from answers. */
export function addSourceOptions(command: Command): Command {
  return command
    .option('--preset <id>', `start from a preset: ${Object.keys(presets).join(', ')}`)
    .option(
      '--set <path=value>',
      'replace one answer; may be repeated',
      (value: string, all: string[]) => [...all, value],
      [],
    );
}

function refuse(path: string, asked: string, found: string, change: string): Outcome<never> {
  return wrongCommand({ path, asked, found, change });
}

/** The text of a preset as a user would have written it. */
function presetText(id: string): Outcome<string> {
  const preset = Object.hasOwn(presets, id) ? presets[id as PresetId] : undefined;
  if (!preset)
    return refuse('--preset', 'a preset', JSON.stringify(id), `Choose one of ${Object.keys(presets).join(', ')}.`);
  return ok(
    `${schemaHeader}\n# ${preset.title}: ${preset.description}\n${stringify(preset.answers, { lineWidth: 120 })}`,
  );
}

function readBytes(path: string): Outcome<Uint8Array> {
  try {
    return ok(readFileSync(path === '-' ? 0 : path));
  } catch (error) {
    const found = readFault(error);
    return refuse(path, 'a readable answers file', found, 'Check the path, or start from a preset with --preset.');
  }
}

interface Change {
  readonly path: (string | number)[];
  readonly value: unknown;
}

/** The pairs of `--set`, each with its path and its value read as YAML. */
export function changesOf(set: readonly string[]): Outcome<readonly Change[]> {
  const changes: Change[] = [];
  for (const text of set) {
    const at = text.indexOf('=');
    if (at < 1) return refuse('--set', 'path=value', text, 'Write for example --set latency.ttftMs.p95=300.');
    try {
      changes.push({ path: parsePath(text.slice(0, at)), value: parse(text.slice(at + 1)) as unknown });
    } catch {
      return refuse('--set', 'a value in YAML', text, 'Quote what has special characters, like --set \'name="a b"\'.');
    }
  }
  return ok(changes);
}

export function changed(answers: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((before, { path, value }) => withValue(before, path, value), answers);
}

/** Text and value of the answers, with `--set` applied; attachments (trace, config.json) are not read yet. */
export function readSource(source: PlanSource): Outcome<{ readonly text: string; readonly value: unknown }> {
  if (source.answers === undefined && source.preset === undefined)
    return refuse(
      'answers',
      'an answers file or --preset',
      'neither',
      'Write `groundplan plan groundplan.yaml` or add --preset.',
    );
  if (source.answers !== undefined && source.preset !== undefined)
    return refuse('answers', 'one source of answers', 'a file and a preset', 'Leave one of the two out.');
  const bytes =
    source.preset !== undefined
      ? encode(presetText(source.preset))
      : readBytes(source.answers === '-' ? '-' : (source.answers ?? ''));
  if (!bytes.ok) return bytes;
  const read = readAnswersText(bytes.value, source.answers ?? `preset ${source.preset}`);
  if (!read.ok) return read;
  const changes = changesOf(source.set ?? []);
  if (!changes.ok) return changes;
  if (changes.value.length === 0) return ok(read.value);
  const value = changed(read.value.value, changes.value);
  const merged = changes.value.map(({ path }) => ({ path, value: valueAt(value, path) }));
  return ok({ text: rewriteAnswers(read.value, merged), value });
}

function encode(text: Outcome<string>): Outcome<Uint8Array> {
  return text.ok ? ok(new TextEncoder().encode(text.value)) : text;
}

/** Answers from their source to the plan: what each command starts from. */
export function planFrom(source: PlanSource): Outcome<Planned> {
  const answers = readSource(source);
  if (!answers.ok) return answers;
  const folder =
    source.answers !== undefined && source.answers !== '-' ? dirname(resolve(source.answers)) : process.cwd();
  const attached = attach(answers.value.value, folder, loadCatalog(products));
  if (!attached.ok) return attached;
  const calibrations = readCalibrations(folder);
  if (!calibrations.ok) return calibrations;
  const catalog: Catalog = { ...attached.value.catalog, calibrations: calibrations.value };
  const plan = makePlan(attached.value.answers, catalog);
  if (!plan.ok) return plan;
  return ok({
    plan: plan.value,
    answersText: answers.value.text,
    catalog,
  });
}

import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import type { Catalog } from '../lib/catalog/catalog.ts';
import { modelFromConfig } from '../lib/catalog/model-config.ts';
import { invalid, type Outcome, ok } from '../lib/outcome.ts';
import { valueAt, withValue } from '../lib/requirements/path.ts';
import { lengthsOf, readTrace } from '../lib/requirements/trace.ts';
import { readFault } from './disk.ts';

const mostBytes = 200 * 2 ** 20;

/** Text of a file the answers name; it must lie beneath the folder of the answers. */
function readBeside(path: string, name: string, folder: string): Outcome<string> {
  const full = resolve(folder, name);
  const refuse = (found: string) =>
    invalid([{ path, asked: `a text file beside the answers`, found, change: `Put the file beneath ${folder}.` }]);
  if (!full.startsWith(folder + sep)) return refuse(`${name}, which lies elsewhere`);
  try {
    if (statSync(full).size > mostBytes) return refuse(`more than ${mostBytes / 2 ** 20} MiB`);
    return ok(readFileSync(full, 'utf8'));
  } catch (error) {
    return refuse(readFault(error));
  }
}

export interface Attached {
  readonly answers: unknown;
  readonly catalog: Catalog;
}

/**
 * Files the answers name become values, since the planner reads no disk: a trace becomes token lengths (Q2), a
 * config.json becomes a model of the catalogue (Q3).
 */
export function attach(answers: unknown, folder: string, catalog: Catalog): Outcome<Attached> {
  const traced = attachTrace(answers, folder);
  if (!traced.ok) return traced;
  return attachModel(traced.value, folder, catalog);
}

function attachTrace(answers: unknown, folder: string): Outcome<unknown> {
  const name = valueAt(answers, ['throughput', 'traceFile']);
  if (typeof name !== 'string' || valueAt(answers, ['throughput', 'inputTokens']) !== undefined) return ok(answers);
  const text = readBeside('throughput.traceFile', name, folder);
  if (!text.ok) return text;
  const trace = readTrace(text.value, name);
  if (!trace.ok) return trace;
  const withInput = withValue(answers, ['throughput', 'inputTokens'], lengthsOf(trace.value.inputTokens));
  const withBoth = withValue(withInput, ['throughput', 'outputTokens'], lengthsOf(trace.value.outputTokens));
  return ok(withValue(withBoth, ['throughput', 'traceFile'], undefined));
}

function attachModel(answers: unknown, folder: string, catalog: Catalog): Outcome<Attached> {
  const name = valueAt(answers, ['model', 'configFile']);
  if (typeof name !== 'string' || valueAt(answers, ['model', 'id']) !== undefined) return ok({ answers, catalog });
  const text = readBeside('model.configFile', name, folder);
  if (!text.ok) return text;
  let config: unknown;
  try {
    config = JSON.parse(text.value);
  } catch {
    return invalid([
      {
        path: 'model.configFile',
        asked: 'a config.json',
        found: 'text that is not JSON',
        change: 'Copy it from the model’s repository.',
      },
    ]);
  }
  const id = `own/${basename(dirname(resolve(folder, name)))}`;
  const model = modelFromConfig(config, {
    id,
    source: { ref: `answers:model.configFile=${name}`, date: catalog.date },
  });
  if (!model.ok) return model;
  return ok({
    answers: withValue(withValue(answers, ['model', 'id'], id), ['model', 'configFile'], undefined),
    catalog: { ...catalog, models: [...catalog.models, model.value] },
  });
}

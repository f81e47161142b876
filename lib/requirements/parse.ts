import type { Catalog } from '../catalog/catalog.ts';
import { lookUpGpu } from '../catalog/find.ts';
import { invalid, type Outcome, ok, type Reason } from '../outcome.ts';
import { inspect } from './inspect.ts';
import { quote, reasonsOf } from './issues.ts';
import { migrateAnswers } from './migrations.ts';
import { formatPath, valueAt } from './path.ts';
import { type AskedQuestion, keysAt, questionAt, requiredWithin } from './questions.ts';
import type { SoundSections } from './rules/rule.ts';
import { brokenRules } from './rules.ts';
import { answersSchema, type Requirements } from './schema.ts';
import { secretIn } from './secrets.ts';

/**
 * Answers in, requirements out: older versions migrated, defaults applied, every rule between answers held. All
 * problems come at once, each with its path; nothing a user wrote can make it throw.
 *
 * @param catalog - without it ids of models, GPUs, regions and instance types are not looked up
 */
export function parseRequirements(answers: unknown, catalog?: Catalog): Outcome<Requirements> {
  if (typeof answers !== 'object' || answers === null || Array.isArray(answers)) {
    return invalid([
      {
        path: 'answers',
        asked: 'a mapping with the sections of `groundplan schema`',
        found: quote(answers, 'answers'),
        change: 'Start from a preset: `groundplan new --preset support-chat-rag`.',
      },
    ]);
  }
  const refused = inspect(answers);
  // A structure that is not plain data cannot be read further; a secret can.
  const [unsafe, ...others] = refused.filter(({ asked }) => !asked.endsWith('(V5)'));
  if (unsafe) return invalid([unsafe, ...others, ...refused.filter(({ asked }) => asked.endsWith('(V5)'))]);

  const migrated = migrateAnswers(answers);
  const current = migrated.ok ? migrated.value : answers;
  const parsed = answersSchema.safeParse(current);
  const reasons: Reason[] = [...refused];
  if (!migrated.ok) reasons.push(...migrated.reasons);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = formatPath(issue.path);
      if (path === 'schemaVersion') continue;
      const within = valueAt(current, issue.path) === undefined ? requiredWithin(path) : [];
      if (within.length > 0) {
        reasons.push(...within.map(unanswered));
        continue;
      }
      reasons.push(...reasonsOf(issue, current, questionAt, keysAt));
    }
  }
  reasons.push(...brokenRules(parsed.success ? parsed.data : soundSections(current), catalog));
  const [first, ...rest] = oncePerPath(reasons).map(withoutSecrets);
  if (first) return invalid([first, ...rest]);
  if (!parsed.success) throw new Error('the schema refused the answers without an issue');
  return ok(catalog ? withCatalogNames(parsed.data, catalog) : parsed.data);
}

/** GPUs by the ids the rest of the planner compares, whatever alias was written. */
function withCatalogNames(requirements: Requirements, catalog: Catalog): Requirements {
  const { infrastructure } = requirements;
  const idOf = (gpu: string) => lookUpGpu(catalog.gpus, gpu)?.id ?? gpu;
  const { allow, quota } = infrastructure.gpu;
  return {
    ...requirements,
    infrastructure: {
      ...infrastructure,
      gpu: {
        ...(allow && { allow: allow.map(idOf) }),
        ...(quota && { quota: Object.fromEntries(Object.entries(quota).map(([gpu, count]) => [idOf(gpu), count])) }),
      },
      owned: infrastructure.owned.map((machine) => ({ ...machine, gpu: idOf(machine.gpu) })),
    },
  };
}

/** A whole section is missing: each answer it must hold is named, not the mapping. */
function unanswered(question: AskedQuestion): Reason {
  const unit = question.unit === undefined ? '' : ` (${question.unit})`;
  return {
    path: question.path,
    asked: `an answer: ${question.prompt}${unit}`,
    found: 'nothing',
    change: question.help,
  };
}

/** The sections that parse on their own. */
function soundSections(answers: unknown): SoundSections {
  const sound: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(answersSchema.shape)) {
    const section = schema.safeParse((answers as Readonly<Record<string, unknown>>)[name]);
    if (section.success && section.data !== undefined) sound[name] = section.data;
  }
  return sound as SoundSections;
}

/** A rule may quote a key or a value; none of them may show a secret (V5). */
function withoutSecrets(reason: Reason): Reason {
  const hide = (text: string, instead: string) => (secretIn(text) ? instead : text);
  return {
    path: reason.path
      .split('.')
      .map((part) => hide(part, '(hidden)'))
      .join('.'),
    asked: reason.asked,
    found: hide(reason.found, 'a text that looks like a secret (not shown)'),
    change: hide(reason.change, 'Remove it.'),
  };
}

/** A path that is reported twice keeps its first reason: the secret before the shape, the shape before the rule. */
function oncePerPath(reasons: readonly Reason[]): readonly Reason[] {
  const seen = new Set<string>();
  return reasons.filter(({ path, asked }) => {
    const key = asked.endsWith('(V5)') ? path : `${path}\n${asked}`;
    if (seen.has(key) || seen.has(path)) return false;
    seen.add(key);
    return true;
  });
}

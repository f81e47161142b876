import fc from 'fast-check';
import { expect, test } from 'vitest';
import { products } from '../../blueprints/index.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { makePlan } from '../../lib/make-plan.ts';
import { parsePath, valueAt, withValue } from '../../lib/requirements/path.ts';
import { questions } from '../../lib/requirements/questions.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';

/** CI asks for 10,000 (`GROUNDPLAN_PROPERTY_RUNS`); most changed answers are refused before anything is sized. */
const numRuns = Number(process.env.GROUNDPLAN_PROPERTY_RUNS ?? 30);
const catalog = { ...tinyCatalog, products };

const paths = questions()
  .map(({ path }) => path)
  .filter((path) => !path.includes('[]'));
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.integer({ min: -10, max: 1_000_000 }),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.boolean(),
  ...questions().flatMap(({ answer }) => (answer.kind === 'choice' ? [fc.constantFrom(...answer.values)] : [])),
);
/** The tiny catalogue knows one chat model; every preset is moved to it. */
const preset = fc
  .constantFrom(...Object.values(presets).map(({ answers }) => answers))
  .map((answers) => withValue(answers, ['model', 'id'], 'meta-llama/Llama-3.1-8B-Instruct'));

/** Numbers of sound answers made smaller or larger: what reaches the sizing. */
const numbers = questions()
  .filter(({ answer }) => answer.kind === 'number')
  .map(({ path }) => path)
  .filter((path) => !path.includes('[]'));
const scaling = fc.tuple(fc.constantFrom(...numbers), fc.constantFrom(0.1, 0.5, 0.9, 1.1, 2, 10));

test('scaled answers end in a plan, exit 2 or exit 3', { timeout: 3_600_000 }, () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(preset, fc.array(scaling, { maxLength: 2 }), (answers, changes) => {
      let changed: unknown = answers;
      for (const [path, factor] of changes) {
        const before = valueAt(changed, parsePath(path));
        if (typeof before !== 'number') continue;
        const scaled = before * factor;
        changed = withValue(changed, parsePath(path), Number.isInteger(before) ? Math.ceil(scaled) : scaled);
      }
      const plan = makePlan(changed, catalog);
      const kind = plan.ok ? 'plan' : plan.kind;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }),
    // Each of these is sized; the wide net is the test below.
    { numRuns: Math.min(500, Math.max(10, Math.ceil(numRuns / 3))) },
  );
  expect((seen.get('plan') ?? 0) + (seen.get('infeasible') ?? 0)).toBeGreaterThan(1);
});

test('changed answers end in a plan, exit 2 or exit 3, never in an exception', { timeout: 3_600_000 }, () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(preset, fc.array(fc.tuple(fc.constantFrom(...paths), value), { maxLength: 3 }), (answers, changes) => {
      let changed: unknown = answers;
      for (const [path, given] of changes) changed = withValue(changed, parsePath(path), given);
      const plan = makePlan(changed, catalog);
      seen.add(plan.ok ? 'plan' : plan.kind);
      if (!plan.ok) expect(plan.reasons.length).toBeGreaterThan(0);
    }),
    { numRuns },
  );
  expect(seen.has('invalid')).toBe(true);
});

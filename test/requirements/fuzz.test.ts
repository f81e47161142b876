import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presets } from '../../blueprints/presets/index.ts';
import { sentence } from '../../lib/outcome.ts';
import { parseRequirements } from '../../lib/requirements/parse.ts';
import { parsePath, withValue } from '../../lib/requirements/path.ts';
import { questions } from '../../lib/requirements/questions.ts';
import { readAnswersText } from '../../lib/requirements/text.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';

/** CI asks for 10,000; a run at a desk for enough to see a new mistake. */
const numRuns = Number(process.env.GROUNDPLAN_PROPERTY_RUNS ?? 300);

const unprintable = /undefined|\[object|NaN/;

/** What the answers themselves say that looks unprintable: a key «NaN» is quoted as it stands, and rightly. */
function ownWords(value: unknown, seen = new Set<unknown>()): readonly string[] {
  if (typeof value === 'string') return unprintable.test(value) ? [value] : [];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  const parts = value instanceof Map || value instanceof Set ? [...value] : Object.entries(value);
  return parts.flat().flatMap((part) => ownWords(part, seen));
}

/** Answers or reasons, each whole and printable; never an exception. */
function expectOutcome(answers: unknown): void {
  const parsed = parseRequirements(answers, tinyCatalog);
  if (parsed.ok) return;
  expect(parsed.reasons.length).toBeGreaterThan(0);
  for (const reason of parsed.reasons) {
    for (const part of [reason.path, reason.asked, reason.found, reason.change]) {
      expect(typeof part).toBe('string');
      if (!unprintable.test(part)) continue;
      const own = ownWords(answers);
      expect(own.reduce((text, word) => text.replaceAll(word, ''), part)).not.toMatch(unprintable);
    }
    expect(sentence(reason).length).toBeLessThan(2000);
  }
}

const paths = questions().map(({ path }) => path.replaceAll('[]', '[0]'));
const awkward = fc.oneof(
  fc.jsonValue(),
  fc.double(),
  fc.string(),
  fc.constantFrom(
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    '',
    '2s',
    [],
    {},
    'aws',
    'eu',
    true,
    '__proto__',
  ),
);
const mutation = fc.tuple(fc.constantFrom(...paths), awkward);
const preset = fc.constantFrom(...Object.values(presets).map(({ answers }) => answers));

describe('random and mutated answers are parsed or refused, never thrown at', { timeout: 3_600_000 }, () => {
  test('any JSON', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), expectOutcome), { numRuns });
  });

  test('any object of any value, with the right version', () => {
    fc.assert(
      fc.property(
        fc.object({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
        (object) => expectOutcome({ schemaVersion: 1, ...object }),
      ),
      { numRuns },
    );
  });

  test('presets with some answers replaced', () => {
    fc.assert(
      fc.property(preset, fc.array(mutation, { minLength: 1, maxLength: 8 }), (answers, changes) => {
        let mutated: unknown = answers;
        for (const [path, value] of changes) mutated = withValue(mutated, parsePath(path), value);
        expectOutcome(mutated);
      }),
      { numRuns },
    );
  });

  test('presets with keys in strange places', () => {
    const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', '', ' '), fc.string());
    fc.assert(
      fc.property(preset, fc.constantFrom(...paths), key, awkward, (answers, path, name, value) => {
        const place = parsePath(path).slice(0, -1);
        expectOutcome(withValue(answers, [...place, name], value));
      }),
      { numRuns },
    );
  });
});

test('random bytes and text are read or refused', { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(typeof readAnswersText(bytes, 'x.yaml').ok).toBe('boolean');
    }),
    { numRuns },
  );
  const yaml = fc.array(
    fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '&x ',
      '*x',
      '!!',
      '"',
      "'",
      '#',
      '|',
      '? ',
      '<<',
      '%',
      '---',
      '1',
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(yaml, (parts) => {
      const read = readAnswersText(new TextEncoder().encode(parts.join('')), 'x.yaml');
      if (read.ok) expectOutcome(read.value.value);
    }),
    { numRuns },
  );
});

test('the same answers give the same reasons', () => {
  fc.assert(
    fc.property(preset, fc.array(mutation, { maxLength: 4 }), (answers, changes) => {
      let mutated: unknown = answers;
      for (const [path, value] of changes) mutated = withValue(mutated, parsePath(path), value);
      expect(parseRequirements(mutated, tinyCatalog)).toEqual(parseRequirements(mutated, tinyCatalog));
    }),
    { numRuns: 50 },
  );
});

test('cycles, depth and floods are refused at once', () => {
  const cycle: Record<string, unknown> = { schemaVersion: 1 };
  cycle.self = cycle;
  expect(parseRequirements(cycle, tinyCatalog)).toMatchObject({
    reasons: [{ path: 'self', found: 'a reference to itself' }],
  });
  let deep: unknown = 1;
  for (let level = 0; level < 10_000; level++) deep = { deep };
  expectOutcome({ schemaVersion: 1, deep });
  expectOutcome({ schemaVersion: 1, flood: Array.from({ length: 100_000 }, () => 'x') });
});

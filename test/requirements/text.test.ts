import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesBetween, readAnswersText, rewriteAnswers } from '../../lib/requirements/text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readAnswersText(bytes(text), 'groundplan.yaml');

function refusal(input: Uint8Array | string) {
  const outcome = readAnswersText(typeof input === 'string' ? bytes(input) : input, 'groundplan.yaml');
  if (outcome.ok) throw new Error('it was read');
  expect(outcome.kind).toBe('invalid');
  return outcome.reasons;
}

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'.split('').map((name, index) => {
    const above = 'abcdefgh'[index];
    return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${above}`).join(', ')}]`;
  }),
].join('\n');

describe('files that cannot be answers get one clear message', () => {
  test.each<[string, Uint8Array | string, string, string]>([
    ['empty', '', 'groundplan.yaml', 'an empty file'],
    ['only comments', '# nothing\n', 'groundplan.yaml', 'only comments'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'groundplan.yaml', '2, separated by ---'],
    ['an alias bomb', bomb, 'groundplan.yaml', 'a file that unfolds without end'],
    ['not UTF-8', new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe]), 'groundplan.yaml', 'other bytes'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0x00]), 'groundplan.yaml', 'other bytes'],
    ['binary', new Uint8Array([0x61, 0x00, 0x62]), 'groundplan.yaml', 'other bytes'],
    ['a name given twice', 'a: 1\nb: 2\na: 3\n', 'groundplan.yaml:3', 'a name that is given twice'],
    ['a name given twice in JSON', '{"a": 1,\n "a": 2}', 'groundplan.yaml:2', 'a name that is given twice'],
    ['an open bracket', 'a: [1, 2\n', 'groundplan.yaml:2', expect.anything() as never],
  ])('%s', (_name, input, path, found) => {
    const [reason, ...others] = refusal(input);
    expect(others).toEqual([]);
    expect(reason).toMatchObject({ path, found });
  });

  test('more than a mebibyte', () => {
    expect(refusal(new Uint8Array(2 ** 20 + 1))[0]).toMatchObject({ asked: 'an answers file of at most 1 MiB' });
    expect(read(`a: ${'x'.repeat(1000)}`).ok).toBe(true);
  });

  test('a message never quotes the file', () => {
    const secret = 'hunter2hunter2';
    expect(JSON.stringify(refusal(`a: [${secret}\nb: {`))).not.toContain(secret);
    expect(JSON.stringify(refusal(`!!js/function ${secret}`))).not.toContain(secret);
  });
});

describe('what can be read', () => {
  test('YAML and JSON give the same value', () => {
    expect(read('a: 1\nb: [x, y]\n')).toMatchObject({
      ok: true,
      value: { format: 'yaml', value: { a: 1, b: ['x', 'y'] } },
    });
    expect(read('{"a": 1, "b": ["x", "y"]}')).toMatchObject({
      ok: true,
      value: { format: 'json', value: { a: 1, b: ['x', 'y'] } },
    });
  });

  test('a prototype name becomes a plain key for the parser to refuse', () => {
    const outcome = read('__proto__: {polluted: true}\n');
    expect(outcome.ok).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('a few anchors are no bomb', () => {
    expect(read('a: &x [1]\nb: *x\n')).toMatchObject({ ok: true, value: { value: { b: [1] } } });
  });
});

test('the changes between two values lead from one text to the other', () => {
  const value = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.dictionary(fc.constantFrom('x', 'y'), fc.array(fc.integer(), { maxLength: 3 })),
    ),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(value, value, (before, after) => {
      const outcome = read(`# kept\n${JSON.stringify(before, null, 1).replaceAll('"', '')}\n`);
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.reasons));
      const text = rewriteAnswers({ ...outcome.value, format: 'yaml' }, changesBetween(outcome.value.value, after));
      const again = read(text);
      expect(again.ok && again.value.value).toEqual(after);
      expect(text).toContain('# kept');
    }),
    { numRuns: 100 },
  );
});

describe('a rewrite', () => {
  const text =
    '# our platform\nlatency:\n  streaming: true # chat\n  ttftMs: {p50: 200, p95: 500}\n\n# ask finance\nname: x\n';

  test('keeps comments, order and everything it was not told to change', () => {
    const outcome = read(text);
    if (!outcome.ok) throw new Error('unread');
    const rewritten = rewriteAnswers(outcome.value, [
      { path: ['latency', 'ttftMs', 'p95'], value: 800 },
      { path: ['operations', 'users'], value: 5 },
    ]);
    expect(rewritten).toBe(
      '# our platform\nlatency:\n  streaming: true # chat\n  ttftMs: { p50: 200, p95: 800 }\n\n# ask finance\nname: x\noperations:\n  users: 5\n',
    );
  });

  test('takes an answer out, and leaves JSON as JSON', () => {
    const outcome = read('{"a": 1, "b": {"c": 2}}');
    if (!outcome.ok) throw new Error('unread');
    const rewritten = rewriteAnswers(outcome.value, [
      { path: ['b', 'c'], value: undefined },
      { path: ['a'], value: 3 },
    ]);
    expect(JSON.parse(rewritten)).toEqual({ a: 3, b: {} });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asSentence,
  bytes,
  count,
  decimal,
  figure,
  list,
  seconds,
  slug,
  span,
  usd,
} from '../../lib/documents/format.ts';

describe('numbers become text with their unit', () => {
  test.each([
    [seconds(0), '0 s'],
    [seconds(0.0152), '15.2 ms'],
    [seconds(0.252), '252 ms'],
    [seconds(0.9996), '1 s'],
    [seconds(5.88), '5.88 s'],
    [seconds(95), '95 s'],
    [seconds(140), '2 min 20 s'],
    [seconds(3600), '1 h'],
    [seconds(12_600), '3 h 30 min'],
    [seconds(3_628_800), '42 days'],
    [usd(0), '0 USD'],
    [usd(0.0004), '0.0004 USD'],
    [usd(0.8), '0.80 USD'],
    [usd(50), '50 USD'],
    [usd(3273.44), '3,273 USD'],
    [usd(-12.5), '−12.50 USD'],
    [bytes(9.1e9), '9.1 GB'],
    [bytes(670e6), '670 MB'],
    [count(2_200_000), '2.2 million'],
    [count(999), '999'],
    [figure(0.967), '0.967'],
    [figure(1234.5), '1,235'],
    [decimal(99.9, 2), '99.9'],
    [span(2, 3, 'replica'), '2 to 3 replicas'],
    [span(1, 1, 'replica'), '1 replica'],
    [list(['a', 'b', 'c']), 'a, b and c'],
    [asSentence('done'), 'done.'],
    [asSentence('done.'), 'done.'],
    [slug('Data flow and trust boundaries'), 'data-flow-and-trust-boundaries'],
    [slug('D7 `x`: 100%!'), 'd7-x-100'],
  ])('%s is %s', (printed, expected) => expect(printed).toBe(expected));

  test('no length of time prints 60 seconds or 60 minutes', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e7, noNaN: true }), (value) => {
        expect(seconds(value)).not.toMatch(/\b60 (s|min)\b(?<!^60 s)/);
      }),
    );
  });

  test('a larger time never prints as a smaller one', () => {
    const units: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, min: 60, h: 3600, days: 86_400 };
    const parse = (text: string) =>
      [...text.matchAll(/([\d.,]+) (ms|s|min|h|days)/g)].reduce(
        (sum, [, number = '', unit = '']) => sum + Number(number.replaceAll(',', '')) * (units[unit] ?? Number.NaN),
        0,
      );
    const positive = fc.double({ min: 1e-6, max: 1e8, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(parse(seconds(low))).toBeLessThanOrEqual(parse(seconds(high)) * (1 + 1e-9));
      }),
    );
  });

  test('what is printed lies within 1% of the figure', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (value) => {
        expect(Math.abs(Number(figure(value).replaceAll(',', '')) / value - 1)).toBeLessThanOrEqual(0.01);
      }),
    );
  });
});

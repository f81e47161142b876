import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import recorded from '../../calibration/accuracy.json' with { type: 'json' };
import { defaultFactors } from '../../lib/capacity/efficiency.ts';
import { compare, factorsFor, gateFigures, summarise } from '../../scripts/capacity/accuracy-figures.ts';
import type { HeldBack } from '../../scripts/capacity/held-back.ts';
import { heldBackPoints } from '../../scripts/capacity/held-back.ts';
import { servingPoints } from '../../scripts/capacity/points.ts';
import { catalog } from './shipped.ts';

const read = (name: string) => readFileSync(new URL(`../../calibration/${name}`, import.meta.url), 'utf8');
const points = servingPoints(read, catalog);
const heldBack = JSON.parse(read('held-back-factors.json')) as readonly HeldBack[];
/** Points of percentage a subset may lose before the change must be explained and the page made anew. */
const allowedLoss = 1;

describe('accuracy on the calibration points', () => {
  const figures = gateFigures(points, defaultFactors, heldBack);

  test('the same subsets are compared as recorded', () => {
    expect(Object.keys(figures).sort()).toEqual(Object.keys(recorded).sort());
  });

  test('no subset is worse than recorded by more than one point (else: node scripts/accuracy.ts, and say why)', () => {
    const before = new Map(Object.entries(recorded as Record<string, number>));
    const worse = Object.entries(figures).filter(([name, figure]) => figure > (before.get(name) ?? 0) + allowedLoss);
    expect(worse).toEqual([]);
  });

  test('every row that is set aside has a reason, and few are', () => {
    const aside = points.filter((point) => point.setAside);
    expect(aside.length / points.length).toBeLessThan(0.06);
    for (const point of aside) expect(point.setAside?.length).toBeGreaterThan(10);
  });

  test('each held-back set is of a GPU or model with points it never saw', () => {
    for (const set of heldBack) expect(heldBackPoints(points, set).length).toBeGreaterThan(0);
  });

  test.each(['model', 'gpu'] as const)('token time with a %s left out: median error within 12%%', (by) => {
    const view = by === 'model' ? 'model left out' : 'GPU left out';
    const used = points.filter((point) => !point.setAside).filter((_, index) => index % 2 === 0);
    const comparisons = compare(used, (point) => factorsFor(view, point, defaultFactors, heldBack));
    expect(summarise(comparisons.filter(({ metric }) => metric === 'tpot')).median).toBeLessThan(0.12);
  });
});

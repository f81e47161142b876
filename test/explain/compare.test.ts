import { describe, expect, test } from 'vitest';
import { comparePlans, comparisonText, type Difference } from '../../lib/explain/index.ts';
import { corpus } from '../decisions/fixtures/answers.ts';
import { plannedFixture, planOf } from '../decisions/fixtures/plans.ts';
import type { Overlay } from '../fixtures/answers.ts';

const base: Overlay = {
  retrieval: { ...corpus(500_000, 1), updates: 'weekly', keywordSearch: 'helpful' },
  model: { class: 'either', hostedId: 'big-1' },
};

function compared(change: Overlay) {
  return comparePlans(plannedFixture(base), plannedFixture({ ...base, ...change }), planOf);
}

const idsOf = (differences: readonly Difference[], kind: Difference['kind']) =>
  differences.filter((difference) => difference.kind === kind).map((difference) => difference.id);

describe('compare', () => {
  test('a plan with itself: nothing moves', () => {
    expect(compared({})).toEqual({ answers: [], differences: [] });
    expect(comparisonText(compared({}))).toBe('The answers are the same.\n');
  });

  test('a new name alone moves no decision, size or cost line of a product', () => {
    const { answers, differences } = compared({ name: 'another' });
    expect(answers.map((answer) => answer.path)).toEqual(['name']);
    expect(idsOf(differences, 'decision')).toEqual([]);
    expect(idsOf(differences, 'cost')).toEqual([]);
  });

  test('one answer: exactly the decision it moves, with itself as the cause', () => {
    const { differences } = compared({
      retrieval: { ...corpus(500_000, 1), updates: 'daily', keywordSearch: 'helpful' },
    });
    expect(idsOf(differences, 'decision')).toEqual(['D7']);
    expect(differences.every((difference) => difference.causes.join() === 'retrieval.updates')).toBe(true);
    expect(idsOf(differences, 'cost')).toContain('data.vector-store.machines');
  });

  test('two answers: each difference names the one that caused it', () => {
    const { differences } = compared({
      retrieval: { ...corpus(500_000, 1), updates: 'daily', keywordSearch: 'helpful' },
      application: { shape: 'agent' },
    });
    const causes = Object.fromEntries(
      differences.filter((row) => row.kind === 'decision').map((row) => [row.id, row.causes]),
    );
    expect(causes).toEqual({ D7: ['retrieval.updates'], D9: ['application.shape'] });
  });

  test('a higher peak moves sizes and cost, and no decision that does not read it', () => {
    const { differences } = compared({ throughput: { requestsPerSecond: { expected: 1, peak: 8 } } });
    expect(idsOf(differences, 'size')).toContain('models.chat.replicas.maximum');
    expect(idsOf(differences, 'cost')).toContain('total');
    expect(idsOf(differences, 'decision')).not.toContain('D7');
  });
});

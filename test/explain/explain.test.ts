import { describe, expect, test } from 'vitest';
import { rows } from '../../lib/decisions/index.ts';
import { explain, explanationText, nearSubjects, whyText } from '../../lib/explain/index.ts';
import { corpus } from '../decisions/fixtures/answers.ts';
import { plannedFixture } from '../decisions/fixtures/plans.ts';

const bare = plannedFixture({ retrieval: { ...corpus(500_000, 1), updates: 'weekly' } });
/** An emitter's edges, as blueprints add them. */
const plan = {
  ...bare,
  links: [
    ...bare.links,
    { from: 'decision:D7', to: 'resource:aws/Data/VectorStore', because: 'the store D7 chose' },
    { from: 'decision:D5', to: 'flag:chat/--max-num-seqs', because: 'the batch limit of D5' },
  ],
};

describe('explain', () => {
  test('a resource leads back to the answers behind it', () => {
    const explanation = explain(plan, 'aws/Data/VectorStore');
    const froms = explanation?.because.map((link) => link.from) ?? [];
    expect(froms).toContain('decision:D7');
    expect(froms).toContain('row:D7.1');
    expect(froms).toContain('answer:retrieval.updates');
  });

  test('an answer leads forward to the resource that follows from it', () => {
    const tos = explain(plan, 'retrieval.updates')?.leadsTo.map((link) => link.to) ?? [];
    expect(tos).toEqual(expect.arrayContaining(['row:D7.1', 'decision:D7', 'resource:aws/Data/VectorStore']));
  });

  test('a flag and an alert lead back to answers', () => {
    for (const subject of ['chat/--max-num-seqs', ...plan.alerts.map((alert) => alert.id)]) {
      const explanation = explain(plan, subject);
      expect(
        explanation?.because.some((link) => /^(answer|row|decision):/.test(link.from)),
        subject,
      ).toBe(true);
    }
  });

  test('every row of the reference prints its text, fired or not', () => {
    for (const row of rows) expect(explain(plan, row.id)?.lines.join(' '), row.id).toContain(row.rule);
    expect(explain(plan, 'D7.1')?.lines.join(' ')).toContain('Fired in D7');
    expect(explain(plan, 'D7.3')?.lines.join(' ')).toContain('Did not fire');
  });

  test('a question prints its answers, a decision its rejected options', () => {
    expect(explain(plan, 'Q5')?.lines.join(' ')).toContain('retrieval.updates = "weekly"');
    expect(explain(plan, 'D7')?.lines.some((line) => line.startsWith('Not Elastic'))).toBe(true);
    expect(explain(plan, 'D6')?.title).toContain('not asked');
  });

  test('an unknown subject has no explanation and near names', () => {
    expect(explain(plan, 'nothing-like-it')).toBeUndefined();
    expect(nearSubjects(plan, 'vectorstore')).toContain('aws/Data/VectorStore');
  });

  test('the chain of a walk ends: a cycle of links is walked once', () => {
    const cyclic = {
      ...plan,
      links: [...plan.links, { from: 'resource:aws/Data/VectorStore', to: 'decision:D7', because: 'cycle' }],
    };
    expect(explain(cyclic, 'D7')?.leadsTo.length).toBeGreaterThan(0);
  });

  test('every decision stands in the text of the whole plan', () => {
    const text = whyText(plan);
    for (const record of plan.decisions) expect(text).toContain(`${record.id} ${record.title}: ${record.choiceTitle}`);
    const explanation = explain(plan, 'D7');
    expect(explanation && explanationText(explanation)).toContain('because');
  });
});

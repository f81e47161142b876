import { describe, expect, test } from 'vitest';
import { decidedFixture, recordIn } from '../decisions/fixtures/answers.ts';
import { adaptationSituations, hostingSituations } from './adaptation-and-hosting.ts';
import { applicationSituations, provisioningSituations, routingSituations } from './application-to-nodes.ts';
import { batchingSituations, quantizationSituations, serverSituations } from './serving.ts';
import type { Situation } from './situation.ts';
import { retrievalSituations, storeSituations, tuningSituations } from './tuning-and-retrieval.ts';

const situations: readonly Situation[] = [
  ...adaptationSituations,
  ...hostingSituations,
  ...serverSituations,
  ...quantizationSituations,
  ...batchingSituations,
  ...tuningSituations,
  ...storeSituations,
  ...retrievalSituations,
  ...applicationSituations,
  ...routingSituations,
  ...provisioningSituations,
];

describe('situations of the reference', () => {
  test('there are at least sixty, each with its own title', () => {
    expect(situations.length).toBeGreaterThanOrEqual(60);
    const titles = situations.map((situation) => `${situation.decision} ${situation.title}`);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test.each(situations)('$row → $choice: $title', (situation) => {
    const record = recordIn(decidedFixture(situation.answers), situation.decision);
    expect(record.choice).toBe(situation.choice);
    expect(record.rows).toContain(situation.row);
    expect(record.parameters).toMatchObject(situation.settings ?? {});
  });
});

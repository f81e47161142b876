import { describe, expect, test } from 'vitest';
import { parseRequirements } from '../../lib/requirements/parse.ts';
import { overlaid, sections } from '../fixtures/answers.ts';
import { baseAnswers, decidedFixture } from './fixtures/answers.ts';

function reasonsWithout(overlay: unknown): readonly string[] {
  const parsed = parseRequirements(overlaid(baseAnswers, overlay));
  return parsed.ok ? [] : parsed.reasons.map((reason) => reason.path);
}

describe('every question is asked for before anything is proposed', () => {
  test('the base answers are complete', () => {
    expect(reasonsWithout({})).toEqual([]);
  });

  test.each([
    { row: 'Q1', overlay: { latency: { ttftMs: null } }, path: 'latency.ttftMs' },
    { row: 'Q2', overlay: { throughput: { requestsPerSecond: null } }, path: 'throughput.requestsPerSecond' },
    { row: 'Q3', overlay: { model: { class: null } }, path: 'model.class' },
    { row: 'Q4', overlay: { fineTuning: { needed: null } }, path: 'fineTuning.needed' },
    { row: 'Q5', overlay: { retrieval: { needed: true } }, path: 'retrieval.' },
    {
      row: 'Q6',
      overlay: { infrastructure: { costCeilingUsdPerMonth: null } },
      path: 'infrastructure.costCeilingUsdPerMonth',
    },
    { row: 'Q7', overlay: { compliance: { residency: null } }, path: 'compliance.residency' },
    { row: 'Q8', overlay: { application: { output: null } }, path: 'application.output' },
    { row: 'Q9', overlay: { operations: { environment: null } }, path: 'operations.environment' },
  ])('$row: an open answer is an error that names it', ({ overlay, path }) => {
    expect(reasonsWithout(overlay).some((found) => found.startsWith(path))).toBe(true);
  });

  test.each(sections)('fails when the whole section %s is missing', (section) => {
    expect(reasonsWithout({ [section]: null }).some((path) => path.startsWith(section))).toBe(true);
  });
});

describe('Q9: the environment adapts the ceremony', () => {
  const skipped = (environment: string, availabilityPercent = 99.9) =>
    decidedFixture({ operations: { environment, availabilityPercent } }).skippedSafeguards.map((item) => item.what);

  test('production skips only what its answers leave out', () => {
    expect(skipped('prod')).not.toContain('Change tickets and approvals');
    expect(skipped('prod')).toContain('Cross-region copies');
  });

  test('a homelab skips tickets, zones and drills, and is not blocked for it', () => {
    const what = skipped('homelab', 95);
    expect(what).toEqual(
      expect.arrayContaining([
        'Change tickets and approvals',
        'Several availability zones',
        'Restore drill on a schedule',
      ]),
    );
    expect(skipped('homelab', 95).length).toBeGreaterThan(skipped('staging').length);
  });

  test('each skipped safeguard names its risk and its row', () => {
    for (const item of decidedFixture({ operations: { environment: 'homelab' } }).skippedSafeguards) {
      expect(item.risk.length).toBeGreaterThan(20);
      expect(item.row).toMatch(/^[QPV]\d+$/);
    }
  });
});

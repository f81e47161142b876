import { describe, expect, test } from 'vitest';
import { allCases, awsPresets, type Case, caseName, pairwiseCases, planFor } from '../../conformance/aws/cases.ts';
import { checkPlan } from '../../conformance/aws/check-plan.ts';

describe('the list of cases', () => {
  const pairs = (row: Case) => {
    const values = Object.entries(row).map(([key, value]) => `${key}=${value}`);
    return values.flatMap((left) => values.filter((right) => left < right).map((right) => `${left}&${right}`));
  };

  test('every pair of preset, regime, network and path meets at least once', () => {
    const covered = new Set(pairwiseCases().flatMap(pairs));
    expect(
      allCases()
        .flatMap(pairs)
        .filter((pair) => !covered.has(pair)),
    ).toEqual([]);
  });

  test('it is much shorter than all combinations', () => {
    expect(allCases()).toHaveLength(awsPresets.length * 8 * 2 * 2);
    expect(pairwiseCases().length).toBeLessThan(allCases().length / 3);
  });
});

/** The hard ones; the rest run in conformance/aws/ci.sh. */
const sample: readonly Case[] = [
  { preset: 'support-chat-rag', regime: 'pci-dss', vpc: 'existing', path: 'isolated' },
  { preset: 'hipaa-document-assistant', regime: 'hipaa', vpc: 'new', path: 'isolated' },
  { preset: 'hosted-with-fallback', regime: 'iso27001', vpc: 'new', path: 'internet' },
];

test.each(sample.map((row) => [caseName(row), row] as const))(
  '%s passes the packs, our rules, the controls, the bill and synthesizes to equal bytes',
  async (_name, row) => {
    const plan = planFor(row);
    if (!plan.ok) throw new Error(JSON.stringify(plan.reasons));
    const report = await checkPlan(plan.value);
    expect(report.problems).toEqual([]);
    expect(report.largest.resources).toBeLessThan(250);
    expect(report.largest.bytes).toBeLessThan(250_000);
  },
  60_000,
);

test('a hosted model behind no internet path is refused, not synthesized', () => {
  const refused = planFor({ preset: 'hosted-with-fallback', regime: 'soc2', vpc: 'new', path: 'isolated' });
  expect(refused.ok).toBe(false);
});

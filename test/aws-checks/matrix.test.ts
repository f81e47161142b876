import { describe, expect, test } from 'vitest';
import {
  allCases,
  awsPresets,
  type Case,
  caseName,
  isRefused,
  pairwiseCases,
  planFor,
  storeCases,
} from '../../conformance/aws/cases.ts';
import { checkPlan } from '../../conformance/aws/check-plan.ts';

describe('the list of cases', () => {
  const pairs = (row: Case) => {
    const values = Object.entries(row).map(([key, value]) => `${key}=${value}`);
    return values.flatMap((left) => values.filter((right) => left < right).map((right) => `${left}&${right}`));
  };

  test('every pair of preset, regime, network, path and operating system meets at least once', () => {
    const covered = new Set(pairwiseCases().flatMap(pairs));
    expect(
      allCases()
        .flatMap(pairs)
        .filter((pair) => !covered.has(pair)),
    ).toEqual([]);
  });

  test('it is much shorter than all combinations', () => {
    expect(allCases()).toHaveLength(awsPresets.length * 8 * 2 * 2 * 2);
    expect(pairwiseCases().length).toBeLessThan(allCases().length / 3);
  });
});

/** The hard ones; the rest run in conformance/aws/ci.sh. */
const sample: readonly Case[] = [
  { preset: 'support-chat-rag', regime: 'pci-dss', vpc: 'existing', path: 'isolated', system: 'al2023' },
  { preset: 'hipaa-document-assistant', regime: 'hipaa', vpc: 'new', path: 'isolated', system: 'bottlerocket' },
  { preset: 'hosted-with-fallback', regime: 'iso27001', vpc: 'new', path: 'internet', system: 'al2023' },
  ...storeCases().filter(
    ({ store, vpc, path }) =>
      (store === 'opensearch-serverless' || store === 'pinecone') && vpc === 'existing' && path === 'isolated',
  ),
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

const plain: Case = {
  preset: 'support-chat-rag',
  regime: 'none',
  vpc: 'new',
  path: 'internet',
  system: 'bottlerocket',
};
const refusals: readonly (readonly [string, Case])[] = [
  [
    'a hosted model behind no internet path',
    { ...plain, preset: 'hosted-with-fallback', regime: 'soc2', path: 'isolated' },
  ],
  [
    'a system without validated modules where they are asked',
    { ...plain, regime: 'fedramp-moderate', system: 'al2023' },
  ],
];

test.each(refusals)('%s is refused, not synthesized', (_title, row) => {
  expect(isRefused(row)).toBe(true);
  expect(planFor(row).ok).toBe(false);
});

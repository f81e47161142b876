import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Framework } from '../../lib/compliance/framework.ts';
import { checkControls, complianceFor, controlIds, frameworks, type Proof } from '../../lib/compliance/index.ts';
import type { FrameworkId, Requirements } from '../../lib/requirements/schema.ts';

const ids = Object.keys(frameworks) as FrameworkId[];

/** Only what `complianceFor` reads; the rest of the answers cannot matter to it. */
function answers(
  chosen: readonly FrameworkId[],
  change: {
    compliance?: Partial<Requirements['compliance']>;
    operations?: Partial<Requirements['operations']>;
    exposure?: Requirements['application']['exposure'];
  } = {},
): Requirements {
  return {
    compliance: {
      residency: 'none',
      pii: 'none',
      dataMayLeave: true,
      auditLog: { required: false },
      frameworks: [...chosen],
      ...change.compliance,
    },
    application: { exposure: change.exposure ?? 'internal' },
    operations: {
      environment: 'prod',
      availabilityPercent: 99.9,
      crossRegionCopies: false,
      onCall: { channel: 'platform@example.com', pages: 'platform' },
      ...change.operations,
    },
  } as unknown as Requirements;
}

describe.each(Object.entries(frameworks) as [FrameworkId, Framework][])('framework %s', (id, framework) => {
  test('every clause asks for a guarantee or names the customer’s duty, once', () => {
    const seen = framework.clauses.map((clause) => clause.id);
    expect(new Set(seen).size).toBe(seen.length);
    for (const clause of framework.clauses) {
      expect(clause.controls.length > 0 || clause.duty !== undefined, clause.id).toBe(true);
      expect(clause.asks.length, clause.id).toBeLessThan(120);
    }
  });

  test('every figure says which clause or reading it comes from', () => {
    const { because, ...figures } = framework.parameters;
    for (const key of Object.keys(figures)) expect(because[key], `${id}.${key}`).toBeTruthy();
  });

  test('every duty of it reaches the answers’ duties', () => {
    const duties = complianceFor(answers([id])).duties;
    expect(duties.map((duty) => duty.clause)).toEqual(
      framework.clauses.filter((clause) => clause.duty).map((clause) => clause.id),
    );
  });
});

test.each([
  ['hipaa', { audit: 2192, fips: false, writeOnce: true, prompts: true }],
  ['soc2', { audit: 366, fips: false, writeOnce: false, prompts: false }],
  ['pci-dss', { audit: 366, fips: false, writeOnce: true, prompts: false }],
  ['gdpr', { audit: 90, fips: false, writeOnce: false, prompts: false }],
  ['fedramp-moderate', { audit: 914, fips: true, writeOnce: true, prompts: true }],
  ['iso27001', { audit: 366, fips: false, writeOnce: false, prompts: false }],
  ['eu-ai-act', { audit: 184, fips: false, writeOnce: true, prompts: true }],
] as const)('%s alone sets its own retention and cryptography', (id, expected) => {
  const found = complianceFor(answers([id]));
  expect({
    audit: found.auditRetentionDays,
    fips: found.fips,
    writeOnce: found.writeOnce,
    prompts: found.promptAudit,
  }).toEqual(expected);
});

test('the longest retention wins, whether a regime or the answers name it', () => {
  const longer = { auditLog: { required: true, retentionDays: 3650 } };
  expect(complianceFor(answers(['hipaa', 'soc2'])).auditRetentionDays).toBe(2192);
  expect(complianceFor(answers(['hipaa'], { compliance: longer })).auditRetentionDays).toBe(3650);
  const shorter = { auditLog: { required: true, retentionDays: 30 } };
  expect(complianceFor(answers(['hipaa'], { compliance: shorter })).auditRetentionDays).toBe(2192);
  expect(complianceFor(answers([], { compliance: shorter })).auditRetentionDays).toBe(30);
});

test('another framework never takes a control away, shortens a retention or drops a duty', () => {
  fc.assert(
    fc.property(fc.subarray(ids), fc.constantFrom(...ids), (some, another) => {
      const before = complianceFor(answers(some));
      const after = complianceFor(answers([...new Set([...some, another])]));
      const kept = new Set(after.controls.map((control) => control.id));
      for (const control of before.controls) expect(kept).toContain(control.id);
      expect(after.auditRetentionDays).toBeGreaterThanOrEqual(before.auditRetentionDays);
      expect(after.logRetentionDays).toBeGreaterThanOrEqual(before.logRetentionDays);
      expect(after.duties.length).toBeGreaterThanOrEqual(before.duties.length);
      expect(Number(after.fips)).toBeGreaterThanOrEqual(Number(before.fips));
    }),
    { numRuns: 200 },
  );
});

test('the order of the answers does not change the result', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(ids), (some) => {
      expect(complianceFor(answers(some))).toEqual(complianceFor(answers([...some].sort())));
    }),
    { numRuns: 50 },
  );
});

test('FedRAMP asks for regions of the United States, and a residency adds its own list', () => {
  expect(complianceFor(answers(['fedramp-moderate'])).jurisdictions).toEqual([['us', 'us-gov']]);
  const gov = complianceFor(answers(['fedramp-moderate'], { compliance: { residency: 'us-gov' } }));
  expect(gov.jurisdictions).toEqual([['us-gov'], ['us', 'us-gov']]);
  expect(gov.fips).toBe(true);
});

test('a firewall is asked for only where there is an entry, and says why otherwise', () => {
  const internal = complianceFor(answers(['pci-dss']));
  expect(internal.controls.map((control) => control.id)).not.toContain('waf-on-entry');
  expect(internal.notApplicable.map((row) => row.id)).toContain('waf-on-entry');
  const open = complianceFor(answers([], { exposure: 'public' }));
  expect(open.controls.map((control) => control.id)).toContain('waf-on-entry');
});

describe('checking', () => {
  const compliance = complianceFor(answers(['soc2']));
  const proofs = (change: Partial<Record<string, Proof>>) =>
    Object.fromEntries(
      controlIds.map((id) => [id, change[id] ?? { kind: 'resources', resources: ['stack/thing'], evidence: 'look' }]),
    ) as Record<(typeof controlIds)[number], Proof>;

  test('a control with a resource and no offender is met', () => {
    const states = checkControls(compliance, proofs({})).filter((control) => control.state === 'met');
    expect(states).toHaveLength(compliance.controls.length);
  });

  test.each<[string, Proof, string]>([
    ['nothing proves it', { kind: 'resources', resources: [], evidence: '' }, 'unmet'],
    ['one resource breaks it', { kind: 'resources', resources: ['a'], offenders: ['b'], evidence: '' }, 'unmet'],
    ['the cloud hands it back', { kind: 'duty', because: 'yours' }, 'duty'],
    ['it cannot apply', { kind: 'not-applicable', because: 'none here' }, 'not-applicable'],
  ])('fails when %s', (_title, proof, state) => {
    const found = checkControls(compliance, proofs({ 'key-rotation': proof }));
    expect(found.find((control) => control.id === 'key-rotation')?.state).toBe(state);
  });
});

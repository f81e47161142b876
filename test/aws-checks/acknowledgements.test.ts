import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { acknowledgements } from '../../blueprints/clouds/aws/nag/acknowledgements.ts';
import { checkApp } from '../../blueprints/clouds/aws/nag/check-app.ts';
import { packsFor } from '../../blueprints/clouds/aws/nag/packs.ts';
import { unvalidated, withSynthesized } from '../../blueprints/clouds/aws/raise.ts';
import { fixturePlan } from '../fixtures/plan.ts';
import { variants } from './variants.ts';

describe('every accepted finding', { timeout: 120_000 }, () => {
  const needed = new Set<string>();

  test.each(Object.entries(variants))('%s passes every pack, and accepts no more than it must', (_name, plan) => {
    const report = withSynthesized(plan, (app) => checkApp(app, plan), unvalidated);
    for (const { reason } of report.accepted) needed.add(reason);
    expect(report.unused.map(({ rule, path }) => `${rule} at ${path}`)).toEqual([]);
    expect(report.withoutReason).toEqual([]);
    expect(report.findings.map(({ rule, detail, resource }) => `${rule} ${detail ?? ''} at ${resource}`)).toEqual([]);
  });

  test('is needed by a plan', () => {
    expect(acknowledgements.map((row) => row.reason).filter((reason) => !needed.has(reason))).toEqual([]);
  });

  test('says why in a sentence of its own', () => {
    for (const { reason } of acknowledgements) expect(reason).toMatch(/^[A-Z].{25,}\.$/);
    const reasons = acknowledgements.map((row) => `${row.reason}${row.at.join()}`);
    expect(new Set(reasons).size).toBe(reasons.length);
  });
});

describe('the check', () => {
  const plan = fixturePlan({
    compliance: { frameworks: [], controls: [], notApplicable: [], duties: [], because: [] },
  });

  function appWith(...rules: readonly { readonly id: string; readonly reason: string }[]) {
    const app = new App({ analyticsReporting: false });
    const stack = new Stack(app, 'Bare', { analyticsReporting: false });
    const bucket = new CfnBucket(stack, 'Open');
    if (rules.length > 0) Validations.of(bucket).acknowledge(...rules);
    return checkApp(app, plan);
  }

  test('fails when a published pack finds something', () => {
    expect(appWith().findings.map(({ rule }) => rule)).toContain('AwsSolutions-S1');
  });

  test('fails when a rule of our own finds something', () => {
    expect(appWith().findings.map(({ rule }) => rule)).toContain('Groundplan-S33');
  });

  test('accepts an acknowledged finding of either pack', () => {
    const reason = 'A bucket of a test that nobody ever deploys.';
    const report = appWith({ id: 'AwsSolutions-S1', reason }, { id: 'Groundplan-S33', reason });
    expect(report.accepted.map(({ rule }) => rule).sort()).toEqual(['AwsSolutions-S1', 'Groundplan-S33']);
    expect(report.findings.map(({ rule }) => rule)).not.toContain('Groundplan-S33');
  });

  test('fails when an acknowledgement accepts nothing', () => {
    const report = appWith({ id: 'AwsSolutions-EKS1', reason: 'There is no cluster in this stack at all.' });
    expect(report.unused.map(({ rule }) => rule)).toEqual(['AwsSolutions-EKS1']);
  });

  test('fails when an acknowledgement gives no reason', () => {
    expect(appWith({ id: 'AwsSolutions-S1', reason: 'ok' }).withoutReason).toHaveLength(1);
  });
});

test.each([
  [[], ['AwsSolutions']],
  [['hipaa'], ['AwsSolutions', 'HIPAA.Security']],
  [['fedramp-moderate'], ['AwsSolutions', 'NIST.800.53.R5']],
  [
    ['pci-dss', 'soc2'],
    ['AwsSolutions', 'PCI.DSS.321'],
  ],
  [['gdpr', 'iso27001', 'eu-ai-act'], ['AwsSolutions']],
])('regimes %j are held to %j', (frameworks, packs) => {
  expect(packsFor(frameworks)).toEqual(packs);
});

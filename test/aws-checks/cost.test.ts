import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { assumptions } from '../../blueprints/clouds/aws/cost/assumptions.ts';
import { billOf } from '../../blueprints/clouds/aws/cost/bill.ts';
import { type Driver, drivers } from '../../blueprints/clouds/aws/cost/drivers.ts';
import { gapsOf, kindCosts } from '../../blueprints/clouds/aws/cost/kinds.ts';
import { linesOf } from '../../blueprints/clouds/aws/cost/lines.ts';
import { fixedCost, predictedInventory } from '../../blueprints/clouds/aws/cost/predict.ts';
import { costInputs, priceTemplates } from '../../blueprints/clouds/aws/cost/price-templates.ts';
import type { StackTemplate } from '../../blueprints/clouds/aws/nag/world.ts';
import { unvalidated, withSynthesized } from '../../blueprints/clouds/aws/raise.ts';
import { products } from '../../blueprints/index.ts';
import { planFor } from '../../conformance/aws/cases.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';

const catalog = loadCatalog(products);
const inputs = costInputs(fixturePlan());
const inventory = predictedInventory(inputs);

describe('drivers', () => {
  test.each(Object.entries(drivers))('%s has a price in the catalogue', (id) => {
    const { lines, gaps } = linesOf({ [id]: { minimum: 1, expected: 1, maximum: 1 } }, [], 'eu-central-1', catalog);
    expect(gaps).toEqual([]);
    expect(lines[0]?.source.ref).toBeTruthy();
  });

  test('every assumption a line names is in the table, and every one of the table is named or used', () => {
    for (const driver of Object.values(drivers) as Driver[]) {
      for (const name of driver.assumption?.split(', ') ?? []) {
        if (name !== 'requests of the plan') expect(assumptions).toHaveProperty([name]);
      }
    }
  });

  test('a driver without a price is a gap, never zero', () => {
    const bare = { ...catalog, servicePrices: [] };
    const { lines, gaps } = linesOf(
      { 'security.keys': { minimum: 6, expected: 6, maximum: 6 } },
      [],
      'us-east-1',
      bare,
    );
    expect(lines).toEqual([]);
    expect(gaps).toHaveLength(1);
  });
});

describe('laws', () => {
  const usd = (change: Partial<typeof inventory>) => {
    const { lines } = linesOf(billOf({ ...inventory, ...change }, inputs), [], 'us-east-1', catalog);
    return lines.reduce((sum, line) => sum + line.usdPerMonth.maximum, 0);
  };

  test.each(Object.keys(inventory) as (keyof typeof inventory)[])('more %s never cost less', (key) => {
    expect(usd({ [key]: inventory[key] + 1 })).toBeGreaterThanOrEqual(usd({}));
  });

  test('minimum load costs at most expected load, and expected at most maximum', () => {
    for (const { usdPerMonth, id } of fixedCost(inputs, catalog).lines) {
      expect(usdPerMonth.minimum, id).toBeLessThanOrEqual(usdPerMonth.expected);
      expect(usdPerMonth.expected, id).toBeLessThanOrEqual(usdPerMonth.maximum + 1e-9);
    }
  });

  test('a longer retention costs more, and no prompt log costs nothing to keep', () => {
    const stored = (audit: Partial<typeof inputs.audit>) =>
      billOf(inventory, { ...inputs, audit: { ...inputs.audit, ...audit } })['audit.objects-stored']?.maximum ?? 0;
    expect(stored({ retentionDays: 2192 })).toBeGreaterThan(stored({ retentionDays: 365 }));
    expect(stored({ promptLog: false })).toBe(0);
  });
});

describe('templates', () => {
  const planned = planFor({
    preset: 'support-chat-rag',
    regime: 'soc2',
    vpc: 'new',
    path: 'internet',
    system: 'bottlerocket',
  });
  if (!planned.ok) throw new Error(JSON.stringify(planned.reasons));
  const plan: Plan = planned.value;
  const templates = withSynthesized(plan, (_app, all) => all, unvalidated);

  test('the plan’s total is the sum over the synthesized resources at every load', () => {
    const priced = priceTemplates(templates, plan, catalog);
    for (const of of ['minimum', 'expected', 'maximum'] as const)
      expect(priced.usdPerMonth[of]).toBeCloseTo(plan.cost.usdPerMonth[of], 2);
    expect(priced.gaps.filter((gap) => !plan.cost.gaps.includes(gap))).toEqual([]);
  });

  function changed(change: (resources: Record<string, unknown>) => void): readonly StackTemplate[] {
    const copy = JSON.parse(JSON.stringify(templates)) as { stackName: string; template: { Resources: object } }[];
    for (const { template } of copy) change(template.Resources as Record<string, unknown>);
    return copy as unknown as readonly StackTemplate[];
  }

  test.each<[string, (resources: Record<string, unknown>) => void]>([
    [
      'a NAT gateway is added',
      (resources) => (resources['Another'] = { Type: 'AWS::EC2::NatGateway', Properties: {} }),
    ],
    ['a key is added', (resources) => (resources['Another'] = { Type: 'AWS::KMS::Key', Properties: {} })],
    [
      'a database machine is added',
      (resources) => (resources['More'] = { Type: 'AWS::RDS::DBInstance', Properties: {} }),
    ],
  ])('fails when %s that the plan does not pay for', (_title, change) => {
    const priced = priceTemplates(changed(change), plan, catalog);
    expect(priced.usdPerMonth.expected).toBeGreaterThan(plan.cost.usdPerMonth.expected + 0.5);
  });

  test.each<[string, Record<string, unknown>]>([
    ['may start a dearer machine type', { InstanceTypes: ['m6g.xlarge', 'p5.48xlarge'] }],
    ['may grow further', { ScalingConfig: { MinSize: 3, DesiredSize: 3, MaxSize: 9 } }],
  ])('fails when a node group %s than the plan pays for', (_title, change) => {
    const priced = priceTemplates(
      changed((resources) => {
        for (const resource of Object.values(resources) as { Type: string; Properties: Record<string, unknown> }[]) {
          const labels = (resource.Properties?.Labels ?? {}) as Record<string, string>;
          if (resource.Type === 'AWS::EKS::Nodegroup' && labels['groundplan/pool'] === 'general')
            Object.assign(resource.Properties, change);
        }
      }),
      plan,
      catalog,
    );
    expect(priced.usdPerMonth.maximum).toBeGreaterThan(plan.cost.usdPerMonth.maximum + 100);
  });

  test('fails when a collection may take more than the plan pays for at most', () => {
    const planned = planFor({
      preset: 'support-chat-rag',
      regime: 'soc2',
      vpc: 'existing',
      path: 'isolated',
      system: 'bottlerocket',
      store: 'opensearch-serverless',
    });
    if (!planned.ok) throw new Error(JSON.stringify(planned.reasons));
    const unlimited = withSynthesized(planned.value, (_app, all) => JSON.parse(JSON.stringify(all)), unvalidated) as {
      template: { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
    }[];
    const bill = () => priceTemplates(unlimited as unknown as readonly StackTemplate[], planned.value, catalog);
    expect(bill().usdPerMonth.maximum).toBeCloseTo(planned.value.cost.usdPerMonth.maximum, 2);
    const group = unlimited.map(({ template }) => template.Resources.VectorStoreCapacity).find((each) => each);
    delete group?.Properties.CapacityLimits;
    expect(bill().usdPerMonth.maximum).toBeGreaterThan(planned.value.cost.usdPerMonth.maximum + 1000);
  });

  test('a kind without a row is a gap', () => {
    expect(gapsOf(['AWS::MSK::Cluster'])).toEqual(['AWS::MSK::Cluster: not in the table of kinds']);
  });

  test('free kinds say why', () => {
    const free = Object.values(kindCosts).flatMap((cost) => (cost.kind === 'free' ? [cost.because] : []));
    for (const because of free) expect(because.length).toBeGreaterThan(10);
  });
});

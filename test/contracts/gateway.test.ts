import { describe, expect, test } from 'vitest';
import type { GatewayBlueprint } from '../../blueprints/contract.ts';
import { gateways } from '../../blueprints/gateways/index.ts';
import { kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';

const base = fixturePlan();
const [route] = base.gateway.routes as [Plan['gateway']['routes'][number]];

const text = async (plan: Plan) => JSON.stringify((await kubernetesObjects(plan)).get('gateway'));

describe.each(Object.entries(gateways) as [string, GatewayBlueprint][])('gateway %s', (id, gateway) => {
  const plan = (change: Partial<Plan['gateway']> = {}): Plan =>
    fixturePlan({ gateway: { ...base.gateway, id, ...change } });

  test('the record is whole', () => {
    expect(gateway.pros.length * gateway.cons.length * gateway.sources.length * gateway.runbook.length).toBeGreaterThan(
      0,
    );
    expect(gateway.version).toMatch(/^\d/);
  });

  test('every route of the plan is in its configuration', async () => {
    const written = await text(plan({ routes: [{ ...route, model: 'a-name-of-its-own' }] }));
    expect(written).toContain('a-name-of-its-own');
  });

  test('requests and tokens a user may use are the plan’s (P5)', async () => {
    const written = await text(plan({ rateLimitPerUser: { requestsPerMinute: 23, tokensPerMinute: 45_678 } }));
    expect(written).toMatch(/\b23\b/);
    expect(written).toMatch(/\b45678\b/);
  });

  test('a fallback of the plan is one of the gateway (D10.4)', async () => {
    const routes = [
      { ...route, fallbacks: ['other'] },
      { ...route, model: 'other', kind: 'hosted' as const, target: 'openai/gpt-5-mini' },
    ];
    expect(await text(plan({ routes }))).toContain('gpt-5-mini');
  });

  test('no key is written out', async () => {
    const objects = (await kubernetesObjects(plan())).get('gateway') ?? [];
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    expect(objects.some(({ kind }) => kind === 'ExternalSecret')).toBe(true);
  });
});

test('a gateway without USD budgets is refused where budgets are asked for', () => {
  const use = { usdBudgets: true, hostedFallback: false };
  expect(gateways.litellm.unmet(use)).toEqual([]);
  expect(gateways['envoy-ai-gateway'].unmet(use)).toHaveLength(1);
});

import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { checkPlan } from '../../conformance/aws/check-plan.ts';
import { makePlan } from '../../lib/make-plan.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { awakeHoursPerMonth } from '../../lib/plan/sleep.ts';

const catalog = loadCatalog(products);

function planned(
  environment: 'staging' | 'prod',
  provisioning: 'managed-node-groups' | 'karpenter' | 'auto-mode',
): Plan {
  const { answers } = presets['support-chat-rag'];
  const plan = makePlan(
    {
      ...answers,
      infrastructure: {
        ...answers.infrastructure,
        provisioning,
        costCeilingUsdPerMonth: 3 * answers.infrastructure.costCeilingUsdPerMonth,
      },
      operations: { ...answers.operations, environment },
    },
    catalog,
  );
  if (!plan.ok) throw new Error(JSON.stringify(plan.reasons));
  return plan.value;
}

const line = (plan: Plan, id: RegExp) => {
  const found = plan.cost.lines.find((each) => id.test(each.id));
  if (!found) throw new Error(`no line ${id}`);
  return found;
};

describe.each(['managed-node-groups', 'karpenter', 'auto-mode'] as const)(
  'a staging platform under %s',
  (provisioning) => {
    const plan = planned('staging', provisioning);

    test('is billed for the hours its GPU machines are awake, and at most for all', () => {
      const { usdPerUnit, usdPerMonth, quantity } = line(plan, /^cluster\.gpu\.chat/);
      const pool = plan.platform.nodePools.find(({ id }) =>
        id.startsWith('chat'),
      ) as Plan['platform']['nodePools'][number];
      expect(usdPerUnit).toBeCloseTo(pool.usdPerNodeHour * awakeHoursPerMonth, 6);
      expect(usdPerMonth.expected).toBeCloseTo(quantity * usdPerUnit, 6);
      expect(usdPerMonth.maximum).toBeGreaterThanOrEqual(pool.nodes.maximum * pool.usdPerNodeHour * 730);
    });

    test('pays a fee on machine hours for those hours, too', () => {
      const fee = plan.cost.lines.find(({ id }) => id === 'cluster.provisioning-fee');
      const machines = plan.cost.lines.filter(({ id }) => /^cluster\.(gpu|nodes)\./.test(id));
      const usd = machines.reduce((sum, { usdPerMonth }) => sum + usdPerMonth.expected, 0);
      if (fee) expect(fee.usdPerMonth.expected).toBeCloseTo(usd * 0.12, 6);
      else expect(provisioning).not.toBe('auto-mode');
    });

    test('prices a request by those that are answered while they are awake', () => {
      const { requestsPerSecond, activeHoursPerMonth } = plan.requirements.throughput;
      const hours = Math.min(awakeHoursPerMonth, activeHoursPerMonth);
      const requests = (requestsPerSecond?.expected ?? 0) * 3600 * hours;
      expect(plan.cost.usdPerThousandRequests).toBeCloseTo((plan.cost.usdPerMonth.expected / requests) * 1000, 6);
    });

    test('wakes nobody at night for replicas that sleep', () => {
      const { expression } = plan.alerts.find(({ id }) => id === 'ReplicasMissing') ?? { expression: '' };
      const rows = expression.split('\nor\n').filter((row) => row.includes('namespace="serving"'));
      const gpuModels = plan.models.filter(({ gpusPerReplica }) => gpusPerReplica > 0).map(({ role }) => role);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows.filter((each) => gpuModels.some((role) => each.includes(`"${role}"`))))
        expect(row).toMatch(/ and kube_(deployment_spec|statefulset)_replicas\{.*\} > 0$/);
    });

    test('keeps the machines awake that carry the controllers, where there are any', () => {
      const { unit } = line(plan, /^cluster\.nodes\.general/);
      expect(unit).toBe(provisioning === 'managed-node-groups' ? 'node-month of 304 h' : 'node-month of 730 h');
    });

    test('passes every check: packs, rules, controls, bill, equal bytes', async () => {
      expect((await checkPlan(plan)).problems).toEqual([]);
    }, 60_000);
  },
);

test('production misses every replica', () => {
  const { expression } = planned('prod', 'karpenter').alerts.find(({ id }) => id === 'ReplicasMissing') ?? {
    expression: '_replicas{',
  };
  expect(expression).not.toMatch(/spec_replicas|statefulset_replicas/);
});

test('production is billed for every hour', () => {
  expect(line(planned('prod', 'karpenter'), /^cluster\.gpu\.chat/).unit).toBe('node-month of 730 h');
});

import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { instancePrice } from '../../lib/catalog/prices.ts';
import { makePlan } from '../../lib/make-plan.ts';
import { type NodePool, type Plan, readPlan } from '../../lib/plan/plan.ts';
import { replicaUsdPerHour } from '../../lib/plan/workloads.ts';

const catalog = loadCatalog(products);

type Answers = { infrastructure: Record<string, unknown> };
type PresetId = keyof typeof presets;

function planOf(id: PresetId, infrastructure: Record<string, unknown> = {}): Plan {
  const answers = structuredClone(presets[id].answers) as unknown as Answers;
  const outcome = makePlan({ ...answers, infrastructure: { ...answers.infrastructure, ...infrastructure } }, catalog);
  if (!outcome.ok) throw new Error(`${id} is ${outcome.kind}: ${JSON.stringify(outcome.reasons[0])}`);
  return outcome.value;
}

const bothWays = { purchases: ['on-demand', 'reserved-1y'], costCeilingUsdPerMonth: 500_000 };
const plans: readonly (readonly [string, Plan])[] = [
  ...(Object.keys(presets) as PresetId[]).map((id) => [id, planOf(id)] as const),
  ['support chat on L40S, base committed', planOf('support-chat-rag', { ...bothWays, gpu: { allow: ['L40S'] } })],
  ['HIPAA assistant, base committed', planOf('hipaa-document-assistant', bothWays)],
  ['HIPAA assistant under a high ceiling', planOf('hipaa-document-assistant', { costCeilingUsdPerMonth: 500_000 })],
  ['batch on spot alone', planOf('batch-extraction', { purchases: ['spot'] })],
];

const machine = (type: string) => catalog.offers.find(({ instanceType }) => instanceType === type);

describe.each(plans)('pools of %s', (_title, plan) => {
  test.each(plan.platform.nodePools)('$id has two machine types of equal GPU count, or says why not', (pool) => {
    const { instanceTypes, oneTypeBecause, gpuId, gpusPerNode, architecture } = pool;
    expect(instanceTypes.length >= 2).toBe(oneTypeBecause === undefined);
    expect(new Set(instanceTypes).size).toBe(instanceTypes.length);
    const offers = instanceTypes.flatMap((type) => machine(type) ?? []);
    expect(new Set(offers.map(({ gpu }) => gpu?.apiCount ?? 0)).size).toBeLessThanOrEqual(1);
    expect(new Set([architecture, ...offers.map((offer) => offer.architecture)]).size).toBe(1);
    if (instanceTypes.length > 1 || pool.purchase !== 'on-demand' || gpusPerNode === 0) return;
    const same = catalog.offers.filter(
      (offer) =>
        offer.gpu?.id === gpuId &&
        offer.gpu?.count === gpusPerNode &&
        offer.prices.some(({ region }) => region === plan.platform.region),
    );
    expect(same.map(({ instanceType }) => instanceType)).toEqual(instanceTypes);
  });

  test('the largest configuration is paid at the dearest type a pool may start, recomputed from list prices', () => {
    for (const pool of plan.platform.nodePools.filter(({ purchase }) => purchase !== 'owned')) {
      const committed = pool.committed?.nodes ?? 0;
      const list = pool.instanceTypes.map(
        (type) => machine(type)?.prices.find(({ region }) => region === plan.platform.region)?.onDemandUsdPerHour ?? 0,
      );
      const least =
        Math.max(0, pool.nodes.maximum - committed) * Math.max(...list) * hoursOf(plan, pool) +
        committed * (pool.committed?.usdPerNodeHour ?? 0) * 730;
      expect(linesOf(plan, pool, 'maximum')).toBeGreaterThanOrEqual(least - 0.01);
      const { minimum, expected } = {
        minimum: linesOf(plan, pool, 'minimum'),
        expected: linesOf(plan, pool, 'expected'),
      };
      expect(minimum).toBeLessThanOrEqual(expected);
      expect(expected).toBeLessThanOrEqual(linesOf(plan, pool, 'maximum') + 1e-6);
    }
  });

  test('quantity times the price of one is the expected cost of every line', () => {
    for (const line of plan.cost.lines.filter(({ id }) => /^cluster\.(gpu|nodes)\./.test(id))) {
      expect(line.quantity * line.usdPerUnit, line.id).toBeCloseTo(line.usdPerMonth.expected, 6);
    }
  });

  test('the sizer and the bill agree on the expected machines', () => {
    const chosen = plan.capacity?.chosen;
    const pool = plan.platform.nodePools.find(({ id }) => id.startsWith('chat'));
    if (!chosen || !pool) return;
    expect(linesOf(plan, pool, 'expected')).toBeCloseTo(chosen.usdPerMonth, 4);
    expect(linesOf(plan, pool, 'maximum')).toBeGreaterThanOrEqual(chosen.usdPerMonthPeak - 0.01);
  });

  test('the plan survives its own schema', () => {
    expect(readPlan(JSON.stringify(plan))).toEqual(JSON.parse(JSON.stringify(plan)));
  });
});

function linesOf(plan: Plan, pool: NodePool, of: 'minimum' | 'expected' | 'maximum'): number {
  const id = `cluster.${pool.gpusPerNode > 0 ? 'gpu' : 'nodes'}.${pool.id}`;
  return plan.cost.lines
    .filter((line) => line.id === id || line.id === `${id}.committed`)
    .reduce((sum, line) => sum + line.usdPerMonth[of], 0);
}

function hoursOf(plan: Plan, pool: NodePool): number {
  return pool.id.startsWith('chat') ? (plan.capacity?.chosen.hoursPerMonth ?? 730) : 730;
}

describe('the ceiling decides how many types a pool may have', () => {
  const wide = planOf('hipaa-document-assistant', { costCeilingUsdPerMonth: 500_000 });
  const types = ({ platform }: Plan) => platform.nodePools.find(({ id }) => id === 'chat')?.instanceTypes ?? [];

  test('a type that would break it is left out, with the figure, in the pool and in the record', () => {
    const tight = planOf('hipaa-document-assistant');
    expect(types(wide)).toHaveLength(2);
    expect(types(tight)).toEqual(types(wide).slice(0, 1));
    const because = tight.platform.nodePools.find(({ id }) => id === 'chat')?.oneTypeBecause ?? '';
    expect(because).toContain(types(wide)[1]);
    expect(because).toContain('68,000 USD');
    const record = tight.decisions.find(({ id }) => id === 'D11');
    expect(record?.reasons.some((reason) => reason.includes(because))).toBe(true);
    expect(tight.cost.usdPerMonth.expected).toBeCloseTo(wide.cost.usdPerMonth.expected, -3);
  });

  test('a higher ceiling never loses a plan or a type', () => {
    let before = 0;
    for (const ceiling of [66_000, 68_000, 90_000, 126_000, 128_000, 200_000]) {
      const plan = planOf('hipaa-document-assistant', { costCeilingUsdPerMonth: ceiling });
      expect(plan.cost.usdPerMonth.maximum).toBeLessThanOrEqual(ceiling);
      expect(types(plan).length).toBeGreaterThanOrEqual(before);
      before = types(plan).length;
    }
    expect(before).toBe(2);
  });
});

const feeOf = ({ cost }: Plan) => cost.lines.find(({ id }) => id === 'cluster.provisioning-fee');

test('the fee of the provisioner follows the machine types that the ceiling leaves', () => {
  const under = (costCeilingUsdPerMonth: number) =>
    planOf('hosted-with-fallback', { provisioning: 'auto-mode', costCeilingUsdPerMonth });
  const machinesAtMost = ({ platform }: Plan) =>
    platform.nodePools
      .map(({ nodes, usdPerNodeHourAtMost = 0 }) => nodes.maximum * usdPerNodeHourAtMost * 730)
      .reduce((sum, usd) => sum + usd, 0);
  const wide = under(500_000);
  const tight = under(wide.cost.usdPerMonth.maximum - 1);
  expect(machinesAtMost(tight)).toBeLessThan(machinesAtMost(wide));
  for (const plan of [wide, tight]) {
    // A type without a price in the region is billed at the usual level of the region.
    const share = (feeOf(plan)?.usdPerMonth.maximum ?? 0) / machinesAtMost(plan);
    expect(share).toBeGreaterThanOrEqual(0.12 - 1e-9);
    expect(share).toBeLessThan(0.122);
  }
  expect(tight.cost.usdPerMonth.maximum).toBeLessThan(wide.cost.usdPerMonth.maximum);
});

describe.each(['support-chat-rag', 'batch-extraction', 'hipaa-document-assistant'] as const)(
  'the fee of auto mode for %s',
  (id) => {
    const others = id === 'batch-extraction' ? { purchases: ['spot'] } : bothWays;
    const plan = planOf(id, { ...others, provisioning: 'auto-mode' });
    const optionUsd = ({ decisions }: Plan, way: string) =>
      decisions.find((row) => row.id === 'D11')?.options.find((option) => option.id === way)?.usdPerMonth;

    test('is in the decision what it is in the bill', () => {
      expect(optionUsd(plan, 'auto-mode')).toBeCloseTo(feeOf(plan)?.usdPerMonth.expected ?? 0, 6);
      expect(optionUsd(plan, 'karpenter')).toBe(0);
    });

    test('is a share of the on-demand price of every machine of every pool, however bought', () => {
      const usd = plan.platform.nodePools.map(({ id: pool, instanceTypes, nodes }) => {
        const price = instancePrice(catalog, instanceTypes[0] ?? '', plan.platform.region)?.usdPerHour ?? 0;
        const runs = plan.requirements.throughput.pattern === 'batch' && pool === 'chat';
        return nodes.expected * price * (runs ? (plan.capacity?.chosen.hoursPerMonth ?? 0) : 730);
      });
      expect(usd.length).toBeGreaterThan(1);
      expect(usd.every((each) => each > 0)).toBe(true);
      expect(feeOf(plan)?.usdPerMonth.expected).toBeCloseTo(usd.reduce((sum, each) => sum + each, 0) * 0.12, 6);
    });

    test('is the same where it is only compared, and nowhere in the bill of another way', () => {
      const compared = planOf(id, { ...others, provisioning: 'karpenter' });
      expect(optionUsd(compared, 'auto-mode')).toBeCloseTo(optionUsd(plan, 'auto-mode') ?? 0, 6);
      expect(feeOf(compared)).toBeUndefined();
    });
  },
);

test('the bill of a committed base has its own line, paid whatever runs', () => {
  const plan = planOf('hipaa-document-assistant', bothWays);
  const pool = plan.platform.nodePools.find(({ id }) => id === 'chat');
  expect(pool?.purchase).toBe('reserved-1y-no-upfront+on-demand');
  expect(pool?.committed?.nodes).toBe(pool?.nodes.minimum);
  const line = plan.cost.lines.find(({ id }) => id === 'cluster.gpu.chat.committed');
  expect(line?.usdPerMonth.minimum).toBe(line?.usdPerMonth.maximum);
  const chat = plan.models.find(({ role }) => role === 'chat');
  if (!chat || !plan.capacity) throw new Error('no chat model');
  const replicas = plan.capacity.chosen.replicas.expected;
  expect(replicaUsdPerHour(plan, chat) * replicas * 730).toBeCloseTo(plan.capacity.chosen.usdPerMonth, 4);
  const onDemand = planOf('hipaa-document-assistant', { ...bothWays, purchases: ['on-demand'] });
  expect(plan.cost.usdPerMonth.expected).toBeLessThan(onDemand.cost.usdPerMonth.expected);
});

describe('copies in a second region (P15)', () => {
  test('go to the next region the answers name', () => {
    expect(planOf('hipaa-document-assistant').platform.recoveryRegion).toBe('us-west-2');
    const { platform } = planOf('hipaa-document-assistant', { regions: ['us-east-1', 'us-east-2', 'us-west-2'] });
    expect(platform.recoveryRegion).toBe('us-east-2');
  });
});

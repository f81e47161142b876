import type { Catalog } from '../catalog/catalog.ts';
import { hoursPerMonth } from '../catalog/prices.ts';
import type { CostLine } from '../catalog/products.ts';
import type { Source } from '../catalog/source.ts';
import type { Decided } from '../decisions/decided.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { NodePool, Plan } from './plan.ts';
import { expectedHours, poolHours } from './pool-hours.ts';
import { feeLines } from './provisioning-fee.ts';
import { monthlyTokens } from './served-models.ts';
import { awakeHoursPerMonth, sleepingPools } from './sleep.ts';

function priceSource(pool: NodePool, region: string, requirements: Requirements, catalog: Catalog): Source {
  const type = pool.instanceTypes[0];
  const own = requirements.infrastructure.ownPrices.find((row) => row.instanceType === type && row.region === region);
  if (own) return { ref: 'answers:infrastructure.ownPrices', date: catalog.date };
  if (pool.purchase === 'owned') return { ref: 'answers:infrastructure.owned', date: catalog.date };
  const offer = catalog.offers.find((row) => row.instanceType === type);
  const price = offer?.prices.find((row) => row.region === region) ?? offer?.prices[0];
  return price?.sources[0] ?? offer?.sources[0] ?? { ref: 'answers', date: catalog.date };
}

/**
 * Lines of a pool: machines committed for the month, and those that run with the load. The maximum counts every machine
 * that is not committed at the dearest type and way of buying the pool may use, awake all month, so that the ceiling is
 * proven for whatever is to be had.
 */
function poolLines(
  pool: NodePool,
  platform: Plan['platform'],
  decided: Pick<Decided, 'sizing'>,
  requirements: Requirements,
  catalog: Catalog,
): readonly CostLine[] {
  const { region } = platform;
  const hours = expectedHours(pool, decided, requirements, platform);
  const hoursAtMost = poolHours(pool, decided);
  const offer = catalog.offers.find((row) => row.instanceType === pool.instanceTypes[0]);
  const known = pool.purchase === 'owned' || offer?.prices.some((price) => price.region === region) === true;
  const id = `cluster.${pool.gpusPerNode > 0 ? 'gpu' : 'nodes'}.${pool.id}`;
  const [type] = pool.instanceTypes;
  const common = {
    group: 'cluster',
    basis: known ? 'measured' : 'assumed',
    source: priceSource(pool, region, requirements, catalog),
  } as const;
  const committed = pool.committed?.nodes ?? 0;
  const above = (nodes: number) => Math.max(0, nodes - committed);
  const usdPerUnit = pool.usdPerNodeHour * hours;
  const running: CostLine = {
    ...common,
    id,
    title: `${machineText(type, committed > 0 ? 'on-demand' : pool.purchase)}: ${pool.purpose}${hours < hoursAtMost ? ', asleep outside working hours' : ''}`,
    quantity: above(pool.nodes.expected),
    unit: `node-month of ${Math.round(hours)} h`,
    usdPerUnit,
    usdPerMonth: {
      minimum: above(pool.nodes.minimum) * usdPerUnit,
      expected: above(pool.nodes.expected) * usdPerUnit,
      maximum: above(pool.nodes.maximum) * (pool.usdPerNodeHourAtMost ?? pool.usdPerNodeHour) * hoursAtMost,
    },
  };
  if (!pool.committed) return [running];
  const usdPerMonth = committed * pool.committed.usdPerNodeHour * hoursPerMonth;
  const base: CostLine = {
    ...common,
    id: above(pool.nodes.maximum) > 0 ? `${id}.committed` : id,
    title: `${type}, ${pool.purchase.replace('+on-demand', '')}: ${pool.purpose}`,
    quantity: committed,
    unit: `node-month of ${hoursPerMonth} h`,
    usdPerUnit: pool.committed.usdPerNodeHour * hoursPerMonth,
    usdPerMonth: { minimum: usdPerMonth, expected: usdPerMonth, maximum: usdPerMonth },
  };
  return above(pool.nodes.maximum) > 0 ? [base, running] : [base];
}

/** Every line of the monthly bill with its sum, and what a request costs at the expected volume (P24). */
export function costPlan(
  requirements: Requirements,
  decided: Pick<Decided, 'sizing' | 'costLines'>,
  platform: Plan['platform'],
  fixed: { readonly lines: readonly CostLine[]; readonly gaps: readonly string[] },
  catalog: Catalog,
): Plan['cost'] {
  const machines = platform.nodePools.flatMap((pool) => poolLines(pool, platform, decided, requirements, catalog));
  // The machines of the general pool are sized for the store's pods: what the decision priced them at is not paid twice.
  const taken = new Set([...machines.map((line) => line.id), 'data.vector-store.pods']);
  const others = decided.costLines.filter((line) => !taken.has(line.id));
  const fees = feeLines(platform, decided, requirements, catalog);
  const lines = [...machines, ...fees, ...others, ...fixed.lines].sort((a, b) => (a.id < b.id ? -1 : 1));
  const sum = (of: 'minimum' | 'expected' | 'maximum') =>
    lines.reduce((total, line) => total + line.usdPerMonth[of], 0);
  const expected = sum('expected');
  const asked = monthlyTokens(requirements);
  // Nobody is answered while the machines sleep.
  const gpuPools = platform.nodePools.filter(({ gpusPerNode }) => gpusPerNode > 0);
  const asleep = sleepingPools({ platform, requirements }).some((pool) => gpuPools.includes(pool));
  const answered = asleep ? Math.min(1, awakeHoursPerMonth / requirements.throughput.activeHoursPerMonth) : 1;
  const [requests, output] = [asked.requests * answered, asked.output * answered];
  const dates = lines
    .filter((line) => line.usdPerMonth.maximum > 0)
    .map((line) => line.source.date)
    .sort();
  return {
    lines,
    usdPerMonth: { minimum: sum('minimum'), expected, maximum: sum('maximum') },
    usdPerThousandRequests: requests > 0 ? (expected / requests) * 1000 : 0,
    usdPerMillionOutputTokens: output > 0 ? (expected / output) * 1e6 : 0,
    gaps: [...fixed.gaps].sort(),
    ...(dates[0] !== undefined && { priceDate: dates[0] }),
  };
}

/** `g6.xlarge, on-demand`; a machine of the user's is bought no other way. */
function machineText(type: string | undefined, purchase: string): string {
  if (purchase !== 'owned') return `${type}, ${purchase}`;
  return type === 'owned' ? 'your own machines' : `${type}, your own`;
}

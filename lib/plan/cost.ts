import type { Catalog } from '../catalog/catalog.ts';
import type { CostLine } from '../catalog/products.ts';
import type { Source } from '../catalog/source.ts';
import type { Decided } from '../decisions/decided.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { NodePool, Plan } from './plan.ts';
import { monthlyTokens } from './served-models.ts';

const hoursPerMonth = 730;

/** Hours a month the pool of the chat model runs: always on for traffic, the hours of the runs for batch. */
export function poolHours(pool: NodePool, decided: Pick<Decided, 'sizing'>): number {
  const chosen = decided.sizing?.chosen;
  return chosen && pool.instanceTypes[0] === chosen.instanceTypes[0] && pool.id.startsWith('chat')
    ? chosen.hoursPerMonth
    : hoursPerMonth;
}

function priceSource(pool: NodePool, region: string, requirements: Requirements, catalog: Catalog): Source {
  const type = pool.instanceTypes[0];
  const own = requirements.infrastructure.ownPrices.find((row) => row.instanceType === type && row.region === region);
  if (own) return { ref: 'answers:infrastructure.ownPrices', date: catalog.date };
  if (pool.purchase === 'owned') return { ref: 'answers:infrastructure.owned', date: catalog.date };
  const offer = catalog.offers.find((row) => row.instanceType === type);
  const price = offer?.prices.find((row) => row.region === region) ?? offer?.prices[0];
  return price?.sources[0] ?? offer?.sources[0] ?? { ref: 'answers', date: catalog.date };
}

function poolLine(
  pool: NodePool,
  region: string,
  decided: Pick<Decided, 'sizing'>,
  requirements: Requirements,
  catalog: Catalog,
): CostLine {
  const hours = poolHours(pool, decided);
  const usdPerUnit = pool.usdPerNodeHour * hours;
  const offer = catalog.offers.find((row) => row.instanceType === pool.instanceTypes[0]);
  const known = pool.purchase === 'owned' || offer?.prices.some((price) => price.region === region) === true;
  return {
    id: `cluster.${pool.gpusPerNode > 0 ? 'gpu' : 'nodes'}.${pool.id}`,
    title: `${pool.instanceTypes[0]}, ${pool.purchase}: ${pool.purpose}`,
    group: 'cluster',
    quantity: pool.nodes.expected,
    unit: `node-month of ${Math.round(hours)} h`,
    usdPerUnit,
    usdPerMonth: {
      minimum: pool.nodes.minimum * usdPerUnit,
      expected: pool.nodes.expected * usdPerUnit,
      maximum: pool.nodes.maximum * usdPerUnit,
    },
    basis: known ? 'measured' : 'assumed',
    source: priceSource(pool, region, requirements, catalog),
  };
}

/** Every line of the monthly bill with its sum, and what a request costs at the expected volume (P24). */
export function costPlan(
  requirements: Requirements,
  decided: Pick<Decided, 'sizing' | 'costLines'>,
  platform: Plan['platform'],
  fixed: { readonly lines: readonly CostLine[]; readonly gaps: readonly string[] },
  catalog: Catalog,
): Plan['cost'] {
  const machines = platform.nodePools.map((pool) => poolLine(pool, platform.region, decided, requirements, catalog));
  // The machines of the general pool are sized for the store's pods: what the decision priced them at is not paid twice.
  const taken = new Set([...machines.map((line) => line.id), 'data.vector-store.pods']);
  const lines = [...machines, ...decided.costLines.filter((line) => !taken.has(line.id)), ...fixed.lines].sort(
    (a, b) => (a.id < b.id ? -1 : 1),
  );
  const sum = (of: 'minimum' | 'expected' | 'maximum') =>
    lines.reduce((total, line) => total + line.usdPerMonth[of], 0);
  const expected = sum('expected');
  const { requests, output } = monthlyTokens(requirements);
  const dates = lines.map((line) => line.source.date).sort();
  return {
    lines,
    usdPerMonth: { minimum: sum('minimum'), expected, maximum: sum('maximum') },
    usdPerThousandRequests: requests > 0 ? (expected / requests) * 1000 : 0,
    usdPerMillionOutputTokens: output > 0 ? (expected / output) * 1e6 : 0,
    gaps: [...fixed.gaps].sort(),
    priceDate: dates[0] ?? catalog.date,
  };
}

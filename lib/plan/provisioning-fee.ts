import type { Catalog } from '../catalog/catalog.ts';
import { hoursPerMonth, instancePrice } from '../catalog/prices.ts';
import type { CostLine } from '../catalog/products.ts';
import type { Decided, ProvisioningChoice } from '../decisions/decided.ts';
import { provisioningFee } from '../decisions/provisioning.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { NodePool, Plan } from './plan.ts';
import { platformPlan } from './platform.ts';
import { expectedHours, poolHours } from './pool-hours.ts';
import { servedModels } from './served-models.ts';

type Usd = CostLine['usdPerMonth'];

/** On-demand prices of a pool's machine types, USD an hour, the first type's first; the pool's own where none is known. */
function listPrices(pool: NodePool, region: string, catalog: Catalog): readonly [number, ...number[]] {
  const price = (type: string) => instancePrice(catalog, type, region)?.usdPerHour;
  const [first, ...others] = pool.instanceTypes;
  return [price(first ?? '') ?? pool.usdPerNodeHour, ...others.flatMap((type) => price(type) ?? [])];
}

/**
 * What the machines of every pool cost a month at their on-demand price: a provisioner's fee is a share of that,
 * however the machines are bought. The maximum is every machine awake all month, as the dearest type of its pool.
 */
function listUsd(
  platform: Plan['platform'],
  decided: Pick<Decided, 'sizing'>,
  requirements: Requirements,
  catalog: Catalog,
): Usd {
  const pools = platform.nodePools.map((pool): Usd => {
    const prices = listPrices(pool, platform.region, catalog);
    const committed = pool.committed?.nodes ?? 0;
    const usd = (nodes: number, price: number, hours: number) =>
      price * (Math.min(nodes, committed) * hoursPerMonth + Math.max(0, nodes - committed) * hours);
    const hours = expectedHours(pool, decided, requirements, platform);
    return {
      minimum: usd(Math.max(pool.nodes.minimum, committed), prices[0], hours),
      expected: usd(Math.max(pool.nodes.expected, committed), prices[0], hours),
      maximum: usd(pool.nodes.maximum, Math.max(...prices, pool.usdPerNodeHourAtMost ?? 0), poolHours(pool, decided)),
    };
  });
  const sum = (of: keyof Usd) => pools.reduce((total, pool) => total + pool[of], 0);
  return { minimum: sum('minimum'), expected: sum('expected'), maximum: sum('maximum') };
}

/** The same before there is a plan, for the machines that one way of provisioning would start (D11). */
export function machinesListUsdPerMonth(
  requirements: Requirements,
  kind: ProvisioningChoice['kind'],
  placed: Pick<Decided, 'region' | 'served' | 'vectorStore' | 'sizing'>,
  catalog: Catalog,
): number {
  const provisioning: ProvisioningChoice = {
    kind,
    purchase: placed.sizing?.chosen.purchase ?? 'on-demand',
    reservationIds: [],
    feePercentOfInstance: 0,
    feeUsdPerMonth: 0,
    batchOnSpot: false,
  };
  const models = servedModels(requirements, placed, catalog);
  // Guards of compliance move no machine.
  const guards = { fips: false, crossRegionBackup: false };
  const platform = platformPlan(requirements, { ...placed, provisioning }, models, guards, catalog);
  return listUsd(platform, placed, requirements, catalog).expected;
}

/** The line of the bill; none where nothing is charged on top of the machines. */
export function feeLines(
  platform: Plan['platform'],
  decided: Pick<Decided, 'sizing'>,
  requirements: Requirements,
  catalog: Catalog,
): readonly CostLine[] {
  const way = catalog.products.clouds[platform.cloud]?.provisioning[platform.provisioning];
  const percent = way?.feePercentOfInstance ?? 0;
  if (!way || percent === 0) return [];
  const { minimum, expected, maximum } = listUsd(platform, decided, requirements, catalog);
  return [
    {
      id: provisioningFee,
      title: `Fee of ${way.title}: ${percent}% of the on-demand price of every machine`,
      group: 'cluster',
      quantity: percent,
      unit: '% of the on-demand price',
      usdPerUnit: expected / 100,
      usdPerMonth: {
        minimum: (minimum * percent) / 100,
        expected: (expected * percent) / 100,
        maximum: (Math.max(expected, maximum) * percent) / 100,
      },
      basis: 'modelled',
      source: way.sources[0],
    },
  ];
}

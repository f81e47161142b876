import type { ManagedInstance, Offer, OfferPrice, ServicePrice } from '../../../lib/catalog/catalog.ts';
import { type Packed, type SourceCell, sourceResolver, unpack } from '../../../lib/catalog/packed.ts';
import instancePrices from './data/instance-prices.json' with { type: 'json' };
import machines from './data/machines.json' with { type: 'json' };
import services from './data/service-prices.json' with { type: 'json' };

/** USD an hour as the data file keeps it, its empty tail cut off; `scripts/refresh-catalog.ts` writes the same tuple. */
type PriceCell = readonly [
  source: number,
  onDemand: number,
  reserved1yNoUpfront?: number | null,
  reserved1yAllUpfront?: number | null,
  reserved3yNoUpfront?: number | null,
  reserved3yAllUpfront?: number | null,
  reservedSource?: number | null,
  spotSavingsPercent?: number | null,
  spotInterruptionBand?: string | null,
];

interface PriceFile {
  readonly sources: readonly SourceCell[];
  /** By group, instance type and region. */
  readonly prices: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, PriceCell>>>>>>;
}

const priceFile = instancePrices as unknown as PriceFile;

/** Sources of each data file here, for the date of the catalogue. */
export const awsSourceTables: readonly (readonly SourceCell[])[] = [
  priceFile.sources,
  (machines as unknown as { sources: readonly SourceCell[] }).sources,
  (services as unknown as { sources: readonly SourceCell[] }).sources,
];

/** The table's last source is the Spot advisor's. */
const spotSource = priceFile.sources.length - 1;

/** Spot = on-demand less the advisor's savings: the sources hold no Spot price itself. */
function pricesOf(group: string, instanceType: string, resolve: ReturnType<typeof sourceResolver>): OfferPrice[] {
  const regions = priceFile.prices[group]?.[instanceType] ?? {};
  return Object.entries(regions).map(([region, cell]): OfferPrice => {
    const [source, onDemand, no1y, all1y, no3y, all3y, reservedSource, savings, band] = cell;
    const indexes = [source];
    if (typeof reservedSource === 'number') indexes.push(reservedSource);
    if (typeof savings === 'number') indexes.push(spotSource);
    return {
      region,
      onDemandUsdPerHour: onDemand,
      ...(no1y != null && { reserved1yNoUpfrontUsdPerHour: no1y }),
      ...(all1y != null && { reserved1yAllUpfrontUsdPerHour: all1y }),
      ...(no3y != null && { reserved3yNoUpfrontUsdPerHour: no3y }),
      ...(all3y != null && { reserved3yAllUpfrontUsdPerHour: all3y }),
      ...(savings != null && { spotUsdPerHour: Number((onDemand * (1 - savings / 100)).toFixed(6)) }),
      ...(band != null && { spotInterruptionBand: band }),
      sources: resolve(indexes, `${instanceType} in ${region}`),
    };
  });
}

/** Every EC2 type with its prices; a type without a price anywhere keeps an empty list and is never chosen. */
export function awsOffers(): Offer[] {
  const resolve = sourceResolver(priceFile.sources);
  type Machine = Omit<Offer, 'cloud' | 'prices'>;
  return unpack<Machine>(machines as unknown as Packed<Machine>, (row) => row.instanceType).map((machine) => ({
    cloud: 'aws',
    ...machine,
    prices: pricesOf('ec2', machine.instanceType, resolve),
  }));
}

/** Instance classes of the managed databases, search and cache services. */
export function awsManagedInstances(): ManagedInstance[] {
  const resolve = sourceResolver(priceFile.sources);
  return Object.entries(priceFile.prices)
    .filter(([service]) => service !== 'ec2')
    .flatMap(([service, types]) =>
      Object.keys(types).map((instanceType) => ({
        cloud: 'aws',
        service,
        instanceType,
        prices: pricesOf(service, instanceType, resolve),
      })),
    );
}

export function awsServicePrices(): ServicePrice[] {
  type Row = Omit<ServicePrice, 'cloud'>;
  return unpack<Row>(services as unknown as Packed<Row>, (row) => `${row.service}, ${row.item}`).map((row) => ({
    cloud: 'aws',
    ...row,
  }));
}

import type { Catalog } from '../../../../lib/catalog/catalog.ts';
import { hoursPerMonth, instancePrice, servicePrice } from '../../../../lib/catalog/prices.ts';
import type { CostLine } from '../../../../lib/catalog/products.ts';
import { weakestBasis } from '../../../../lib/catalog/source.ts';
import { type Amount, type Bill, type Driver, type DriverId, drivers } from './drivers.ts';

/** Machines of a managed service: a class, and how many. */
export interface ManagedMachines {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly instanceClass: string;
  readonly count: number;
}

export interface Priced {
  readonly lines: readonly CostLine[];
  readonly gaps: readonly string[];
}

/** Prices of a bill as lines, sorted by id; a driver that is used and has no price is a gap, never zero. */
export function linesOf(bill: Bill, machines: readonly ManagedMachines[], region: string, catalog: Catalog): Priced {
  const lines: CostLine[] = [];
  const gaps: string[] = [];
  for (const id of Object.keys(drivers) as DriverId[]) {
    const amount = bill[id];
    if (!amount || amount.maximum === 0) continue;
    const line = driverLine(id, amount, region, catalog);
    if (line) lines.push(line);
    else gaps.push(`${drivers[id].title}: no price for ${drivers[id].price.join(', ')} in the catalogue`);
  }
  for (const machine of machines) {
    const line = machineLine(machine, region, catalog);
    if (line) lines.push(line);
    else gaps.push(`${machine.title}: no price for ${machine.instanceClass} in the catalogue`);
  }
  return { lines: lines.sort((a, b) => (a.id < b.id ? -1 : 1)), gaps: gaps.sort() };
}

function driverLine(id: DriverId, amount: Amount, region: string, catalog: Catalog): CostLine | undefined {
  const driver: Driver = drivers[id];
  const [service, item, tier] = driver.price;
  const found = servicePrice(catalog, service, item, region, tier);
  if (!found) return undefined;
  const { price } = found;
  const perUnit = driver.perUnit ?? 1;
  const usd = (units: number) => (units / perUnit) * price.usd;
  return {
    id,
    title: driver.title,
    group: driver.group,
    quantity: amount.expected / perUnit,
    unit: price.unit,
    usdPerUnit: price.usd,
    usdPerMonth: { minimum: usd(amount.minimum), expected: usd(amount.expected), maximum: usd(amount.maximum) },
    basis: driver.assumption ? 'assumed' : found.basis,
    source: price.sources[0],
  };
}

function machineLine(machine: ManagedMachines, region: string, catalog: Catalog): CostLine | undefined {
  const price = instancePrice(catalog, machine.instanceClass, region);
  if (!price) return undefined;
  const usd = machine.count * price.usdPerHour * hoursPerMonth;
  return {
    id: machine.id,
    title: machine.title,
    group: machine.group,
    quantity: machine.count,
    unit: `instance-month of ${hoursPerMonth} h`,
    usdPerUnit: price.usdPerHour * hoursPerMonth,
    usdPerMonth: { minimum: usd, expected: usd, maximum: usd },
    basis: weakestBasis(price.basis),
    source: price.source,
  };
}

import type { Offer } from '../../../lib/catalog/catalog.ts';
import { awsOffers } from './offers.ts';

let byType: ReadonlyMap<string, Offer> | undefined;

/** Facts of a machine type from the shipped catalogue: interfaces, processors, prices. */
export function machine(instanceType: string): Offer | undefined {
  byType ??= new Map(awsOffers().map((offer) => [offer.instanceType, offer]));
  return byType.get(instanceType);
}

/** EFA interfaces a launch template can ask of all these types: the fewest any of them has. */
export function efaInterfaces(instanceTypes: readonly string[]): number {
  return Math.min(...instanceTypes.map((type) => machine(type)?.efaInterfaces ?? 0));
}

/** Types whose first network card carries no EFA: the interfaces are on the cards after it. */
export function efaOnFirstCard(instanceTypes: readonly string[]): boolean {
  return !instanceTypes.some((type) => type.startsWith('p6-b300.'));
}

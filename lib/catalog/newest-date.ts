import type { Catalog } from './catalog.ts';
import type { Source } from './source.ts';

/** Date of the newest source in a catalogue: what «age» is counted from. */
export function newestDate(catalog: Omit<Catalog, 'date' | 'products'>): string {
  let newest = '';
  const see = (sources: readonly Source[]) => {
    for (const { date } of sources) if (date > newest) newest = date;
  };
  for (const rows of [catalog.gpus, catalog.models, catalog.hostedModels, catalog.servicePrices]) {
    for (const row of rows) see(row.sources);
  }
  for (const offer of catalog.offers) {
    see(offer.sources);
    for (const price of offer.prices) see(price.sources);
  }
  for (const instance of catalog.managedInstances ?? []) for (const price of instance.prices) see(price.sources);
  return newest;
}

import type { Catalog, HostedModel, Products } from '../lib/catalog/catalog.ts';
import gpus from '../lib/catalog/data/gpus.json' with { type: 'json' };
import hostedModels from '../lib/catalog/data/hosted-models.json' with { type: 'json' };
import models from '../lib/catalog/data/models.json' with { type: 'json' };
import type { Gpu } from '../lib/catalog/gpu.ts';
import type { Model } from '../lib/catalog/model.ts';
import { newestDate } from '../lib/catalog/newest-date.ts';
import { type Packed, unpack } from '../lib/catalog/packed.ts';
import { awsManagedInstances, awsOffers, awsServicePrices } from './clouds/aws/offers.ts';

/**
 * The shipped catalogue: every fact with its source, and what each registered product says of itself. Rows are not
 * validated here, for speed; `groundplan catalog check` and a test parse each of them.
 *
 * @throws {Error} naming the row, if one has no source
 */
export function loadCatalog(products: Products): Catalog {
  const idOf = (row: { readonly id: string }) => row.id;
  const facts = {
    gpus: unpack<Gpu>(gpus as unknown as Packed<Gpu>, idOf),
    models: unpack<Model>(models as unknown as Packed<Model>, idOf),
    offers: awsOffers(),
    hostedModels: unpack<HostedModel>(hostedModels as unknown as Packed<HostedModel>, idOf),
    servicePrices: awsServicePrices(),
    managedInstances: awsManagedInstances(),
  };
  return { date: newestDate(facts), ...facts, products };
}

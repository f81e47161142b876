import type { Catalog, HostedModel, ManagedInstance, Products } from '../lib/catalog/catalog.ts';
import gpus from '../lib/catalog/data/gpus.json' with { type: 'json' };
import hostedModels from '../lib/catalog/data/hosted-models.json' with { type: 'json' };
import models from '../lib/catalog/data/models.json' with { type: 'json' };
import type { Gpu } from '../lib/catalog/gpu.ts';
import type { Model } from '../lib/catalog/model.ts';
import { newestDate, type Packed, unpack } from '../lib/catalog/packed.ts';
import { awsManagedInstances, awsOffers, awsServicePrices, awsSourceTables } from './clouds/aws/offers.ts';

const packedGpus = gpus as unknown as Packed<Gpu>;
const packedModels = models as unknown as Packed<Model>;
const packedHosted = hostedModels as unknown as Packed<HostedModel>;
const idOf = (row: { readonly id: string }) => row.id;

/**
 * The shipped catalogue: every fact with its source, and what each registered product says of itself. Rows are not
 * validated here, for speed; `groundplan catalog check` and a test parse each of them. Prices of managed classes are
 * unpacked when they are first read.
 *
 * @throws {Error} naming the row, if one has no source
 */
export function loadCatalog(products: Products): Catalog {
  let managed: readonly ManagedInstance[] | undefined;
  return {
    date: newestDate([packedGpus.sources, packedModels.sources, packedHosted.sources, ...awsSourceTables]),
    gpus: unpack(packedGpus, idOf),
    models: unpack(packedModels, idOf),
    offers: awsOffers(),
    hostedModels: unpack(packedHosted, idOf),
    servicePrices: awsServicePrices(),
    get managedInstances() {
      managed ??= awsManagedInstances();
      return managed;
    },
    products,
  };
}

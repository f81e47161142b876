import type { Products } from '../lib/catalog/catalog.ts';
import { clouds } from './clouds/index.ts';
import { gateways } from './gateways/index.ts';
import { modelServers } from './model-servers/index.ts';
import { vectorStores } from './vector-stores/index.ts';

/** The one list of all that can be chosen. */
export const products = { clouds, gateways, modelServers, vectorStores } as const satisfies Products;

import type { CloudFacts } from '../../lib/catalog/products.ts';
import { awsFacts } from './aws/facts.ts';
import { onPremisesFacts } from './on-premises/index.ts';

/** Every place the platform can run; the key is its id everywhere. */
export const clouds = {
  aws: awsFacts,
  'on-premises': onPremisesFacts,
} as const satisfies Record<string, CloudFacts>;

import type { Source } from '../../../lib/catalog/source.ts';

const guide = 'docs.aws.amazon.com/opensearch-service/latest/developerguide';

/** Where each limit of this folder was read. */
export const sources = {
  vectors: {
    ref: `${guide}/serverless-vector-search.html`,
    date: '2026-11-21',
    note: 'Classic collections: 16,000 dimensions, HNSW with Faiss only, 60 s until a write is found',
  },
  capacity: {
    ref: `${guide}/serverless-scaling.html`,
    date: '2026-11-21',
    note: 'A unit has 6 GiB of memory and holds 120 GiB of index; at least 0.5 to write and 0.5 to answer, twice with standby; 1 TiB an index',
  },
  steps: {
    ref: 'Amazon OpenSearch Service developer guide: collection group capacity limits',
    date: '2026-11-21',
    note: 'Limits of a collection group may be 1, 2, 4, 8, 16 and multiples of 16 up to 1,696 units',
  },
  snapshots: {
    ref: `${guide}/serverless-snapshots.html`,
    date: '2026-11-21',
    note: 'A snapshot every hour; restored into the same collection only; requests fail meanwhile',
  },
  regions: {
    ref: 'boto/botocore:botocore/data/endpoints.json, service aoss, release 1.44.5',
    date: '2026-11-21',
    note: 'Regions with an endpoint of the service',
  },
} as const satisfies Record<string, Source>;

/** Regions with an endpoint of the service, both of GovCloud among them. */
export const regions: readonly string[] = [
  'ap-east-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-west-1',
  'us-west-2',
];

const gib = 2 ** 30;

/** One unit (OCU) as the service documents it. */
export const unit = { memoryBytes: 6 * gib, indexBytes: 120 * gib, millicores: 1000 } as const;

/** The smallest share of a unit, for writing and for answering. */
export const smallestUnit = 0.5;

/** Data one index can hold. */
export const maxIndexBytes = 1024 * gib;

/** Most units a collection group may be limited to, for writing and for answering each. */
export const maxUnits = 1696;

/**
 * Share of a unit's memory that carries graphs: half goes to the process, and half of the rest is the plugin's default
 * limit, as on a node of a domain. Assumed; range 0.2 to 0.5. Too small a share errs towards more units.
 */
export const graphShare = 0.25;

/** Queries one processor answers in a second, as for a domain. Assumed; the load test replaces it (P18). */
export const queriesPerSecondPerCore = 40;

/** A second index is built beside the first when the embedding model changes or an index is restored. */
export const growth = 2;

/** The value a limit may take: the smallest step of the service at or above it. */
export function limitStep(units: number): number {
  const step = [1, 2, 4, 8, 16].find((each) => each >= units) ?? 16 * Math.ceil(units / 16);
  return Math.min(step, maxUnits);
}

/** Limit of a collection group: room for a second index. */
export function limitFor(units: number): number {
  return limitStep(growth * units);
}

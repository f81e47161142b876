import { hoursPerMonth } from '../../../lib/catalog/prices.ts';
import type { VectorStoreLoad, VectorStoreSize } from '../../../lib/catalog/products.ts';
import type { VectorStoreBlueprint } from '../../contract.ts';
import { unmetLimits } from '../limits.ts';
import {
  flatLine,
  gib,
  graphQueryMilliseconds,
  type MachineClass,
  podStoreCost,
  queriesPerMonth,
  r7gSizes,
  smallestClass,
  textBytesPerVector,
} from '../sizing.ts';
import { pgvectorSchema } from './schema.ts';

const classes: readonly MachineClass[] = r7gSizes.map(({ size, memoryGiB, vcpus }) => ({
  instanceClass: `db.r7g.${size}`,
  memoryGiB,
  vcpus,
}));
/** Burstable classes serve where no copy in another zone is asked for. */
const smallClasses: readonly MachineClass[] = [
  { instanceClass: 'db.t4g.medium', memoryGiB: 4, vcpus: 2 },
  { instanceClass: 'db.t4g.large', memoryGiB: 8, vcpus: 2 },
];

const pageBytes = 8192;
/** Page header, special space and one line pointer. */
const pageOverheadBytes = 36;

/**
 * Bytes of an HNSW index over half-precision vectors (m = 16): element and neighbour tuples in pages of 8 KiB.
 *
 *   elements a page = floor((8192 - 36) / (76 + 8 + 2 x dimension + 228))
 *
 * Whole elements only, so a dimension just above a step doubles the index: the reason for `halfvec`.
 */
export function hnswIndexBytes(vectors: number, dimension: number): number {
  const elementBytes = 76 + 8 + 2 * dimension;
  const neighbourBytes = 12 + 6 * 16 * 2 + 24;
  const perPage = Math.max(1, Math.floor((pageBytes - pageOverheadBytes) / (elementBytes + neighbourBytes)));
  return Math.ceil(vectors / perPage) * pageBytes;
}

function size(load: VectorStoreLoad): VectorStoreSize {
  const indexBytes = hnswIndexBytes(load.vectors, load.dimension);
  const rowBytes = 64 + 2 * load.dimension + 8 + textBytesPerVector(load);
  const heapBytes = load.vectors * rowBytes;
  const fullTextBytes = 0.6 * load.textBytes;
  // The index stays in cache; a tenth of the rows is warm; 1.5 GiB for sessions and maintenance.
  const memoryBytes = 1.25 * (indexBytes + 0.1 * (heapBytes + fullTextBytes)) + 1.5 * gib;
  const millicores = Math.max(1000, 1000 * Math.ceil(load.queriesPerSecond / 40));
  const table = load.replicas === 0 ? [...smallClasses, ...classes] : classes;
  const largest = table.at(-1) as MachineClass;
  const machine = smallestClass(table, memoryBytes, millicores) ?? largest;
  return {
    memoryBytes,
    // Twice the data: an index is rebuilt beside the old one, and the log needs room.
    diskBytes: Math.max(20 * gib, 2 * (indexBytes + heapBytes + fullTextBytes)),
    iops: 3000,
    millicores,
    nodes: 1 + Math.min(load.replicas, 2),
    ...(load.cloud === 'aws' ? { instanceClass: machine.instanceClass } : {}),
  };
}

/** PostgreSQL with pgvector: Aurora on AWS, CloudNativePG on a cluster of your own. */
export const pgvector: VectorStoreBlueprint = {
  title: 'pgvector on PostgreSQL',
  rows: ['D7.1'],
  managed: true,
  hybridSearch: true,
  targets: ['aws', 'kubernetes'],
  pros: [
    'Rows, filters, joins and vectors in one transaction',
    'Point-in-time recovery, encryption and roles as PostgreSQL has them',
    'Hybrid search with the built-in full text search, no second system',
  ],
  cons: [
    'One writer: the index must fit the memory of one machine',
    'Full-text ranking is not BM25',
    'An HNSW index is slow to build when it outgrows maintenance_work_mem',
  ],
  reversal: 'Export id, text and vector with COPY, load them into the new store, switch the collection name.',
  sources: [
    { ref: 'pgvector/pgvector: README, HNSW and halfvec', date: '2026-11-21' },
    { ref: 'pgvector/pgvector: src/hnsw.h, tuple layout', date: '2026-11-21' },
  ],
  unmet: (load) =>
    unmetLimits(
      {
        title: 'pgvector',
        maxDimension: 4000,
        maxVectors: 100_000_000,
        // The cloud's service recovers to a point in time; in a cluster of one's own a job dumps the database.
        minRpoHours: load.cloud === 'aws' ? 5 / 60 : 1,
      },
      load,
    ),
  size,
  cost: (load, sized, services, instances) => {
    if (load.cloud !== 'aws') return podStoreCost(load, { title: 'PostgreSQL', ...sized }, services, instances);
    const price = sized.instanceClass ? instances(sized.instanceClass, load.region, 'aurora') : undefined;
    const storage = services('Aurora', 'storage, Standard', load.region);
    const requests = services('Aurora', 'I/O requests, Standard', load.region);
    const backup = services('Aurora', 'backup storage beyond the free part', load.region);
    if (!price || !storage || !requests || !backup) return undefined;
    // Aurora bills what is used, in three zones at one price; the room to rebuild an index is not.
    const usedGiB = sized.diskBytes / 2 / gib;
    return [
      flatLine(
        {
          id: 'data.vector-store.instances',
          title: `Aurora PostgreSQL ${sized.instanceClass}`,
          quantity: sized.nodes,
          unit: `instance-month of ${hoursPerMonth} h`,
          usdPerUnit: price.usdPerHour,
          basis: 'modelled',
          source: price.source,
        },
        hoursPerMonth,
      ),
      flatLine({
        id: 'data.vector-store.storage',
        title: 'Aurora PostgreSQL storage',
        quantity: usedGiB,
        unit: storage.unit,
        usdPerUnit: storage.usd,
        basis: 'modelled',
        source: storage.sources[0],
      }),
      flatLine({
        id: 'data.vector-store.requests',
        title: 'Aurora PostgreSQL reads and writes of pages',
        quantity: (2 * queriesPerMonth(load) + 10 * 30.4 * load.vectorWritesPerDay) / 1e6,
        unit: requests.unit,
        usdPerUnit: requests.usd,
        basis: 'assumed',
        source: requests.sources[0],
      }),
      flatLine({
        id: 'data.vector-store.backup',
        title: 'Aurora PostgreSQL backups beyond the free part',
        quantity: 0.5 * usedGiB,
        unit: backup.unit,
        usdPerUnit: backup.usd,
        basis: 'assumed',
        source: backup.sources[0],
      }),
    ];
  },
  queryMilliseconds: (load) => graphQueryMilliseconds(6, 4, load),
  runbook: [
    {
      runbook: 'data-store-restore',
      symptom: 'Retrieval returns nothing or errors; the database is gone or damaged.',
      check: 'Count rows per collection and compare with the last ingestion report; read the recovery window.',
      action:
        'Restore to a point in time beside the old database, validate count and dimension, then switch the secret.',
    },
    {
      runbook: 'latency-degradation',
      symptom: 'Retrieval takes longer than its share of the latency budget.',
      check: 'Cache hit ratio of the index (pg_statio_user_indexes) and the free memory of the instance.',
      action:
        'Move to the next instance class when the index no longer fits in memory; then rebuild the index concurrently.',
    },
  ],
  collection: (plan) => ({ file: 'collection.sql', contents: `${pgvectorSchema(plan).join(';\n\n')};\n` }),
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

import type { VectorStoreLoad } from '../../../lib/catalog/products.ts';
import type { Source } from '../../../lib/catalog/source.ts';
import type { VectorStoreBlueprint } from '../../contract.ts';
import { unmetLimits } from '../limits.ts';
import { flatLine, gib, graphQueryMilliseconds, queriesPerMonth } from '../sizing.ts';

const processed: Source = {
  ref: 'Amazon S3 pricing, S3 Vectors: query data processed, as quoted by a public repository',
  date: '2026-06-16',
  note: 'us-east-1 rates; 0.004 USD a TB for the first 100,000 vectors, 0.002 up to 10 million, 0.0004 above',
};

/** Bytes of one vector with its key and filterable metadata; the text stays in the corpus bucket. */
const vectorBytes = (load: VectorStoreLoad) => 4 * load.dimension + 600;

/** USD of the data one query works through: the size of the index, in bands of its vectors. */
function usdPerQueryProcessed(load: VectorStoreLoad): number {
  const band = (from: number, to: number) => Math.max(0, Math.min(load.vectors, to) - from) * vectorBytes(load);
  const terabyte = 1e12;
  return (
    (0.004 * band(0, 100_000) + 0.002 * band(100_000, 10_000_000) + 0.0004 * band(10_000_000, Infinity)) / terabyte
  );
}

/** Amazon S3 Vectors: vectors in object storage, no machines. */
export const s3Vectors: VectorStoreBlueprint = {
  title: 'Amazon S3 Vectors',
  rows: ['D7.5'],
  managed: true,
  hybridSearch: false,
  targets: ['aws'],
  recovery:
    'The service takes no backup: the index is built again from the documents, which are backed up by the recovery point objective.',
  pros: [
    'No machines: storage and queries are paid by use',
    'Two billion vectors an index',
    'Encrypted in the account',
  ],
  cons: [
    'No keyword search, so hybrid retrieval needs a second system',
    'About 100 ms for a warm query and up to a second for a cold one',
    'No point-in-time recovery: an index is built again from the corpus',
  ],
  reversal: 'List vectors with their data and metadata, write them into the new store, switch the collection name.',
  sources: [{ ref: 'Amazon S3 user guide: S3 Vectors best practices and limitations', date: '2026-11-21' }, processed],
  unmet: (load) =>
    unmetLimits(
      {
        title: 'S3 Vectors',
        maxDimension: 4096,
        maxVectors: 2_000_000_000,
        maxQueriesPerSecond: 200,
        maxWritesPerSecond: 2500,
        cloud: 'aws',
        keywordSearch: false,
      },
      load,
    ),
  size: (load) => ({
    memoryBytes: 0,
    diskBytes: load.vectors * vectorBytes(load),
    iops: 0,
    millicores: 0,
    nodes: 0,
  }),
  cost: (load, sized, services) => {
    const storage = services('S3 Vectors', 'storage (logical)', load.region);
    const put = services('S3 Vectors', 'PUT (write)', load.region);
    const calls = services('S3 Vectors', 'query API calls', load.region);
    if (!storage || !put || !calls) return undefined;
    const queries = queriesPerMonth(load);
    return [
      flatLine({
        id: 'data.vector-store.storage',
        title: 'S3 Vectors storage',
        quantity: sized.diskBytes / gib,
        unit: storage.unit,
        usdPerUnit: storage.usd,
        basis: 'modelled',
        source: storage.sources[0],
      }),
      flatLine({
        id: 'data.vector-store.writes',
        title: 'S3 Vectors writes',
        quantity: (load.vectorWritesPerDay * 30.4 * vectorBytes(load)) / gib,
        unit: put.unit,
        usdPerUnit: put.usd,
        basis: 'modelled',
        source: put.sources[0],
      }),
      flatLine({
        id: 'data.vector-store.queries',
        title: 'S3 Vectors query calls',
        quantity: queries / 1e6,
        unit: calls.unit,
        usdPerUnit: calls.usd,
        basis: 'modelled',
        source: calls.sources[0],
      }),
      flatLine({
        id: 'data.vector-store.processed',
        title: 'S3 Vectors data processed by queries',
        quantity: queries / 1e6,
        unit: 'million queries',
        usdPerUnit: usdPerQueryProcessed(load) * 1e6,
        basis: 'modelled',
        source: processed,
      }),
    ];
  },
  queryMilliseconds: (load) => graphQueryMilliseconds(150, 60, load),
  runbook: [
    {
      runbook: 'data-store-restore',
      symptom: 'The index is gone or holds the wrong vectors.',
      check: 'ListIndexes and a sample of ListVectors against the ingestion report.',
      action: 'Create a new index under a new collection name and run ingestion over the whole corpus; then switch.',
    },
    {
      runbook: 'latency-degradation',
      symptom: 'Queries return 429 or take a second.',
      check: 'Requests a second on the index; hundreds are its limit.',
      action: 'Split vectors over indexes by tenant, or move to a store with its own machines.',
    },
  ],
  builders: {},
};

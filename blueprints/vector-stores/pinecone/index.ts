import type { Source } from '../../../lib/catalog/source.ts';
import type { VectorStoreBlueprint } from '../../contract.ts';
import { collectionJson } from '../collection.ts';
import { unmetLimits } from '../limits.ts';
import { flatLine, graphQueryMilliseconds, queriesPerMonth, textBytesPerVector } from '../sizing.ts';

const cost: Source = {
  ref: 'docs.pinecone.io/guides/organizations/manage-cost/understanding-cost',
  date: '2026-11-21',
  note: 'units and the monthly minimum from the vendor; rates of the Standard plan as quoted by third parties in 2026',
};
/** Standard plan, AWS regions. */
const rates = {
  usdPerGbMonth: 0.33,
  usdPerMillionReadUnits: 16,
  usdPerMillionWriteUnits: 4,
  minimumUsdPerMonth: 50,
};

/** Pinecone serverless, a vendor's service. */
export const pinecone: VectorStoreBlueprint = {
  title: 'Pinecone serverless',
  rows: ['D7.3'],
  managed: true,
  hybridSearch: true,
  targets: ['external'],
  pros: [
    'Nothing to operate',
    'Real-time writes at any size, paid by use',
    'Private connectivity and customer keys on the enterprise plan',
  ],
  cons: [
    'Vectors and text leave the account',
    'A query costs in proportion to the namespace it searches',
    'No self-hosted edition to go back to',
  ],
  reversal: 'List and fetch every vector by id, write them into the new store, switch the collection name.',
  sources: [cost, { ref: 'docs.pinecone.io/reference/api/database-limits', date: '2026-11-21' }],
  unmet: (load) =>
    unmetLimits(
      {
        title: 'Pinecone',
        maxDimension: 20_000,
        maxVectors: 10_000_000_000,
        minRpoHours: 24,
        external: { residency: ['none', 'us', 'eu'] },
      },
      load,
    ),
  size: () => ({ memoryBytes: 0, diskBytes: 0, iops: 0, millicores: 0, nodes: 0 }),
  cost: (load) => {
    const recordBytes = 4 * load.dimension + textBytesPerVector(load) + 200;
    const gigabytes = (load.vectors * recordBytes) / 1e9;
    const readUnits = queriesPerMonth(load) * Math.max(0.25, gigabytes);
    const writeUnits = load.vectorWritesPerDay * 30.4 * Math.max(5, recordBytes / 1000);
    const lines = [
      flatLine({
        id: 'data.vector-store.storage',
        title: 'Pinecone storage',
        quantity: gigabytes,
        unit: 'GB-month',
        usdPerUnit: rates.usdPerGbMonth,
        basis: 'modelled',
        source: cost,
      }),
      flatLine({
        id: 'data.vector-store.reads',
        title: 'Pinecone read units',
        quantity: readUnits / 1e6,
        unit: 'million read units',
        usdPerUnit: rates.usdPerMillionReadUnits,
        basis: 'modelled',
        source: cost,
      }),
      flatLine({
        id: 'data.vector-store.writes',
        title: 'Pinecone write units',
        quantity: writeUnits / 1e6,
        unit: 'million write units',
        usdPerUnit: rates.usdPerMillionWriteUnits,
        basis: 'modelled',
        source: cost,
      }),
    ];
    const used = lines.reduce((sum, line) => sum + line.usdPerMonth.expected, 0);
    return used >= rates.minimumUsdPerMonth
      ? lines
      : [
          ...lines,
          flatLine({
            id: 'data.vector-store.minimum',
            title: 'Pinecone monthly minimum, the part not used',
            quantity: 1,
            unit: 'month',
            usdPerUnit: rates.minimumUsdPerMonth - used,
            basis: 'modelled',
            source: cost,
          }),
        ];
  },
  queryMilliseconds: (load) => graphQueryMilliseconds(30, 10, load),
  runbook: [
    {
      runbook: 'data-store-restore',
      symptom: 'An index or namespace was deleted.',
      check: 'List the backups of the index and their time.',
      action: 'Create an index from the newest backup, ingest what changed since, switch the collection name.',
    },
    {
      runbook: 'cost-spike',
      symptom: 'Read units grow faster than requests.',
      check: 'Units a query: they follow the size of the namespace.',
      action: 'Split namespaces by tenant, delete what is stale, or move to dedicated read nodes.',
    },
  ],
  collection: (plan) => ({
    file: 'collection.json',
    contents: collectionJson({
      // POST /indexes
      name: plan.vectorStore?.collection.slice(0, 45),
      dimension: plan.vectorStore?.dimension,
      metric: 'dotproduct',
      vector_type: 'dense',
      deletion_protection: 'enabled',
      spec: { serverless: { cloud: 'aws', region: plan.platform.region } },
    }),
  }),
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

import type { Source } from '../../../lib/catalog/source.ts';
import type { VectorStoreBlueprint } from '../../contract.ts';
import { collectionJson } from '../collection.ts';
import { unmetLimits } from '../limits.ts';
import { flatLine, graphQueryMilliseconds, queriesPerMonth, textBytesPerVector } from '../sizing.ts';
import { privateEndpoints, privateService, privateServices } from './private-link.ts';

const cost: Source = {
  ref: 'docs.pinecone.io/guides/organizations/manage-cost/understanding-cost',
  date: '2026-11-21',
  note: 'units and the monthly minimum from the vendor; rates of the Standard plan as quoted by third parties in 2026',
};
const enterpriseCost: Source = {
  ref: 'docs.pinecone.io/guides/organizations/manage-cost/understanding-cost; usagepricing.com/blueprint/pinecone',
  date: '2026-06-09',
  note: 'monthly minimum of the Enterprise plan from the vendor; its rates as quoted by a third party, the lower of two',
};
interface Rates {
  readonly title: string;
  readonly usdPerGbMonth: number;
  readonly usdPerMillionReadUnits: number;
  readonly usdPerMillionWriteUnits: number;
  readonly minimumUsdPerMonth: number;
  readonly source: Source;
}
/** AWS regions. */
const standard: Rates = {
  title: 'Pinecone',
  usdPerGbMonth: 0.33,
  usdPerMillionReadUnits: 16,
  usdPerMillionWriteUnits: 4,
  minimumUsdPerMonth: 50,
  source: cost,
};
/** The plan with private endpoints. */
const enterprise: Rates = {
  title: 'Pinecone Enterprise',
  usdPerGbMonth: 0.33,
  usdPerMillionReadUnits: 24,
  usdPerMillionWriteUnits: 6,
  minimumUsdPerMonth: 500,
  source: enterpriseCost,
};

/** Pinecone serverless, a vendor's service. */
export const pinecone: VectorStoreBlueprint = {
  title: 'Pinecone serverless',
  rows: ['D7.3'],
  managed: true,
  hybridSearch: true,
  targets: ['external'],
  recovery:
    'The vendor backs an index up when it is asked to, through the internet; have it done as often as the recovery point objective asks. The documents are in the account: the index can be built again from them.',
  pros: [
    'Nothing to operate',
    'Real-time writes at any size, paid by use',
    'A private endpoint for reads and writes, and customer keys, on the Enterprise plan',
  ],
  cons: [
    'Vectors and text leave the account; making an index needs the internet even with a private endpoint',
    'A query costs in proportion to the namespace it searches',
    'No self-hosted edition to go back to',
  ],
  reversal: 'List and fetch every vector by id, write them into the new store, switch the collection name.',
  sources: [cost, privateEndpoints, { ref: 'docs.pinecone.io/reference/api/database-limits', date: '2026-11-21' }],
  unmet: (load) =>
    unmetLimits(
      {
        title: 'Pinecone',
        maxDimension: 20_000,
        maxVectors: 10_000_000_000,
        minRpoHours: 24,
        external: { residency: ['none', 'us', 'eu'], privateRegions: Object.keys(privateServices) },
      },
      load,
    ),
  size: () => ({ memoryBytes: 0, diskBytes: 0, iops: 0, millicores: 0, nodes: 0 }),
  cost: (load) => {
    const rates = privateService(load) ? enterprise : standard;
    const recordBytes = 4 * load.dimension + textBytesPerVector(load) + 200;
    const gigabytes = (load.vectors * recordBytes) / 1e9;
    const readUnits = queriesPerMonth(load) * Math.max(0.25, gigabytes);
    const writeUnits = load.vectorWritesPerDay * 30.4 * Math.max(5, recordBytes / 1000);
    const lines = [
      flatLine({
        id: 'data.vector-store.storage',
        title: `${rates.title} storage`,
        quantity: gigabytes,
        unit: 'GB-month',
        usdPerUnit: rates.usdPerGbMonth,
        basis: 'modelled',
        source: rates.source,
      }),
      flatLine({
        id: 'data.vector-store.reads',
        title: `${rates.title} read units`,
        quantity: readUnits / 1e6,
        unit: 'million read units',
        usdPerUnit: rates.usdPerMillionReadUnits,
        basis: 'modelled',
        source: rates.source,
      }),
      flatLine({
        id: 'data.vector-store.writes',
        title: `${rates.title} write units`,
        quantity: writeUnits / 1e6,
        unit: 'million write units',
        usdPerUnit: rates.usdPerMillionWriteUnits,
        basis: 'modelled',
        source: rates.source,
      }),
    ];
    const used = lines.reduce((sum, line) => sum + line.usdPerMonth.expected, 0);
    return used >= rates.minimumUsdPerMonth
      ? lines
      : [
          ...lines,
          flatLine({
            id: 'data.vector-store.minimum',
            title: `${rates.title} monthly minimum, the part not used`,
            quantity: 1,
            unit: 'month',
            usdPerUnit: rates.minimumUsdPerMonth - used,
            basis: 'modelled',
            source: rates.source,
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
    {
      runbook: 'data-store-restore',
      symptom: 'Every call to the store is refused or finds no address, while the vendor reports no incident.',
      check:
        'Does its private host resolve to an address of the network, is the endpoint available, and is its id in the list of the project?',
      action:
        'Register the endpoint in the project again; «Unauthorized» means that it is not, or that the call came another way. Until then answer without sources.',
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

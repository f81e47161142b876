import { hoursPerMonth } from '../../../lib/catalog/prices.ts';
import type { VectorStoreLoad, VectorStoreSize } from '../../../lib/catalog/products.ts';
import type { VectorStoreBlueprint } from '../../contract.ts';
import { collectionJson } from '../collection.ts';
import { unmetLimits } from '../limits.ts';
import { flatLine, gib, graphQueryMilliseconds, type MachineClass, r7gSizes } from '../sizing.ts';

const classes: readonly MachineClass[] = r7gSizes.map(({ size, memoryGiB, vcpus }) => ({
  instanceClass: `r7g.${size}.search`,
  memoryGiB,
  vcpus,
}));

/** Machines that only keep the state of a production domain. */
export const masters = { instanceClass: 'm7g.large.search', count: 3 } as const;

/** Graph memory a node offers: half of what the heap leaves, by the plugin's circuit breaker. */
function graphBytes(memoryGiB: number): number {
  const heapGiB = Math.min(32, memoryGiB / 2);
  return 0.5 * (memoryGiB - heapGiB) * gib;
}

function size(load: VectorStoreLoad): VectorStoreSize {
  // The plugin's own formula with half-precision vectors: 1.1 x (2 x dimension + 8 x m) bytes a vector, m = 16.
  const copies = load.replicas === 0 ? 1 : 2;
  const graph = 1.1 * (2 * load.dimension + 8 * 16) * load.vectors * copies;
  const floor = load.replicas === 0 ? 1 : 3;
  const millicores = Math.max(2000, 1000 * Math.ceil(load.queriesPerSecond / 40));
  const largest = classes.at(-2) as MachineClass;
  const nodes = Math.max(floor, Math.ceil(graph / graphBytes(largest.memoryGiB)));
  const machine =
    classes.find((each) => graphBytes(each.memoryGiB) * nodes >= graph && each.vcpus * 1000 * nodes >= millicores) ??
    largest;
  const data = load.vectors * (4 * load.dimension + 2 * load.dimension) + 1.6 * load.textBytes;
  return {
    memoryBytes: machine.memoryGiB * gib,
    diskBytes: Math.max(20 * gib, (1.45 * data * copies) / nodes),
    iops: 3000,
    millicores: machine.vcpus * 1000,
    nodes,
    instanceClass: machine.instanceClass,
  };
}

/** Amazon OpenSearch Service with the k-NN plugin. */
export const opensearch: VectorStoreBlueprint = {
  title: 'Amazon OpenSearch Service',
  rows: ['D7.4'],
  managed: true,
  hybridSearch: true,
  targets: ['aws'],
  recovery:
    'The service takes a snapshot every hour and keeps it 14 days. What must be kept longer, or in another region, are the documents: the index is built again from them.',
  pros: [
    'BM25 and vectors as equals in a service the cloud operates',
    'Zone awareness, hourly snapshots, encryption and fine-grained access built in',
    'Scales by nodes without a cluster of your own',
  ],
  cons: [
    'Only a quarter of a node’s memory carries vectors',
    'Blue/green changes take time; three nodes for availability',
    'Bound to AWS',
  ],
  reversal: 'Take a manual snapshot or scroll the index, load the new store, switch the collection name.',
  sources: [
    { ref: 'docs.opensearch.org: k-NN memory estimation', date: '2026-11-21' },
    { ref: 'Amazon OpenSearch Service developer guide: automated snapshots', date: '2026-11-21' },
  ],
  unmet: (load) =>
    unmetLimits(
      { title: 'OpenSearch Service', maxDimension: 16_000, maxVectors: 1_000_000_000, minRpoHours: 1, cloud: 'aws' },
      load,
    ),
  size,
  cost: (load, sized, services, instances) => {
    const price = sized.instanceClass ? instances(sized.instanceClass, load.region) : undefined;
    const volume = services('OpenSearch Service', 'EBS gp3', load.region);
    const master = instances(masters.instanceClass, load.region);
    if (!price || !volume || !master) return undefined;
    const production = load.replicas > 0;
    return [
      flatLine(
        {
          id: 'data.vector-store.instances',
          title: `OpenSearch ${sized.instanceClass}`,
          quantity: sized.nodes,
          unit: `instance-month of ${hoursPerMonth} h`,
          usdPerUnit: price.usdPerHour,
          basis: 'modelled',
          source: price.source,
        },
        hoursPerMonth,
      ),
      ...(production
        ? [
            flatLine(
              {
                id: 'data.vector-store.masters',
                title: `OpenSearch masters ${masters.instanceClass}`,
                quantity: masters.count,
                unit: `instance-month of ${hoursPerMonth} h`,
                usdPerUnit: master.usdPerHour,
                basis: 'modelled',
                source: master.source,
              },
              hoursPerMonth,
            ),
          ]
        : []),
      flatLine({
        id: 'data.vector-store.storage',
        title: 'OpenSearch gp3 volumes',
        quantity: (sized.diskBytes / gib) * sized.nodes,
        unit: volume.unit,
        usdPerUnit: volume.usd,
        basis: 'modelled',
        source: volume.sources[0],
      }),
    ];
  },
  queryMilliseconds: (load) => graphQueryMilliseconds(12, 5, load),
  runbook: [
    {
      runbook: 'data-store-restore',
      symptom: 'The domain is red or an index was deleted.',
      check: 'GET _cat/indices and the list of automated snapshots of the last 14 days.',
      action: 'Restore the index from cs-automated under a new name, validate counts, move the alias.',
    },
    {
      runbook: 'latency-degradation',
      symptom: 'k-NN queries slow down.',
      check: 'KNNGraphMemoryUsagePercentage and KNNEvictionCount: graphs are leaving memory.',
      action: 'Add a node or take the next instance class.',
    },
  ],
  collection: (plan) => ({
    file: 'collection.json',
    contents: collectionJson({
      // PUT /{index}
      settings: { index: { knn: true, number_of_replicas: (plan.vectorStore?.size.nodes ?? 1) > 1 ? 1 : 0 } },
      mappings: {
        dynamic: 'strict',
        properties: {
          document_id: { type: 'keyword' },
          chunk: { type: 'integer' },
          content: { type: 'text' },
          metadata: { type: 'flat_object' },
          embedding: {
            type: 'knn_vector',
            dimension: plan.vectorStore?.dimension,
            space_type: 'cosinesimil',
            method: {
              name: 'hnsw',
              engine: 'faiss',
              parameters: { encoder: { name: 'sq', parameters: { type: 'fp16' } } },
            },
          },
        },
      },
    }),
  }),
  builders: {},
};

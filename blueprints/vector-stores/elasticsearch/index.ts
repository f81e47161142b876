import type { VectorStoreLoad, VectorStoreSize } from '../../../lib/catalog/products.ts';
import type { VectorStoreBlueprint } from '../../contract.ts';
import { collectionJson } from '../collection.ts';
import { unmetLimits } from '../limits.ts';
import { gib, graphQueryMilliseconds, podStoreCost } from '../sizing.ts';

const podMemoryBytes = 64 * gib;

function size(load: VectorStoreLoad): VectorStoreSize {
  // int8_hnsw: one byte a dimension and 4 of correction in the page cache, and the graph (m = 16, 4 bytes an edge).
  const offHeap = load.vectors * (load.dimension + 4 + 4 * 16);
  const copies = load.replicas === 0 ? 1 : 2;
  const floor = load.replicas === 0 ? 1 : 3;
  // Half of a pod is heap; the page cache holds the vectors and a tenth of the text index.
  const memoryOfAll = 2 * copies * (offHeap + 0.1 * load.textBytes) + 2 * gib;
  const nodes = Math.max(floor, Math.ceil(memoryOfAll / podMemoryBytes));
  const data = load.vectors * (4 * load.dimension + load.dimension + 64) + 1.6 * load.textBytes;
  return {
    memoryBytes: Math.max(4 * gib, memoryOfAll / nodes),
    diskBytes: Math.max(30 * gib, (1.8 * data * copies) / nodes),
    iops: 3000,
    millicores: Math.max(2000, 1000 * Math.ceil(load.queriesPerSecond / 40)),
    nodes,
  };
}

/** Elasticsearch by its own operator (Elastic Cloud on Kubernetes). */
export const elasticsearch: VectorStoreBlueprint = {
  title: 'Elasticsearch on Kubernetes',
  rows: ['D7.4'],
  managed: false,
  hybridSearch: true,
  targets: ['kubernetes'],
  pros: [
    'BM25 and dense vectors as equals, reciprocal rank fusion in one request',
    'Analyzers for many languages, aggregations and filters at any scale',
    'Snapshots to object storage, encrypted transport by default',
  ],
  cons: [
    'Heap, shards and mappings want a person who knows them',
    'The operator and some features are under the Elastic licence; rank fusion by retriever needs a paid tier',
    'The dearest memory a vector of the self-hosted stores when text is large',
  ],
  reversal: 'Reindex from a scroll into the new store, switch the collection name.',
  sources: [
    { ref: 'elastic.co/docs: tune approximate kNN search', date: '2026-11-21' },
    { ref: 'elastic/cloud-on-k8s: config/samples/elasticsearch', date: '2026-11-21' },
  ],
  unmet: (load) =>
    unmetLimits({ title: 'Elasticsearch', maxDimension: 4096, maxVectors: 1_000_000_000, minRpoHours: 0.5 }, load),
  size,
  cost: (load, sized, services, instances) =>
    podStoreCost(load, { title: 'Elasticsearch', ...sized }, services, instances),
  queryMilliseconds: (load) => graphQueryMilliseconds(10, 5, load),
  runbook: [
    {
      runbook: 'data-store-restore',
      symptom: 'Cluster health is red: a primary shard is lost.',
      check: 'GET _cluster/health and GET _cat/shards: which index, since when.',
      action: 'Restore that index from the newest snapshot under a new name, validate counts, move the alias.',
    },
    {
      runbook: 'latency-degradation',
      symptom: 'Search P95 rises, heap stays above 85%.',
      check: 'GET _nodes/stats/jvm,indices and the page-cache headroom of each node.',
      action: 'Force-merge a static index to one segment; add a node when vectors no longer fit the page cache.',
    },
  ],
  collection: (plan) => ({
    file: 'collection.json',
    contents: collectionJson({
      // PUT /{index}
      settings: { number_of_replicas: (plan.vectorStore?.size.nodes ?? 1) > 1 ? 1 : 0 },
      mappings: {
        dynamic: 'strict',
        properties: {
          document_id: { type: 'keyword' },
          chunk: { type: 'integer' },
          content: { type: 'text' },
          metadata: { type: 'flattened' },
          embedding: {
            type: 'dense_vector',
            dims: plan.vectorStore?.dimension,
            similarity: 'cosine',
            index_options: { type: 'int8_hnsw' },
          },
        },
      },
    }),
  }),
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

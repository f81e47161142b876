import type { VectorStoreLoad, VectorStoreSize } from '../../../lib/catalog/products.ts';
import type { VectorStoreBlueprint } from '../../contract.ts';
import { collectionJson } from '../collection.ts';
import { unmetLimits } from '../limits.ts';
import { gib, graphQueryMilliseconds, podStoreCost } from '../sizing.ts';

const podMemoryBytes = 96 * gib;

function size(load: VectorStoreLoad): VectorStoreSize {
  // The project's rule of thumb: twice the raw vectors, plus the graph (32 connections of 10 bytes).
  const memoryOfOneCopy = load.vectors * (2 * 4 * load.dimension + 32 * 10) + gib;
  // Replicated with Raft: three nodes, every object on each, so a quorum outlives one node.
  const copies = load.replicas === 0 ? 1 : 3;
  const nodes = Math.max(copies, Math.ceil((memoryOfOneCopy * copies) / podMemoryBytes));
  const data = load.vectors * 4 * load.dimension * 1.3 + 2 * load.textBytes;
  return {
    memoryBytes: Math.max(2 * gib, (memoryOfOneCopy * copies) / nodes),
    diskBytes: Math.max(20 * gib, (2 * data * copies) / nodes),
    iops: 3000,
    millicores: Math.max(1000, 500 * Math.ceil(load.queriesPerSecond / 40)),
    nodes,
  };
}

/** Letters and digits only, a capital first; model and dimension stay readable (D8.8). */
const weaviateClass = (collection: string) =>
  collection.replaceAll(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_match, first: string) => first.toUpperCase());

/** Weaviate as a StatefulSet in the cluster. */
export const weaviate: VectorStoreBlueprint = {
  title: 'Weaviate on Kubernetes',
  rows: ['D7.2', 'D7.3'],
  managed: false,
  hybridSearch: true,
  targets: ['kubernetes'],
  pros: [
    'BM25 and vectors in one query with fusion built in',
    'Replication with tunable consistency, multi-tenancy',
    'Backups straight to object storage',
  ],
  cons: [
    'Twice the memory of the raw vectors as a rule of thumb',
    'A stateful set to operate, with Raft membership',
    'Schema changes on a class are limited',
  ],
  reversal: 'Read objects with the cursor API, write them into the new store, switch the collection name.',
  sources: [
    { ref: 'docs.weaviate.io/weaviate/concepts/resources', date: '2026-11-21' },
    { ref: 'weaviate/weaviate-helm: weaviate/values.yaml', date: '2026-11-21' },
  ],
  unmet: (load) =>
    unmetLimits({ title: 'Weaviate', maxDimension: 65_535, maxVectors: 1_000_000_000, minRpoHours: 1 }, load),
  size,
  cost: (load, sized, services, instances) => podStoreCost(load, { title: 'Weaviate', ...sized }, services, instances),
  queryMilliseconds: (load) => graphQueryMilliseconds(5, 3, load),
  runbook: [
    {
      runbook: 'data-store-restore',
      symptom: 'Objects are missing after a node was lost.',
      check: 'GET /v1/nodes: status, shard counts and object counts against the ingestion report.',
      action: 'POST /v1/backups/s3/{id}/restore into an empty cluster of the same size, then validate the counts.',
    },
    {
      runbook: 'latency-degradation',
      symptom: 'Queries slow down after an import.',
      check: 'Memory against GOMEMLIMIT, and the length of the vector index queue on /metrics.',
      action: 'Wait for the queue to drain; raise memory before the limit is reached.',
    },
  ],
  collection: (plan) => ({
    file: 'collection.json',
    contents: collectionJson({
      // POST /v1/schema: names of this store start with a capital and hold no hyphen.
      class: weaviateClass(plan.vectorStore?.collection ?? ''),
      vectorizer: 'none',
      vectorIndexType: 'hnsw',
      vectorIndexConfig: { distance: 'cosine' },
      replicationConfig: { factor: (plan.vectorStore?.size.nodes ?? 1) > 1 ? 3 : 1 },
      properties: [
        { name: 'content', dataType: ['text'], indexSearchable: true },
        { name: 'documentId', dataType: ['text'], tokenization: 'field' },
        { name: 'chunk', dataType: ['int'] },
      ],
    }),
  }),
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

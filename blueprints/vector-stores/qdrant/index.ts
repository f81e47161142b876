import type { VectorStoreLoad, VectorStoreSize } from '../../../lib/catalog/products.ts';
import type { VectorStoreBlueprint } from '../../contract.ts';
import { collectionJson } from '../collection.ts';
import { unmetLimits } from '../limits.ts';
import { gib, graphQueryMilliseconds, podStoreCost } from '../sizing.ts';

/** Memory of one pod that is planned before another is added. */
const podMemoryBytes = 96 * gib;

function size(load: VectorStoreLoad): VectorStoreSize {
  // The project's own rule: vectors x dimension x 4 bytes x 1.5; payload stays on disk.
  const memoryOfOneCopy = load.vectors * load.dimension * 4 * 1.5 + 0.5 * gib;
  const copies = load.replicas === 0 ? 1 : 2;
  // Raft needs three peers to lose one; one peer where no copy is asked for.
  const floor = load.replicas === 0 ? 1 : 3;
  const nodes = Math.max(floor, Math.ceil((memoryOfOneCopy * copies) / podMemoryBytes));
  const memoryBytes = Math.max(2 * gib, (memoryOfOneCopy * copies) / nodes);
  const data = load.vectors * load.dimension * 4 * 1.5 + 1.3 * load.textBytes;
  return {
    memoryBytes,
    // Data, one snapshot beside it, and room for the optimizer's temporary segments.
    diskBytes: Math.max(20 * gib, (2.5 * data * copies) / nodes),
    iops: 3000,
    millicores: Math.max(1000, 500 * Math.ceil(load.queriesPerSecond / 50)),
    nodes,
  };
}

/** Qdrant as a StatefulSet in the cluster. */
export const qdrant: VectorStoreBlueprint = {
  title: 'Qdrant on Kubernetes',
  rows: ['D7.2'],
  managed: false,
  hybridSearch: true,
  targets: ['kubernetes'],
  pros: [
    'Built for vectors: filters inside the graph search, quantization, live updates',
    'Shards and replicates over nodes; Apache-2.0',
    'Sparse vectors beside dense ones, fused on the server',
  ],
  cons: [
    'A stateful set to operate: upgrades, resharding and snapshots are yours',
    'No transactions with your other data',
    'Snapshots are per node and per collection',
  ],
  reversal: 'Scroll through the collection, write points into the new store, switch the collection name.',
  sources: [
    { ref: 'qdrant.tech/documentation/capacity-planning', date: '2026-11-21' },
    { ref: 'qdrant/qdrant: config/config.yaml', date: '2026-11-21' },
  ],
  unmet: (load) =>
    unmetLimits({ title: 'Qdrant', maxDimension: 65_536, maxVectors: 1_000_000_000, minRpoHours: 1 }, load),
  size,
  cost: (load, sized, services, instances) => podStoreCost(load, { title: 'Qdrant', ...sized }, services, instances),
  queryMilliseconds: (load) => graphQueryMilliseconds(4, 2.5, load),
  runbook: [
    {
      runbook: 'data-store-restore',
      symptom: 'A collection is missing points or a peer cannot rejoin.',
      check:
        'GET /cluster and GET /collections/{name}: peers, shard states, points_count against the ingestion report.',
      action:
        'Recover each shard from the newest snapshot with PUT /collections/{name}/snapshots/recover, priority snapshot.',
    },
    {
      runbook: 'latency-degradation',
      symptom: 'Search P95 rises while writes run.',
      check: 'GET /collections/{name}: status yellow means that the optimizer is indexing.',
      action: 'Slow ingestion down, wait for status green; add a peer when memory stays above 80%.',
    },
  ],
  collection: (plan) => ({
    file: 'collection.json',
    contents: collectionJson({
      // PUT /collections/{name}: cosine over dense vectors, BM25-like words beside them, fused by rank.
      vectors: { dense: { size: plan.vectorStore?.dimension, distance: 'Cosine' } },
      sparse_vectors: { words: { modifier: 'idf' } },
      shard_number: plan.vectorStore?.size.nodes,
      replication_factor: (plan.vectorStore?.size.nodes ?? 1) > 1 ? 2 : 1,
      on_disk_payload: true,
    }),
  }),
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

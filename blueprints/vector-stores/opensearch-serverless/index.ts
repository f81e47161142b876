import { hoursPerMonth } from '../../../lib/catalog/prices.ts';
import type { VectorStoreLoad, VectorStoreSize } from '../../../lib/catalog/products.ts';
import type { Reason } from '../../../lib/outcome.ts';
import type { VectorStoreBlueprint } from '../../contract.ts';
import { collectionJson } from '../collection.ts';
import { unmetLimits } from '../limits.ts';
import { gib, graphQueryMilliseconds } from '../sizing.ts';
import {
  graphShare,
  limitFor,
  maxIndexBytes,
  maxUnits,
  queriesPerSecondPerCore,
  regions,
  smallestUnit,
  sources,
  unit,
} from './facts.ts';

const title = 'Amazon OpenSearch Serverless';

/** Graph of one vector at half precision, the plugin's own formula: 1.1 x (2 x dimension + 8 x m), m = 16. */
const graphBytes = (load: VectorStoreLoad) => 1.1 * (2 * load.dimension + 8 * 16) * load.vectors;

/** Index of the whole corpus: vectors in full and at half precision, and text with its inverted index. */
const indexBytes = (load: VectorStoreLoad) => load.vectors * (6 * load.dimension) + 1.6 * load.textBytes;

const copiesOf = (load: VectorStoreLoad) => (load.replicas === 0 ? 1 : 2);

/** Half a unit where that is enough, else whole ones. */
const whole = (units: number) => (units <= smallestUnit ? smallestUnit : Math.ceil(units));

/** Units one copy needs for its data alone, whether anybody asks or not: memory fills up before the disk does. */
function unitsAtRest(load: VectorStoreLoad): number {
  return Math.max(graphBytes(load) / (graphShare * unit.memoryBytes), indexBytes(load) / unit.indexBytes);
}

/**
 * Units to write and to answer. The documents say that graphs need memory and not on which side: both are given it, so
 * the figure errs high. Queries add to the answering side alone.
 */
function unitsFor(load: VectorStoreLoad): { readonly indexing: number; readonly search: number } {
  const rest = unitsAtRest(load);
  const asked = load.queriesPerSecond / queriesPerSecondPerCore;
  const copies = copiesOf(load);
  return { indexing: copies * whole(rest), search: copies * whole(Math.max(rest, asked)) };
}

function size(load: VectorStoreLoad): VectorStoreSize {
  const units = unitsFor(load);
  const total = units.indexing + units.search;
  const nodes = Math.ceil(total);
  return {
    memoryBytes: (total * unit.memoryBytes) / nodes,
    diskBytes: indexBytes(load) / nodes,
    iops: 0,
    millicores: (total * unit.millicores) / nodes,
    nodes,
    instanceClass: 'OCU',
    capacityUnits: units,
  };
}

/** Limits only this store has: where it exists, how large an index and a collection group may be. */
function ownLimits(load: VectorStoreLoad): readonly Reason[] {
  const reasons: Reason[] = [];
  if (load.cloud === 'aws' && !regions.includes(load.region)) {
    reasons.push({
      path: 'infrastructure.regions',
      asked: load.region,
      found: `${title} has no endpoint there`,
      change: 'Choose another region, or OpenSearch Service, which runs on machines.',
    });
  }
  const { indexing, search } = unitsFor(load);
  if (Math.max(indexing, search) > maxUnits) {
    reasons.push({
      path: 'retrieval.corpus',
      asked: `${Math.ceil(Math.max(indexing, search)).toLocaleString('en-GB')} capacity units`,
      found: `${title} gives a collection group ${maxUnits.toLocaleString('en-GB')} at most`,
      change: 'Split the corpus, or choose a store that shards further.',
    });
  }
  return reasons;
}

/**
 * Amazon OpenSearch Serverless, vector search collection of the Classic generation: its capacity follows from the data by
 * published figures. How much the next generation takes for a given corpus is not published, so no plan could be priced.
 */
export const openSearchServerless: VectorStoreBlueprint = {
  title,
  rows: ['D7.4'],
  managed: true,
  hybridSearch: true,
  targets: ['aws'],
  recovery:
    'The service takes a snapshot every hour and restores it into the same collection only; how long it keeps them is not published. What must be kept longer, or in another region, are the documents: the index is built again from them.',
  pros: [
    'BM25 and vectors as equals, and no machine to size, patch or upgrade',
    'Capacity follows the load up to a limit of our own, so the bill has a ceiling',
    'A private endpoint, a key of ours, access by role, and an hourly snapshot without extra cost',
  ],
  cons: [
    'Paid for at least one capacity unit, two with standby, however little is asked',
    'A write is found after up to 60 seconds, and documents cannot carry ids of your own',
    'A snapshot goes back into the same collection only: a lost collection is built again from the documents',
    'Key and standby are chosen once: with another, the collection is made anew and filled again',
  ],
  reversal: 'Scroll the index, load the new store, switch the collection name; no snapshot can be taken elsewhere.',
  sources: [sources.vectors, sources.capacity, sources.steps, sources.snapshots, sources.regions],
  unmet: (load) => [
    ...unmetLimits(
      {
        title: 'OpenSearch Serverless',
        maxDimension: 16_000,
        maxVectors: load.vectors === 0 ? 1 : Math.floor(maxIndexBytes / (indexBytes(load) / load.vectors)),
        minRpoHours: 1,
        cloud: 'aws',
      },
      load,
    ),
    ...ownLimits(load),
  ],
  size,
  cost: (load, sized, services) => {
    const units = services('OpenSearch Serverless', 'OCU (indexing or search)', load.region);
    const storage = services('OpenSearch Serverless', 'managed storage', load.region);
    if (!units || !storage || !sized.capacityUnits) return undefined;
    const { indexing, search } = sized.capacityUnits;
    const month = (count: number) => count * units.usd * hoursPerMonth;
    const stored = ((sized.diskBytes * sized.nodes) / gib) * storage.usd;
    return [
      {
        id: 'data.vector-store.units',
        title: 'OpenSearch Serverless capacity units',
        group: 'data',
        quantity: indexing + search,
        unit: `unit-month of ${hoursPerMonth} h`,
        usdPerUnit: units.usd * hoursPerMonth,
        usdPerMonth: {
          minimum: month(2 * copiesOf(load) * whole(unitsAtRest(load))),
          expected: month(indexing + search),
          maximum: month(limitFor(indexing) + limitFor(search)),
        },
        basis: 'modelled',
        source: units.sources[0],
      },
      {
        id: 'data.vector-store.storage',
        title: 'OpenSearch Serverless storage',
        group: 'data',
        quantity: (sized.diskBytes * sized.nodes) / gib,
        unit: storage.unit,
        usdPerUnit: storage.usd,
        usdPerMonth: { minimum: stored, expected: stored, maximum: 2 * stored },
        basis: 'modelled',
        source: storage.sources[0],
      },
    ];
  },
  queryMilliseconds: (load) => graphQueryMilliseconds(15, 5, load),
  runbook: [
    {
      runbook: 'data-store-restore',
      symptom: 'An index was deleted or holds the wrong vectors.',
      check: 'GET _cat/snapshots/aoss-automated: one every hour.',
      action:
        'Restore the index from the newest good snapshot under a new name, compare counts, switch the alias. Requests to it fail until the restore ends.',
    },
    {
      runbook: 'data-store-restore',
      symptom: 'The collection itself is gone, or its key was disabled.',
      check: 'BatchGetCollection by name, and the state of the key of the corpus class.',
      action:
        'Enable the key where it was disabled. A deleted collection takes its snapshots with it: deploy the data stack again and run ingestion over the whole corpus.',
    },
    {
      runbook: 'latency-degradation',
      symptom: 'Searches slow down or answer 429.',
      check: 'SearchOCU and IndexingOCU of the collection group against its limits.',
      action: 'Raise the limits of the group in the data stack to the next step of the service; the bill follows.',
    },
    {
      runbook: 'latency-degradation',
      symptom: 'Pods get 403 from the store.',
      check:
        'The data access policy names the role of the pod, the network policy the endpoint, and the role has aoss:APIAccessAll.',
      action: 'Deploy the cluster stack again: it writes the policy from the roles it made.',
    },
    {
      runbook: 'cost-spike',
      symptom: 'Capacity units rise without more questions.',
      check: 'IndexingOCU: a second index, or an ingestion that repeats itself.',
      action: 'Delete the index nobody reads, stop the repeating run, or lower the limit of the group.',
    },
  ],
  collection: (plan) => ({
    file: 'collection.json',
    contents: collectionJson({
      // PUT /{index}; vectors are of unit length, so the inner product orders as the cosine does
      settings: { index: { knn: true } },
      mappings: {
        dynamic: 'strict',
        properties: {
          document_id: { type: 'keyword' },
          chunk: { type: 'integer' },
          content: { type: 'text' },
          metadata: { type: 'object', dynamic: true },
          embedding: {
            type: 'knn_vector',
            dimension: plan.vectorStore?.dimension,
            method: {
              name: 'hnsw',
              engine: 'faiss',
              space_type: 'innerproduct',
              parameters: { m: 16, encoder: { name: 'sq', parameters: { type: 'fp16' } } },
            },
          },
        },
      },
    }),
  }),
  builders: {},
};

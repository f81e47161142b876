import type { VectorStoreLoad } from '../../lib/catalog/products.ts';
import type { Reason } from '../../lib/outcome.ts';

/** The limits several stores share; each store gives its own figures. Only hard limits: advice is ranked, not refused. */
export interface StoreLimits {
  readonly title: string;
  readonly maxDimension: number;
  readonly maxVectors: number;
  readonly maxQueriesPerSecond?: number;
  readonly maxWritesPerSecond?: number;
  /** Shortest backup interval the store can do. Absent: the vendor keeps copies and a lost index is built again. */
  readonly minRpoHours?: number;
  readonly cloud?: string;
  /** A vendor's service outside the account: nothing may leave, no residency it does not offer. */
  readonly external?: {
    readonly residency: readonly string[];
    /** Regions in which it is reached without the internet. */
    readonly privateRegions: readonly string[];
  };
  readonly keywordSearch?: false;
}

const figure = (value: number) => value.toLocaleString('en-GB', { maximumFractionDigits: 2 });

/** Every limit of the store that this load breaks. */
export function unmetLimits(limits: StoreLimits, load: VectorStoreLoad): readonly Reason[] {
  const reasons: Reason[] = [];
  const refuse = (path: string, asked: string, found: string, change: string) =>
    reasons.push({ path, asked, found, change });
  const { title } = limits;
  if (load.dimension > limits.maxDimension) {
    refuse(
      'retrieval.embedding',
      `${figure(load.dimension)} dimensions`,
      `${title} indexes at most ${figure(limits.maxDimension)}`,
      'Choose an embedding model with fewer dimensions.',
    );
  }
  if (load.vectors > limits.maxVectors) {
    refuse(
      'retrieval.corpus',
      `${figure(load.vectors)} vectors`,
      `${title} holds at most ${figure(limits.maxVectors)} in the largest layout planned here`,
      'Split the corpus, or choose a store that shards further.',
    );
  }
  if (limits.maxQueriesPerSecond !== undefined && load.queriesPerSecond > limits.maxQueriesPerSecond) {
    refuse(
      'throughput.requestsPerSecond',
      `${figure(load.queriesPerSecond)} queries/s`,
      `${title} answers about ${figure(limits.maxQueriesPerSecond)} a second on one index`,
      'Choose a store with its own machines.',
    );
  }
  const writesPerSecond = load.vectorWritesPerDay / 86_400;
  if (limits.maxWritesPerSecond !== undefined && writesPerSecond > limits.maxWritesPerSecond) {
    refuse(
      'retrieval.updates',
      `${figure(writesPerSecond)} vector writes/s`,
      `${title} takes ${figure(limits.maxWritesPerSecond)} a second on one index`,
      'Write in larger, rarer runs, or choose another store.',
    );
  }
  if (limits.minRpoHours !== undefined && load.rpoHours < limits.minRpoHours) {
    refuse(
      'operations.rpoHours',
      `${figure(load.rpoHours)} h`,
      `backups of ${title} are at least ${figure(limits.minRpoHours)} h apart`,
      `Raise operations.rpoHours to ${figure(limits.minRpoHours)}, or choose a store with point-in-time recovery.`,
    );
  }
  if (limits.cloud !== undefined && load.cloud !== limits.cloud) {
    refuse(
      'infrastructure.cloud',
      load.cloud,
      `${title} exists on ${limits.cloud} only`,
      `Move to ${limits.cloud}, or choose a store that runs on Kubernetes.`,
    );
  }
  if (limits.external) {
    if (!load.dataMayLeave) {
      refuse(
        'compliance.dataMayLeave',
        'data stays in your own infrastructure',
        `${title} keeps it in the vendor’s account`,
        'Allow it, or choose a store inside the account.',
      );
    }
    if (load.isolated && !limits.external.privateRegions.includes(load.region)) {
      refuse(
        'infrastructure.isolated',
        `no internet path in ${load.region}`,
        `${title} has a private endpoint in ${limits.external.privateRegions.join(', ')} only`,
        'Move to one of these regions, or choose a store inside the account.',
      );
    }
    if (!limits.external.residency.includes(load.residency)) {
      refuse(
        'compliance.residency',
        load.residency,
        `${title} offers ${limits.external.residency.join(', ')}`,
        'Choose a store inside the account.',
      );
    }
  }
  if (limits.keywordSearch === false && load.keywordSearch === 'first-class') {
    refuse(
      'retrieval.keywordSearch',
      'first-class keyword search',
      `${title} has none`,
      'Choose a store with full-text search.',
    );
  }
  return reasons;
}

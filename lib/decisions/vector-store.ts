import type { Catalog } from '../catalog/catalog.ts';
import { instancePrice, servicePrice } from '../catalog/prices.ts';
import type { CostLine, VectorStoreFacts, VectorStoreLoad, VectorStoreSize } from '../catalog/products.ts';
import { type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { VectorStoreChoice } from './decided.ts';
import { count, evidence, type Option, type Ruling, recordOf, reference, settle } from './decision.ts';
import type { Decision } from './record.ts';

const smallCorpus = 1_000_000;
const largeCorpus = 10_000_000;

/** D7: where the vectors live. Limits first, then the row, then monthly cost (D7.5). */
export function chooseVectorStore(
  requirements: Requirements,
  catalog: Catalog,
  load: VectorStoreLoad,
  collection: string,
): Outcome<{ readonly value: VectorStoreChoice; readonly record: Decision }> {
  const stores = catalog.products.vectorStores;
  const priced = Object.entries(stores).map(([id, facts]) => priceStore(id, facts, requirements, catalog, load));
  const possible = new Set(priced.filter((store) => store.option.unmet.length === 0).map((store) => store.id));
  const ruling = storeRuling(requirements, stores, load, possible);
  const settled = settle(
    'D7',
    requirements.pins,
    priced.map((store) => store.option),
    ruling,
  );
  if (!settled.ok) return settled;
  const chosen = priced.find((store) => store.id === settled.value.choice);
  if (!chosen) throw new Error(`no vector store ${settled.value.choice}`);
  const milliseconds = chosen.facts.queryMilliseconds(load);
  const record = recordOf(requirements, settled.value, {
    id: 'D7',
    title: 'Vector store',
    question: 'Where do the vectors live?',
    reasons: [
      `${count(load.documents)} documents give ${count(load.vectors)} vectors of ${load.dimension} dimensions, ${count(load.vectorWritesPerDay)} of them written a day.`,
      ...(ruling.ranking === 'cost'
        ? [`D7.5: of the stores that ${ruling.rows[0]} admits, those that meet every limit are ranked by monthly cost.`]
        : []),
    ],
    reads: [
      'retrieval.needed',
      'retrieval.corpus.documents',
      'retrieval.corpus.gigabytes',
      'retrieval.updates',
      'retrieval.keywordSearch',
      'retrieval.structuredMatch',
      'retrieval.managedPreferred',
      'retrieval.existing',
      'compliance.dataMayLeave',
      'compliance.residency',
      'infrastructure.cloud',
      'infrastructure.isolated',
      'operations.rpoHours',
    ],
    evidence: [
      ...chosen.facts.sources.map((source) =>
        evidence(source.note ?? `Facts of ${chosen.facts.title}.`, 'measured', source),
      ),
      evidence(`A query takes about ${milliseconds} ms at P95 at this size.`, 'assumed', reference),
    ],
    parameters: {
      vectors: load.vectors,
      dimension: load.dimension,
      ...extentSettings(chosen.size),
      target: chosen.target,
      collection,
      queryMilliseconds: milliseconds,
      sizes: priced.map(sizeText),
    },
    consequences: [
      extentText(chosen.size),
      chosen.facts.recovery ?? 'Backups follow the recovery point objective; a restore is part of the drill.',
    ],
    effort: chosen.facts.managed
      ? 'Days: the service is raised by the stack.'
      : 'A week: charts are generated, operation is learnt.',
    risk: chosen.facts.cons[0],
    reversal: chosen.facts.reversal,
    migration:
      'Embedded chunks are kept in object storage: load them into the new store beside the old, compare, switch the alias.',
  });
  const value: VectorStoreChoice = {
    id: chosen.id,
    target: chosen.target,
    load,
    size: chosen.size,
    costLines: chosen.lines ?? [],
    queryMilliseconds: milliseconds,
    collection,
    ...(chosen.facts.recovery && { recovery: chosen.facts.recovery }),
  };
  return ok({ value, record });
}

interface PricedStore {
  readonly id: string;
  readonly facts: VectorStoreFacts;
  readonly target: string;
  readonly size: VectorStoreSize;
  readonly lines: readonly CostLine[] | undefined;
  readonly option: Option;
}

function priceStore(
  id: string,
  facts: VectorStoreFacts,
  requirements: Requirements,
  catalog: Catalog,
  load: VectorStoreLoad,
): PricedStore {
  const size = facts.size(load);
  const lines = facts.cost(
    load,
    size,
    (service, item, region) => servicePrice(catalog, service, item, region)?.price,
    (instanceType, region, service) => instancePrice(catalog, instanceType, region, service),
  );
  const target = targetOf(facts, requirements);
  const unmet = facts.unmet(load);
  const noTarget =
    target === undefined
      ? [
          {
            path: 'infrastructure.cloud',
            asked: requirements.infrastructure.cloud,
            found: `${facts.title} runs on ${facts.targets.join(', ')}`,
            change: 'Choose a store that runs there.',
          },
        ]
      : [];
  const noPrice = lines
    ? []
    : [
        {
          path: 'catalog.prices',
          asked: `a price for ${facts.title} in ${load.region}`,
          found: 'none in any source',
          change: 'Give own prices, or choose another store.',
        },
      ];
  return {
    id,
    facts,
    target: target ?? facts.targets[0] ?? 'external',
    size,
    lines,
    option: {
      id,
      title: facts.title,
      pros: facts.pros,
      cons: facts.cons,
      unmet: [...unmet, ...noTarget, ...noPrice],
      rows: facts.rows,
      ...(lines ? { usdPerMonth: lines.reduce((sum, line) => sum + line.usdPerMonth.expected, 0) } : {}),
    },
  };
}

/** The cloud's own service where there is one, else pods on the cluster, else the vendor's service. */
function targetOf(facts: VectorStoreFacts, { infrastructure }: Requirements): string | undefined {
  return [infrastructure.cloud, 'kubernetes', 'external'].find((target) => facts.targets.includes(target));
}

/**
 * The rows settled, widest claim first: D7.4 «at any scale», then D7.1's structured match, then the table by
 * documents and updates. Where the table has a gap the number of documents decides before the update rate, because a
 * store that is too small fails and one that is too fast only costs.
 */
function storeRuling(
  requirements: Requirements,
  stores: Readonly<Record<string, VectorStoreFacts>>,
  load: VectorStoreLoad,
  possible: ReadonlySet<string>,
): Ruling {
  const ids = Object.keys(stores).toSorted();
  const named = (...rows: readonly string[]) => ids.filter((id) => stores[id]?.rows.some((row) => rows.includes(row)));
  const rule = (row: string, admits: readonly string[], because: string): Ruling => ({
    rows: [row, 'D7.5'],
    admits,
    because,
    ranking: 'cost',
  });
  const { keywordSearch, structuredMatch, managedPreferred, updates, documents } = load;
  const estate = requirements.retrieval.existing;
  // The wish for a managed store, or against one, binds only while such a store meets every limit.
  const wished = (named: readonly string[]) => {
    const kind = named.filter((id) => stores[id]?.managed === managedPreferred && possible.has(id));
    return kind.length ? kind : named;
  };
  if (keywordSearch === 'first-class') {
    const all = named('D7.4');
    const inUse = all.filter((id) => estate.some((name) => name === id));
    return rule(
      'D7.4',
      inUse.length ? inUse : wished(all),
      'keyword and vector search are both first-class, at any scale.',
    );
  }
  if (structuredMatch)
    return rule('D7.1', named('D7.1'), 'structured data and exact match are filters beside similarity.');
  const slow = updates === 'static' || updates === 'weekly';
  if (documents < smallCorpus && slow)
    return rule('D7.1', named('D7.1'), `${count(documents)} documents, updated weekly or slower.`);
  if (documents < smallCorpus && estate.includes('postgres') && updates === 'daily')
    return {
      ...rule(
        'D7.1',
        named('D7.1'),
        `${count(documents)} documents fit the PostgreSQL that runs already; D7.2 would add a store for daily updates.`,
      ),
      rows: ['D7.1', 'D7.2', 'D7.5'],
    };
  if (documents < largeCorpus) {
    const gap =
      slow || updates === 'real-time' ? ` (no row names ${updates} updates at this size; the size decides)` : '';
    return rule('D7.2', named('D7.2'), `${count(documents)} documents, updated ${updates}${gap}.`);
  }
  if (updates === 'real-time' && managedPreferred)
    return rule('D7.3', wished(named('D7.3')), `${count(documents)} documents in real time, managed wanted.`);
  const kind = managedPreferred ? 'managed wanted' : 'self-hosted accepted';
  const admits = managedPreferred ? wished(named('D7.3')) : named('D7.2', 'D7.3');
  return rule(
    'D7.3',
    admits,
    `${count(documents)} documents, updated ${updates}, ${kind} (no row names this pair; the size decides).`,
  );
}

function extentText({ memoryBytes, diskBytes, nodes, capacityUnits }: VectorStoreSize): string {
  if (capacityUnits)
    return `The store takes ${capacityUnits.indexing} capacity units to write and ${capacityUnits.search} to answer, standby included.`;
  if (nodes === 0) return 'The store is paid by use; no machine of it is ours to size.';
  return `The store keeps ${round(memoryBytes / 2 ** 30)} GiB in memory and ${round(diskBytes / 2 ** 30)} GiB on disk on ${nodes} machine${nodes === 1 ? '' : 's'}.`;
}

/** What is sized of a store: machines, units of capacity, or nothing where use is paid. */
function extentSettings({
  memoryBytes,
  diskBytes,
  iops,
  nodes,
  capacityUnits,
}: VectorStoreSize): Record<string, number> {
  if (capacityUnits)
    return { capacityUnitsToWrite: capacityUnits.indexing, capacityUnitsToAnswer: capacityUnits.search };
  if (nodes === 0) return {};
  return { memoryGiB: round(memoryBytes / 2 ** 30), diskGiB: round(diskBytes / 2 ** 30), iops, nodes };
}

function machinesText({ memoryBytes, diskBytes, iops, nodes, capacityUnits }: VectorStoreSize): string {
  if (capacityUnits) return `${capacityUnits.indexing + capacityUnits.search} capacity units`;
  if (nodes === 0) return 'paid by use';
  return `${round(memoryBytes / 2 ** 30)} GiB memory, ${round(diskBytes / 2 ** 30)} GiB disk, ${count(iops)} IOPS, ${nodes} node${nodes === 1 ? '' : 's'}`;
}

function sizeText(store: PricedStore): string {
  const { size, lines } = store;
  const monthly = lines?.reduce((sum, line) => sum + line.usdPerMonth.expected, 0);
  const cost = monthly === undefined ? 'no price' : `${count(monthly)} USD a month`;
  return `${store.id}: ${machinesText(size)}, ${cost}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

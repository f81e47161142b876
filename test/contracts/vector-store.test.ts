import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { awsRegions } from '../../blueprints/clouds/aws/facts.ts';
import type { VectorStoreBlueprint } from '../../blueprints/contract.ts';
import { products } from '../../blueprints/index.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { vectorStores } from '../../blueprints/vector-stores/index.ts';
import { limitStep } from '../../blueprints/vector-stores/opensearch-serverless/facts.ts';
import { privateServices } from '../../blueprints/vector-stores/pinecone/private-link.ts';
import type { InstancePriceLookup, PriceLookup, VectorStoreLoad } from '../../lib/catalog/products.ts';
import { makePlan } from '../../lib/make-plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';

const load = (change: Partial<VectorStoreLoad> = {}): VectorStoreLoad => ({
  documents: 100_000,
  vectors: 1_000_000,
  dimension: 1024,
  textBytes: 2e9,
  updates: 'daily',
  vectorWritesPerDay: 10_000,
  queriesPerSecond: 5,
  keywordSearch: 'helpful',
  structuredMatch: false,
  managedPreferred: false,
  cloud: 'aws',
  region: 'us-east-1',
  residency: 'us',
  dataMayLeave: true,
  pii: 'none',
  isolated: false,
  replicas: 1,
  rpoHours: 24,
  ...change,
});

const source = { ref: 'test', date: '2026-01-01' };
const anyService: PriceLookup = (service, item, region) => ({
  cloud: 'aws',
  service,
  item,
  region,
  unit: 'unit',
  usd: 0.1,
  confidence: 'high',
  sources: [source],
});
const anyInstance: InstancePriceLookup = () => ({ usdPerHour: 0.5, source });
const noService: PriceLookup = () => undefined;
const total = (store: VectorStoreBlueprint, of: VectorStoreLoad) =>
  store.cost(of, store.size(of), anyService, anyInstance)?.reduce((sum, line) => sum + line.usdPerMonth.expected, 0);

const sizes = [1_000, 100_000, 1_000_000, 3_000_000, 20_000_000, 90_000_000];
const pairs = sizes.slice(1).map((larger, index) => [sizes[index] as number, larger] as const);

describe.each(Object.entries(vectorStores) as [string, VectorStoreBlueprint][])('vector store %s', (id, store) => {
  test.each(pairs)('%i to %i vectors never need less memory, disk or money, nor answer faster', (fewer, more) => {
    const [small, large] = [
      load({ vectors: fewer, textBytes: fewer * 2000 }),
      load({ vectors: more, textBytes: more * 2000 }),
    ];
    const [before, after] = [store.size(small), store.size(large)];
    expect(after.memoryBytes * after.nodes).toBeGreaterThanOrEqual(before.memoryBytes * before.nodes);
    expect(after.diskBytes * Math.max(1, after.nodes)).toBeGreaterThanOrEqual(
      before.diskBytes * Math.max(1, before.nodes),
    );
    expect(store.queryMilliseconds(large)).toBeGreaterThanOrEqual(store.queryMilliseconds(small));
    expect(total(store, large) ?? 0).toBeGreaterThanOrEqual((total(store, small) ?? 0) - 1e-6);
  });

  test('more dimensions never need less', () => {
    const [before, after] = [store.size(load({ dimension: 384 })), store.size(load({ dimension: 1536 }))];
    expect(after.memoryBytes * after.nodes).toBeGreaterThanOrEqual(before.memoryBytes * before.nodes);
  });

  test('a copy in another zone never costs less', () => {
    expect(total(store, load({ replicas: 1 }))).toBeGreaterThanOrEqual(total(store, load({ replicas: 0 })) ?? 0);
  });

  test('a load it was made for has no unmet limit', () => {
    expect(store.unmet(load({ keywordSearch: 'none' }))).toEqual([]);
  });

  test('a vendor’s service is refused where data must stay, and every other store is not (D7.5)', () => {
    const closed = load({ dataMayLeave: false, isolated: true, residency: 'us-gov', keywordSearch: 'none' });
    const refused = store.unmet(closed).map(({ path }) => path);
    if (store.targets.includes('external')) expect(refused).toContain('compliance.dataMayLeave');
    else expect(refused).toEqual([]);
  });

  test('absurd dimensions and counts are refused with what to change', () => {
    const reasons = store.unmet(load({ dimension: 1_000_000, vectors: 1e12 }));
    expect(reasons.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['retrieval.embedding', 'retrieval.corpus']),
    );
    for (const reason of reasons) expect(reason.change.length).toBeGreaterThan(10);
  });

  test('a price that is in no source leaves the cost open instead of guessing it', () => {
    const cost = store.cost(load(), store.size(load()), noService, () => undefined);
    if (store.targets.includes('external')) expect(cost?.every((line) => line.source.note)).toBe(true);
    else expect(cost).toBeUndefined();
  });

  test('every line of the cost has its own id, a group, a source and a sum', () => {
    const lines = store.cost(load(), store.size(load()), anyService, anyInstance) ?? [];
    expect(lines.length).toBeGreaterThan(0);
    expect(new Set(lines.map((line) => line.id)).size).toBe(lines.length);
    for (const line of lines) {
      expect(line.group).toBe('data');
      expect(line.source.ref.length).toBeGreaterThan(3);
      expect(line.usdPerMonth.minimum).toBeLessThanOrEqual(line.usdPerMonth.maximum);
    }
  });

  test('the record is whole: rows, pros, cons, reversal, sources, runbook', () => {
    expect(store.rows.every((row) => /^D7\.\d$/.test(row))).toBe(true);
    expect(store.pros.length * store.cons.length).toBeGreaterThan(0);
    expect(store.reversal).toMatch(/\.$/);
    expect(store.sources.length).toBeGreaterThan(0);
    expect(store.runbook.map((entry) => entry.runbook)).toContain('data-store-restore');
  });

  test('its collection carries the dimension of the plan and refuses another (D8.8)', () => {
    const base = fixturePlan();
    if (!store.collection || !base.vectorStore) return;
    const plan = fixturePlan({ vectorStore: { ...base.vectorStore, id, dimension: 777, collection: 'c--model--777' } });
    const { file, contents } = store.collection(plan);
    expect(file).toMatch(/^collection\.(sql|json)$/);
    expect(contents).toMatch(/\b777\b|Model777/);
    if (file.endsWith('.json')) expect(() => JSON.parse(contents)).not.toThrow();
  });

  test('where it runs in the cluster there is a builder', async () => {
    const { kubernetes } = (store as VectorStoreBlueprint).builders;
    if (store.targets.includes('kubernetes')) expect(kubernetes, id).toBeDefined();
    if (kubernetes) expect(typeof (await kubernetes()).build).toBe('function');
  });
});

describe('OpenSearch Serverless', () => {
  const store = vectorStores['opensearch-serverless'];
  const unitsOf = (change: Partial<VectorStoreLoad>) => store.size(load(change)).capacityUnits;

  test.each<[string, Partial<VectorStoreLoad>, number, number]>([
    ['half a unit each way is the least without standby', { vectors: 1000, textBytes: 2e6, replicas: 0 }, 0.5, 0.5],
    ['standby doubles it', { vectors: 1000, textBytes: 2e6, replicas: 1 }, 1, 1],
    ['memory for graphs decides', { vectors: 3_000_000, textBytes: 6e9, replicas: 0 }, 5, 5],
    ['questions add to the answering side alone', { vectors: 1000, queriesPerSecond: 100, replicas: 0 }, 0.5, 3],
  ])('%s', (_title, change, indexing, search) => {
    expect(unitsOf(change)).toEqual({ indexing, search });
  });

  test.each([
    [0.5, 1],
    [1, 1],
    [3, 4],
    [16, 16],
    [17, 32],
    [97, 112],
    [5000, 1696],
  ])('a limit of %d units is set to the step %d', (units, step) => {
    expect(limitStep(units)).toBe(step);
  });

  test('the bill is between what rests and the limit of the group', () => {
    const busy = load({ vectors: 1000, textBytes: 2e6, queriesPerSecond: 100 });
    const line = store.cost(busy, store.size(busy), anyService, anyInstance)?.[0];
    const units = Object.entries(line?.usdPerMonth ?? {}).map(([at, usd]) => [at, Math.round(usd / 73)]);
    expect(Object.fromEntries(units)).toEqual({ minimum: 2, expected: 7, maximum: 2 + 16 });
  });

  test('an index above a tebibyte, a region without it and a shorter recovery point are refused', () => {
    const paths = (change: Partial<VectorStoreLoad>) => store.unmet(load(change)).map(({ path }) => path);
    expect(paths({ vectors: 400_000_000, textBytes: 8e11 })).toContain('retrieval.corpus');
    expect(paths({ region: 'me-central-1' })).toEqual(['infrastructure.regions']);
    expect(paths({ rpoHours: 0.5 })).toEqual(['operations.rpoHours']);
    expect(paths({ region: 'us-gov-west-1', isolated: true, dataMayLeave: false })).toEqual([]);
  });

  test('it exists in every region the platform can be raised in', () => {
    expect(awsRegions.map(({ id }) => id).filter((id) => store.unmet(load({ region: id })).length > 0)).toEqual([]);
  });
});

test('where keyword search is first-class and a managed store wanted, the two of OpenSearch compete by cost (D7.4)', () => {
  const { answers } = presets['support-chat-rag'];
  const planned = (corpus: { documents: number; gigabytes: number }) => {
    const retrieval = { ...answers.retrieval, corpus, keywordSearch: 'first-class' as const, managedPreferred: true };
    const outcome = makePlan({ ...answers, retrieval }, loadCatalog(products));
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.reasons));
    return outcome.value.vectorStore?.id;
  };
  expect(planned({ documents: 5000, gigabytes: 0.1 })).toBe('opensearch-serverless');
  expect(planned({ documents: 250_000, gigabytes: 3 })).toBe('opensearch');
});

describe('Pinecone', () => {
  const { cost, unmet, size } = vectorStores.pinecone;
  const small = { vectors: 10_000, textBytes: 2e7, queriesPerSecond: 0.01, vectorWritesPerDay: 10 };
  const usd = (change: Partial<VectorStoreLoad>) => {
    const of = load({ ...small, ...change });
    return cost(of, size(of), anyService, anyInstance)?.reduce((sum, line) => sum + line.usdPerMonth.expected, 0);
  };

  test('without an internet path it is refused where the vendor has no endpoint service, and only there', () => {
    const refused = (region: string) => unmet(load({ isolated: true, region }));
    expect(refused('us-east-1')).toEqual([]);
    expect(refused('us-east-2').map(({ path }) => path)).toEqual(['infrastructure.isolated']);
    expect(refused('us-east-2')[0]?.found).toContain('us-west-2');
  });

  test('a private path is paid for by the plan that has it', () => {
    expect(usd({ residency: 'none' })).toBeCloseTo(50);
    expect(usd({ residency: 'us' })).toBeCloseTo(500);
    expect(usd({ residency: 'none', isolated: true })).toBeCloseTo(500);
    expect(usd({ residency: 'us', region: 'us-east-2' })).toBeCloseTo(50);
  });

  test('an endpoint service and its zone belong to the region they are listed for', () => {
    const services = Object.entries(privateServices);
    expect(services.length).toBeGreaterThan(4);
    expect(new Set(services.map(([, { zone }]) => zone)).size).toBe(services.length);
    for (const [region, { serviceName, zone }] of services) {
      expect(serviceName).toMatch(new RegExp(`^com\\.amazonaws\\.vpce\\.${region}\\.vpce-svc-[0-9a-f]{17}$`));
      expect(zone).toMatch(/^private\.[\w-]+\.pinecone\.io$/);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { checkCatalog } from '../../lib/catalog/check.ts';
import { type Packed, unpack } from '../../lib/catalog/packed.ts';
import type { Source } from '../../lib/catalog/source.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';

const catalog = loadCatalog(products);

describe('the shipped catalogue', () => {
  test('every row fits its schema, has a source, and names rows that exist', () => {
    expect(checkCatalog(catalog)).toEqual([]);
  });

  test('its date is the newest source', () => {
    const dates = catalog.servicePrices.flatMap((row) => row.sources.map(({ date }) => date));
    expect(catalog.date >= (dates.sort().at(-1) ?? '')).toBe(true);
  });

  test.each([
    ['gpus', 29],
    ['models', 121],
    ['offers', 173],
    ['hostedModels', 449],
    ['servicePrices', 266],
    ['managedInstances', 192],
  ] as const)('%s has no fewer rows than were collected', (table, rows) => {
    expect(catalog[table]?.length).toBeGreaterThanOrEqual(rows);
  });

  test('prices of every collected region are there', () => {
    const regions = (kind: (type: string) => boolean) =>
      new Set(
        catalog.offers
          .filter((row) => kind(row.instanceType))
          .flatMap((row) => row.prices.map((price) => price.region)),
      );
    expect(regions(() => true).size).toBe(30);
    const search = catalog.managedInstances?.filter((row) => row.service === 'opensearch') ?? [];
    expect(new Set(search.flatMap((row) => row.prices.map((price) => price.region))).size).toBe(34);
  });

  test.each([
    ['g6.xlarge', 'us-east-1', 0.8048],
    ['p5.48xlarge', 'us-east-1', 55.04],
    ['m7i.large', 'us-east-1', 0.1008],
  ])('%s in %s costs its list price', (instanceType, region, usd) => {
    const offer = catalog.offers.find((row) => row.instanceType === instanceType);
    expect(offer?.prices.find((price) => price.region === region)?.onDemandUsdPerHour).toBe(usd);
  });

  test('Spot is on-demand less the advisor’s savings, with both sources', () => {
    const offer = catalog.offers.find((row) => row.instanceType === 'g6.xlarge');
    const price = offer?.prices.find((row) => row.region === 'ap-northeast-1');
    expect(price).toMatchObject({
      onDemandUsdPerHour: 1.1672,
      reserved1yNoUpfrontUsdPerHour: 0.75985,
      spotUsdPerHour: 0.513568,
      spotInterruptionBand: '>20%',
    });
    expect(price?.sources.map(({ date }) => date)).toEqual(['2026-01-21', '2025-06-28']);
  });

  test('an absent fact is absent, never zero', () => {
    const zeros: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (value === 0) zeros.push(path);
      else if (typeof value === 'object' && value !== null)
        for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    };
    for (const gpu of catalog.gpus) visit(gpu, gpu.id);
    for (const offer of catalog.offers) for (const price of offer.prices) visit(price, offer.instanceType);
    expect(zeros).toEqual([]);
  });
});

describe('a row without a source', () => {
  const packed = (sources: number[]): Packed<{ id: string; sources: readonly [Source, ...Source[]] }> => ({
    sources: [['somewhere', '2026-01-01']],
    rows: [{ id: 'x', sources }],
  });

  test('fails when the list is empty', () => {
    expect(() => unpack(packed([]), ({ id }) => id)).toThrow('x: a row without a source is refused');
  });

  test('fails when the index is outside the table', () => {
    expect(() => unpack(packed([7]), ({ id }) => id)).toThrow('x: source 7 is not in the table of sources');
  });

  test('fails the check', () => {
    const [gpu] = tinyCatalog.gpus;
    const broken = { ...tinyCatalog, gpus: [{ ...gpu, sources: [] } as never] };
    expect(checkCatalog(broken).map(({ found }) => found)).toContain('a row without a source');
  });
});

describe('the check', () => {
  test('finds nothing in the tiny catalogue', () => {
    expect(checkCatalog(tinyCatalog)).toEqual([]);
  });

  test('fails when an offer names a GPU that is not there', () => {
    const reasons = checkCatalog({ ...tinyCatalog, gpus: tinyCatalog.gpus.filter(({ id }) => id !== 'L4') });
    expect(reasons.map(({ path }) => path)).toEqual(['offers/g6.xlarge/gpu', 'offers/g6.2xlarge/gpu']);
  });

  test('fails when two rows have one id', () => {
    const reasons = checkCatalog({
      ...tinyCatalog,
      models: [...tinyCatalog.models, ...tinyCatalog.models.slice(0, 1)],
    });
    expect(reasons).toMatchObject([{ path: 'models/BAAI/bge-m3', found: 'two' }]);
  });
});

import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { instancePrice, regionFactor, servicePrice } from '../../lib/catalog/prices.ts';
import { tinyCatalog } from '../fixtures/catalog.ts';

describe('a price in its own region', () => {
  test('is the row, measured', () => {
    expect(instancePrice(tinyCatalog, 'g6.xlarge', 'eu-central-1')).toMatchObject({ usdPerHour: 1, basis: 'measured' });
    expect(servicePrice(tinyCatalog, 'VPC', 'NAT gateway', 'us-east-1')).toMatchObject({
      price: { usd: 0.045 },
      basis: 'measured',
    });
  });
});

describe('a price that is missing in a region', () => {
  test('is carried over at the region’s level, marked assumed, and says so in its source', () => {
    const price = instancePrice(tinyCatalog, 'm7i.large', 'eu-central-1');
    expect(price?.usdPerHour).toBeCloseTo(0.125);
    expect(price?.basis).toBe('assumed');
    expect(price?.source.note).toBe('us-east-1 price × 1.250, the median level of eu-central-1: assumed');
    const service = servicePrice(tinyCatalog, 'VPC', 'NAT gateway', 'eu-central-1');
    expect(service?.basis).toBe('assumed');
    expect(service?.price.sources[0].note).toContain('assumed');
  });

  test('is undefined where no region has it: a gap, never zero', () => {
    expect(instancePrice(tinyCatalog, 'x9.large', 'us-east-1')).toBeUndefined();
    expect(servicePrice(tinyCatalog, 'VPC', 'nothing', 'us-east-1')).toBeUndefined();
  });
});

describe('managed classes', () => {
  const catalog = loadCatalog(tinyCatalog.products);
  test.each([
    ['db.r7g.large', undefined, 0.239],
    ['db.r7g.large', 'aurora', 0.276],
    ['r7g.large.search', undefined, undefined],
    ['cache.r7g.large', undefined, undefined],
  ])('%s by service %s', (type, service, usd) => {
    const price = instancePrice(catalog, type, 'us-east-1', service);
    expect(price?.basis).toBe('measured');
    if (usd !== undefined) expect(price?.usdPerHour).toBe(usd);
    expect(price?.usdPerHour).toBeGreaterThan(0);
  });

  test('no region is outside the levels seen in the price lists', () => {
    for (const region of new Set(catalog.offers.flatMap((row) => row.prices.map((price) => price.region)))) {
      expect(regionFactor(catalog, region)).toBeGreaterThan(0.9);
      expect(regionFactor(catalog, region)).toBeLessThan(1.9);
    }
    expect(regionFactor(catalog, 'us-east-1')).toBe(1);
  });
});

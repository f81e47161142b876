import { describe, expect, test } from 'vitest';
import { type CacheInputs, cacheContents, cacheSize } from '../../blueprints/clouds/aws/stores/cache-size.ts';
import { plans } from './plans.ts';
import { checkPromises, only } from './stacks.ts';

const inputs = (changes: {
  peak?: number;
  ttlSeconds?: number;
  environment?: string;
  region?: string;
  outputTokens?: number;
}): CacheInputs => ({
  requirements: {
    throughput: {
      ...plans.base.requirements.throughput,
      requestsPerSecond: { expected: (changes.peak ?? 10) / 2, peak: changes.peak ?? 10 },
      outputTokens: { mean: changes.outputTokens ?? 300, p95: 600 },
    },
  },
  platform: { region: changes.region ?? 'us-east-1', environment: changes.environment ?? 'prod' },
  gateway: { cache: { kind: changes.ttlSeconds ? 'exact' : 'none', ttlSeconds: changes.ttlSeconds ?? 0 } },
});

describe('class of the cache', () => {
  test.each([
    ['limits alone, in production', {}, 'cache.m7g.large'],
    ['limits alone, elsewhere', { environment: 'dev' }, 'cache.t4g.small'],
    ['an hour of answers at 10 requests a second', { ttlSeconds: 3600 }, 'cache.m7g.large'],
    ['an hour of answers elsewhere', { ttlSeconds: 3600, environment: 'staging' }, 'cache.t4g.small'],
    ['an hour of answers at 1,000 requests a second', { peak: 1000, ttlSeconds: 3600 }, 'cache.r7g.large'],
    ['a day of long answers', { peak: 100, ttlSeconds: 86_400, outputTokens: 2000 }, 'cache.r7g.4xlarge'],
    ['a region with the older generation', { region: 'us-gov-west-1' }, 'cache.m6g.large'],
    ['more than any class holds', { peak: 10_000, ttlSeconds: 86_400 }, 'cache.r6g.4xlarge'],
  ] as const)('%s: %s', (_title, changes, expected) => {
    expect(cacheSize(inputs(changes)).instanceClass).toBe(expected);
  });

  test('more traffic and longer lives never need less', () => {
    const bytes = (changes: Parameters<typeof inputs>[0]) => {
      const { limitBytes, answerBytes } = cacheSize(inputs(changes));
      return limitBytes + answerBytes;
    };
    for (const peak of [1, 10, 100]) {
      expect(bytes({ peak: 2 * peak })).toBeGreaterThan(bytes({ peak }));
      expect(bytes({ peak, ttlSeconds: 7200 })).toBeGreaterThan(bytes({ peak, ttlSeconds: 3600 }));
    }
  });

  test('what it was chosen for is said in words', () => {
    expect(cacheContents(cacheSize(inputs({})))).toBe('limits of callers 0.1 GiB');
    expect(cacheContents(cacheSize(inputs({ peak: 1000, ttlSeconds: 3600 })))).toMatch(/^limits .* answers 6\.\d GiB$/);
  });
});

checkPromises('cache (P5)', [
  {
    title: 'the cache has the class its contents ask for, and says so',
    plan: 'base',
    problems: (t) => {
      const { CacheNodeType, ReplicationGroupDescription } = only(t, 'Data/Cache').Properties;
      const size = cacheSize(plans.base);
      return CacheNodeType === size.instanceClass && ReplicationGroupDescription.includes(cacheContents(size))
        ? []
        : [CacheNodeType, ReplicationGroupDescription];
    },
    defect: (t) => {
      only(t, 'Data/Cache').Properties.CacheNodeType = 'cache.r7g.large';
    },
  },
  {
    title: 'outside production it is the smallest, and one',
    plan: 'development',
    problems: (t) => {
      const { CacheNodeType, ReplicasPerNodeGroup } = only(t, 'Data/Cache').Properties;
      return CacheNodeType === 'cache.t4g.small' && ReplicasPerNodeGroup === 0 ? [] : [CacheNodeType];
    },
    defect: (t) => {
      only(t, 'Data/Cache').Properties.CacheNodeType = 'cache.m7g.large';
    },
  },
]);

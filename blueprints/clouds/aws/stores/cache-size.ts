import type { Requirements } from '../../../../lib/requirements/schema.ts';
import { awsManagedInstances } from '../offers.ts';

const mib = 2 ** 20;
const gib = 2 ** 30;

interface CacheClass {
  readonly instanceClass: string;
  readonly memoryGiB: number;
  /** Its processor is shared: enough while nobody's answer waits for it in earnest. */
  readonly burst?: true;
}

/** By memory, the newer generation first: some regions offer only the older one. AWS lists memory by node type. */
const classes: readonly CacheClass[] = [
  { instanceClass: 'cache.t4g.small', memoryGiB: 1.37, burst: true },
  { instanceClass: 'cache.t4g.medium', memoryGiB: 3.09, burst: true },
  { instanceClass: 'cache.m7g.large', memoryGiB: 6.38 },
  { instanceClass: 'cache.m6g.large', memoryGiB: 6.38 },
  { instanceClass: 'cache.r7g.large', memoryGiB: 13.07 },
  { instanceClass: 'cache.r6g.large', memoryGiB: 13.07 },
  { instanceClass: 'cache.r7g.xlarge', memoryGiB: 26.32 },
  { instanceClass: 'cache.r6g.xlarge', memoryGiB: 26.32 },
  { instanceClass: 'cache.r7g.2xlarge', memoryGiB: 52.82 },
  { instanceClass: 'cache.r6g.2xlarge', memoryGiB: 52.82 },
  { instanceClass: 'cache.r7g.4xlarge', memoryGiB: 105.81 },
  { instanceClass: 'cache.r6g.4xlarge', memoryGiB: 105.81 },
];

/** What is assumed of the contents; each errs high. */
const assumed = {
  /** The service keeps a quarter of a node for copying and failover; its own default. */
  usableShare: 0.75,
  /** Requests and tokens a minute by key, user, team and model. */
  countersPerCaller: 8,
  bytesPerCounter: 400,
  /** A counter lives for its minute; the busiest minute has a caller a request at most. */
  counterSeconds: 60,
  /** Connections of all replicas and the process itself. */
  baseBytes: 100 * mib,
  /** Key, headers and JSON around an answer. */
  bytesPerAnswer: 2048,
  bytesPerOutputToken: 6,
} as const;

export interface CacheInputs {
  readonly requirements: Pick<Requirements, 'throughput'>;
  readonly platform: { readonly region: string; readonly environment: string };
  readonly gateway?: { readonly cache?: { readonly kind: string; readonly ttlSeconds: number } };
}

export interface CacheSize {
  readonly instanceClass: string;
  readonly limitBytes: number;
  readonly answerBytes: number;
}

/**
 * The smallest class that holds the limits of the peak and, where answers are kept, every answer of their lifetime as if
 * no question came twice. What does not fit is dropped, oldest first, so an error costs a model call and no data.
 * Production takes no class with a shared processor: every request counts here before it is answered.
 */
export function cacheSize({ requirements, platform, gateway }: CacheInputs): CacheSize {
  const { requestsPerSecond, outputTokens } = requirements.throughput;
  const limitBytes =
    assumed.baseBytes +
    (requestsPerSecond?.peak ?? 1) * assumed.counterSeconds * assumed.countersPerCaller * assumed.bytesPerCounter;
  const kept = gateway?.cache && gateway.cache.kind !== 'none' ? gateway.cache.ttlSeconds : 0;
  const answerBytes =
    (requestsPerSecond?.expected ?? 1) *
    kept *
    (assumed.bytesPerAnswer + assumed.bytesPerOutputToken * (outputTokens?.mean ?? 0));
  const here = offeredIn(platform.region);
  const possible = classes.filter((row) => !(row.burst && platform.environment === 'prod'));
  // A region no source prices: whatever the reference region offers, priced by the usual level.
  const known = possible.filter((row) => here.has(row.instanceClass));
  const candidates = known.length > 0 ? known : possible;
  const holds = ({ memoryGiB }: CacheClass) => memoryGiB * gib * assumed.usableShare >= limitBytes + answerBytes;
  const chosen = candidates.find(holds) ?? candidates.at(-1);
  if (!chosen) throw new Error('the table of cache classes is empty');
  return { instanceClass: chosen.instanceClass, limitBytes, answerBytes };
}

/** `limits of callers 0.1 GiB, answers 2.3 GiB`: what the class was chosen for. */
export function cacheContents({ limitBytes, answerBytes }: CacheSize): string {
  const text = (bytes: number) => `${Math.max(0.1, bytes / gib).toFixed(1)} GiB`;
  return `limits of callers ${text(limitBytes)}${answerBytes > 0 ? `, answers ${text(answerBytes)}` : ''}`;
}

let offered: ReadonlyMap<string, ReadonlySet<string>> | undefined;

function offeredIn(region: string): ReadonlySet<string> {
  offered ??= regionsOfCaches();
  return offered.get(region) ?? new Set();
}

/** A class is taken to be offered where a source has a price for it. */
function regionsOfCaches(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { service, instanceType, prices } of awsManagedInstances()) {
    if (!service.includes('valkey')) continue;
    for (const { region } of prices) {
      const types = found.get(region) ?? new Set<string>();
      found.set(region, types.add(instanceType));
    }
  }
  return found;
}

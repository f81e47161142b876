import type { RandomStream } from './random.ts';
import type { Engine } from './scheduler-state.ts';

export type RouterPolicy = 'round-robin' | 'least-loaded' | 'prefix-aware';

/** One replica as the router sees it. */
export interface Replica {
  readonly engine: Engine;
  /** Weights are loaded and probes pass from here on. */
  readonly readyAt: number;
  draining: boolean;
  /** Prefix groups whose blocks its cache still holds, least recently used first. */
  readonly prefixes: Set<number>;
}

/** A chosen replica, and whether the request's prefix is in its cache. */
export interface Route {
  replica: Replica;
  prefixCached: boolean;
}

/** Above this many times the least load, a prefix-aware router prefers the idle replica to the warm one. */
const prefixLoadLimit = 1.5;
/** Requests of slack before that rule applies, so that near-idle replicas keep their sessions. */
const prefixLoadSlack = 4;

function load(replica: Replica): number {
  return replica.engine.running + replica.engine.waiting;
}

function leastLoaded(replicas: readonly Replica[], from: number): Replica {
  let best: Replica | undefined;
  for (let offset = 0; offset < replicas.length; offset++) {
    const replica = replicas[(from + offset) % replicas.length] as Replica;
    if (replica.draining) continue;
    // Ties go round, so that an idle cluster spreads its requests.
    if (best === undefined || load(replica) < load(best)) best = replica;
  }
  return best ?? (replicas[0] as Replica);
}

/**
 * Picks a replica for each request.
 *
 * @param prefixGroups - distinct prefixes (sessions) in use; undefined: one prefix shared by all, found on every replica
 * @param prefixesPerReplica - groups one replica's cache can hold
 */
export function createRouter(
  policy: RouterPolicy,
  prefixGroups: number | undefined,
  prefixesPerReplica: number,
  random: RandomStream,
): (replicas: readonly Replica[]) => Route {
  let turn = 0;
  const remember = (replica: Replica, group: number): void => {
    replica.prefixes.delete(group);
    replica.prefixes.add(group);
    if (replica.prefixes.size > prefixesPerReplica) {
      for (const oldest of replica.prefixes) {
        replica.prefixes.delete(oldest);
        break;
      }
    }
  };
  return (replicas) => {
    turn++;
    const group = prefixGroups === undefined ? -1 : Math.floor(random.uniform() * prefixGroups);
    let replica: Replica;
    switch (policy) {
      case 'round-robin': {
        const open = replicas.filter((candidate) => !candidate.draining);
        replica = (open.length > 0 ? open[turn % open.length] : replicas[0]) as Replica;
        break;
      }
      case 'least-loaded':
        replica = leastLoaded(replicas, turn);
        break;
      case 'prefix-aware': {
        const idlest = leastLoaded(replicas, turn);
        const warm = replicas.find((candidate) => !candidate.draining && candidate.prefixes.has(group));
        replica = warm && load(warm) <= load(idlest) * prefixLoadLimit + prefixLoadSlack ? warm : idlest;
        break;
      }
    }
    if (group < 0) return { replica, prefixCached: true };
    const prefixCached = replica.prefixes.has(group);
    remember(replica, group);
    return { replica, prefixCached };
  };
}

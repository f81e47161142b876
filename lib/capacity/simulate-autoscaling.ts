import type { Replica } from './router.ts';
import { advance, hasWork } from './scheduler.ts';

/** Replicas follow the requests in the system, as a queue-driven autoscaler does. */
export interface AutoscalingPolicy {
  readonly minimumReplicas: number;
  readonly maximumReplicas: number;
  /** Running and waiting requests one replica should hold. */
  readonly targetRequestsPerReplica: number;
  readonly pollingSeconds: number;
  /** From the decision to start a replica to its first request: node, image, weights, warm-up. */
  readonly loadSeconds: number;
  /** A replica leaves only after the need has been lower for this long. */
  readonly cooldownSeconds: number;
}

interface Scaled {
  readonly replicas: Replica[];
  readonly addReplica: (startedAt: number, readyAt: number) => void;
  readonly retire: (replica: Replica, at: number) => void;
}

/** Polls at fixed times; a replica that leaves takes no new request, ends its own, and then stops being paid for. */
export function createAutoscaler(policy: AutoscalingPolicy, run: Scaled): { advanceTo: (seconds: number) => void } {
  let nextPoll = policy.pollingSeconds;
  let lowerSince = 0;
  const poll = (at: number): void => {
    let inSystem = 0;
    for (const replica of [...run.replicas]) {
      advance(replica.engine, at);
      if (replica.draining && !hasWork(replica.engine)) run.retire(replica, at);
      else inSystem += replica.engine.running + replica.engine.waiting;
    }
    const open = run.replicas.filter((replica) => !replica.draining);
    const wanted = Math.ceil(inSystem / policy.targetRequestsPerReplica);
    const desired = Math.min(policy.maximumReplicas, Math.max(policy.minimumReplicas, wanted, 1));
    if (desired >= open.length) lowerSince = at;
    for (let missing = desired - open.length; missing > 0; missing--) run.addReplica(at, at + policy.loadSeconds);
    if (desired < open.length && at - lowerSince >= policy.cooldownSeconds) {
      for (const replica of open.slice(desired)) replica.draining = true;
      lowerSince = at;
    }
  };
  return {
    advanceTo: (seconds) => {
      while (nextPoll <= seconds) {
        poll(nextPoll);
        nextPoll += policy.pollingSeconds;
      }
    },
  };
}

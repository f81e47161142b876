import type { Plan, ServedModel } from './plan.ts';

/**
 * Names of the Kubernetes objects that charts create and that alerts, runbooks and documents speak of. One table, so
 * that a command in a runbook always names an object that exists. A served model's object is named for its role.
 */
export const workloads = {
  namespaces: {
    serving: 'serving',
    gateway: 'gateway',
    retrieval: 'retrieval',
    observability: 'observability',
  },
  gateway: 'gateway',
  vectorStore: 'vector-store',
  /** CronJobs. */
  ingestion: 'ingestion',
  vectorStoreBackup: 'vector-store-backup',
  evaluation: 'evaluation',
} as const;

/** Kind and name of what runs a model, as kubectl takes it: one machine a replica, or several started as one group. */
export function servingObject(model: ServedModel): string {
  return model.nodesPerReplica > 1 ? `leaderworkerset/${model.role}` : `deployment/${model.role}`;
}

/** Models that generate text: the ones a latency goal and a price per output token speak of. */
export function generators(plan: Pick<Plan, 'models'>): readonly ServedModel[] {
  return plan.models.filter(({ role }) => role !== 'embedding' && role !== 'reranker' && role !== 'guard');
}

/** USD that one replica costs an hour: its share of a machine, or all the machines it spans. */
export function replicaUsdPerHour(plan: Pick<Plan, 'platform'>, model: ServedModel): number {
  const pool = plan.platform.nodePools.find(({ id }) => id === model.nodePool);
  if (!pool || pool.gpusPerNode === 0) return 0;
  return (pool.usdPerNodeHour * model.gpusPerReplica) / pool.gpusPerNode;
}

import type { Plan } from '../../lib/plan/plan.ts';
import { workloads } from '../../lib/plan/workloads.ts';

export const { namespaces } = workloads;

/** Service accounts of the charts; a cloud ties one role to each (P14). */
export const serviceAccounts = {
  modelServer: 'model-server',
  gateway: 'gateway',
  ingestion: 'ingestion',
  vectorStore: 'vector-store',
} as const;

/** Nodes carry the id of their pool and, with GPUs, a taint that keeps everything else away. */
export const nodes = { poolLabel: 'groundplan/pool', gpuTaint: 'nvidia.com/gpu' } as const;

/**
 * What the manifests cannot know before the cloud stacks stand: names the account gives. A ConfigMap of this name in
 * each namespace carries them; the stacks create it, elsewhere the README of the manifests says what goes in.
 */
export const endpoints = {
  configMap: 'platform-endpoints',
  modelBucket: 'MODEL_BUCKET',
  storageEndpoint: 'AWS_ENDPOINT_URL_S3',
  backupBucket: 'BACKUP_BUCKET',
  cacheHost: 'CACHE_HOST',
} as const;

/** The secret store External Secrets reads; `<platform>/<name>` is the key of each secret in it. */
export const secretStore = 'platform';

export const ports = { modelServer: 8000, gateway: 4000, cache: 6379, postgres: 5432 } as const;

export const priorityClasses = { interactive: 'interactive-serving', platform: 'platform', batch: 'batch' } as const;

/** Labels every object of one workload carries; the first two select its pods and never change. */
export function selector(component: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': component };
}

export function labels(plan: Plan, component: string, role: string): Readonly<Record<string, string>> {
  return {
    ...selector(component),
    'app.kubernetes.io/component': role,
    'app.kubernetes.io/part-of': plan.name,
    'app.kubernetes.io/managed-by': 'groundplan',
  };
}

export function isProduction(plan: Plan): boolean {
  return plan.platform.environment === 'prod';
}

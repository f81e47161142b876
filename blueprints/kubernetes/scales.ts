import type { ServedModel } from '../../lib/plan/plan.ts';
import { modelServers } from '../model-servers/index.ts';

export const metricsOf = (server: string): Readonly<Record<string, string>> =>
  Object.entries(modelServers).find(([id]) => id === server)?.[1].metrics ?? {};

/** Replicas change with the load: the plan has room between its least and its most, and the server says how busy it is. */
export function scales(model: ServedModel): boolean {
  const { requestsRunning, requestsWaiting } = metricsOf(model.server);
  return model.replicas.maximum > model.replicas.minimum && Boolean(requestsRunning && requestsWaiting);
}

/**
 * The pages an alert links to (P17). A plan comes in, the steps of one page go out; commands name the objects of that
 * plan. Never a decision: what is not in the plan is not in a runbook.
 */
import { capacityShortage } from './capacity-shortage.ts';
import { costSpike } from './cost-spike.ts';
import { dataStoreRestore } from './data-store-restore.ts';
import { gpuNodeFailure } from './gpu-node-failure.ts';
import { latencyDegradation } from './latency-degradation.ts';
import { modelRollback } from './model-rollback.ts';
import type { WriteRunbook } from './runbook.ts';
import { safetyIncident } from './safety-incident.ts';

export const runbooks = {
  'latency-degradation': latencyDegradation,
  'cost-spike': costSpike,
  'safety-incident': safetyIncident,
  'model-rollback': modelRollback,
  'data-store-restore': dataStoreRestore,
  'gpu-node-failure': gpuNodeFailure,
  'capacity-shortage': capacityShortage,
} as const satisfies Record<string, WriteRunbook>;

export type RunbookId = keyof typeof runbooks;
/** Files under runbooks/, without .md. */
export const runbookIds = Object.keys(runbooks) as readonly RunbookId[];

import type { Catalog } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import { complianceFor } from '../compliance/index.ts';
import type { Decided } from '../decisions/decided.ts';
import type { Requirements } from '../requirements/schema.ts';
import { costPlan } from './cost.ts';
import { platformPlan } from './platform.ts';

/** Disks, images and addresses that each GPU node adds; the plan is not sized yet, so a few nodes are assumed. */
const assumedGpuNodes = 4;
const assumedDiskGiB = 200;

/**
 * What the platform costs a month at its largest without the machines of the chat model: the sizer gets what the
 * ceiling leaves. Computed with the plan's own functions, so that both agree to within the disks of the GPU nodes.
 */
export function reservedUsdPerMonth(
  requirements: Requirements,
  region: string,
  chat: Model,
  retrieval: Pick<Decided, 'served' | 'vectorStore' | 'costLines'>,
  catalog: Catalog,
): number {
  const compliance = complianceFor(requirements);
  const provisioning: Decided['provisioning'] = {
    kind: requirements.infrastructure.provisioning ?? 'managed-node-groups',
    purchase: requirements.infrastructure.cloud === 'on-premises' ? 'owned' : 'on-demand',
    reservationIds: [],
    feePercentOfInstance: 0,
    feeUsdPerMonth: 0,
    batchOnSpot: false,
  };
  const platform = platformPlan(requirements, { ...retrieval, region, provisioning }, [], compliance, catalog);
  const audit = {
    promptLog: compliance.promptAudit,
    retentionDays: compliance.auditRetentionDays,
    writeOnce: compliance.writeOnce,
    logRetentionDays: compliance.logRetentionDays,
  };
  const nodes = { minimum: 0, expected: assumedGpuNodes, maximum: assumedGpuNodes };
  const gpuPool = { id: 'chat', gpusPerNode: 1, diskGiB: assumedDiskGiB, nodes, usdPerNodeHour: 0 };
  const cloud = catalog.products.clouds[platform.cloud];
  const fixed = cloud?.fixedCost?.(
    {
      requirements,
      platform: { ...platform, nodePools: [...platform.nodePools, gpuPool] },
      audit,
      models: [{ role: 'chat', weightBytes: chat.parameters * 2 }],
      frameworks: compliance.frameworks,
      ...(retrieval.vectorStore && {
        vectorStore: { ...retrieval.vectorStore, backup: { retentionDays: compliance.backupRetentionDays } },
      }),
    },
    catalog,
  ) ?? { lines: [], gaps: [] };
  return costPlan(requirements, { costLines: retrieval.costLines }, platform, fixed, catalog).usdPerMonth.maximum;
}

import type { Catalog } from '../catalog/catalog.ts';
import { type Compliance, complianceFor } from '../compliance/index.ts';
import type { Decided } from '../decisions/decided.ts';
import { machineTypesReason } from '../decisions/pool-machines.ts';
import { infeasible, type Outcome, ok, type Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import { alertsFor } from './alerts.ts';
import { costPlan } from './cost.ts';
import type { Plan } from './plan.ts';
import { platformPlan } from './platform.ts';
import { expectedHours } from './pool-hours.ts';
import { servedModels } from './served-models.ts';
import { spendPlan } from './spend.ts';

/** Raised with every change of the plan's shape or of a rule; golden scenarios show what moved. */
export const generator = 'groundplan 0.1.0';

function auditPlan(compliance: Compliance): Plan['audit'] {
  return {
    promptLog: compliance.promptAudit,
    retentionDays: compliance.auditRetentionDays,
    writeOnce: compliance.writeOnce,
    redactPii: compliance.redactPii,
    logRetentionDays: compliance.logRetentionDays,
  };
}

function gatewayPlan(requirements: Requirements, decided: Decided): Plan['gateway'] {
  const { routing, batching } = decided;
  return {
    id: decided.gateway,
    replicas: requirements.operations.environment === 'homelab' ? 1 : 2,
    routes: routing.routes.map((route) => ({
      model: route.model,
      kind: route.kind,
      target: route.target,
      fallbacks: [...route.fallbacks],
      weight: route.weight,
      timeoutSeconds: route.timeoutSeconds,
      maxOutputTokens: route.maxOutputTokens,
      maxUsdPerCall: route.maxUsdPerCall,
    })),
    rateLimitPerUser: requirements.operations.rateLimitPerUser,
    budgetUsdPerMonth: requirements.infrastructure.costCeilingUsdPerMonth,
    hostedFallbackUsdPerMonth: routing.hostedFallbackUsdPerMonth,
    cache: batching?.responseCache ?? { kind: 'none', ttlSeconds: 0 },
  };
}

function vectorStorePlan(requirements: Requirements, decided: Decided, compliance: Compliance): Plan['vectorStore'] {
  const store = decided.vectorStore;
  if (!store) return undefined;
  const backupDays = compliance.because.find((row) => row.parameter === 'backupRetentionDays')?.value;
  return {
    id: store.id,
    target: store.target,
    collection: store.collection,
    vectors: store.load.vectors,
    dimension: store.load.dimension,
    size: store.size,
    backup: {
      intervalHours: Math.max(1, Math.min(24, requirements.operations.rpoHours || 1)),
      retentionDays: Math.min(35, Math.max(7, Number.parseInt(backupDays ?? '7', 10))),
      crossRegion: compliance.crossRegionBackup,
    },
    ...(store.recovery && { recovery: store.recovery }),
  };
}

function retrievalPlan(decided: Decided): Plan['retrieval'] {
  const choice = decided.retrieval;
  if (!choice) return undefined;
  return {
    embeddingModelId: choice.embeddingModelId,
    embeddingDimension: choice.embeddingDimension,
    chunking: choice.chunking,
    chunkTokens: choice.chunkTokens,
    chunkOverlapTokens: choice.chunkOverlapTokens,
    hybrid: choice.hybrid,
    alpha: choice.alpha,
    ...(choice.rerank && { rerank: { ...choice.rerank } }),
    hyde: choice.hyde,
    mmr: choice.mmr,
    ingestionSchedule: choice.ingestionSchedule,
    addedLatencyMs: choice.addedLatencyMs,
  };
}

/** The dearest lines first: what a reader would cut. */
function ceilingReason(plan: Plan['cost'], ceiling: number): Reason {
  const dearest = [...plan.lines].sort((a, b) => b.usdPerMonth.maximum - a.usdPerMonth.maximum).slice(0, 3);
  const needed = Math.ceil(plan.usdPerMonth.maximum / 10) * 10;
  return {
    path: 'infrastructure.costCeilingUsdPerMonth',
    asked: `at most ${Math.round(ceiling).toLocaleString('en-US')} USD a month at the largest configuration`,
    found: `${Math.round(plan.usdPerMonth.maximum).toLocaleString('en-US')} USD: ${dearest
      .map((line) => `${line.title} ${Math.round(line.usdPerMonth.maximum).toLocaleString('en-US')}`)
      .join('; ')}`,
    change: `Raise the ceiling to ${needed.toLocaleString('en-US')} USD a month, or lower the peak or the availability goal.`,
  };
}

/**
 * Decisions in, plan out: every size, name and limit an emitter needs, and the check that the largest configuration
 * stays under the ceiling (P11).
 *
 * @returns infeasible when fixed lines and the maximum number of nodes exceed the ceiling
 */
export function freezePlan(requirements: Requirements, decided: Decided, catalog: Catalog): Outcome<Plan> {
  const plan = freezeWith(requirements, decided, catalog);
  const narrower = plan.ok ? undefined : withoutDearestType(requirements, decided);
  if (plan.ok || !narrower) return plan;
  const narrow = freezePlan(requirements, narrower, catalog);
  return narrow.ok ? narrow : plan;
}

/**
 * The same plan with one machine type less in the pool of the sized model: every type must stay under the ceiling at the
 * largest configuration. Undefined where one is left.
 */
function withoutDearestType(requirements: Requirements, decided: Decided): Decided | undefined {
  const chosen = decided.sizing?.chosen;
  if (!decided.sizing || !chosen || chosen.machines.length < 2) return undefined;
  const [first, ...others] = chosen.machines;
  const dearest = others.toSorted((a, b) => b.usdPerHourAtMost - a.usdPerHourAtMost)[0];
  if (!dearest || dearest.usdPerHourAtMost <= first.usdPerHourAtMost) return undefined;
  const machines = [first, ...others.filter((machine) => machine !== dearest)] as const;
  const ceiling = requirements.infrastructure.costCeilingUsdPerMonth;
  const narrow = {
    ...chosen,
    machines,
    instanceTypes: [first.instanceType, ...machines.slice(1).map(({ instanceType }) => instanceType)] as const,
    ...(machines.length === 1 && {
      oneTypeBecause: `${dearest.instanceType} would serve too, but ${chosen.nodes.peak} of it cost ${Math.round(
        dearest.usdPerHourAtMost * chosen.hoursPerMonth * chosen.nodes.peak,
      ).toLocaleString('en-US')} USD a month and break the ceiling of ${ceiling.toLocaleString('en-US')} USD`,
    }),
  };
  const [before, after] = [machineTypesReason(chosen), machineTypesReason(narrow)];
  const records = decided.records.map((record) => ({
    ...record,
    reasons: record.reasons.map((reason) => (reason === before ? after : reason)),
  }));
  return { ...decided, records, sizing: { ...decided.sizing, chosen: narrow } };
}

function freezeWith(requirements: Requirements, decided: Decided, catalog: Catalog): Outcome<Plan> {
  const compliance = complianceFor(requirements);
  const models = servedModels(requirements, decided, catalog);
  const platform = platformPlan(requirements, decided, models, compliance, catalog);
  const vectorStore = vectorStorePlan(requirements, decided, compliance);
  const retrieval = retrievalPlan(decided);
  const audit = auditPlan(compliance);
  const cloud = catalog.products.clouds[platform.cloud];
  const gateway = gatewayPlan(requirements, decided);
  const fixed = cloud?.fixedCost?.(
    { requirements, platform, audit, models, vectorStore, retrieval, gateway, frameworks: compliance.frameworks },
    catalog,
  ) ?? { lines: [], gaps: [] };
  const cost = costPlan(requirements, decided, platform, fixed, catalog);
  const ceiling = requirements.infrastructure.costCeilingUsdPerMonth;
  if (cost.usdPerMonth.maximum > ceiling) return infeasible([ceilingReason(cost, ceiling)]);
  const gpuPool = platform.nodePools.find((pool) => pool.gpusPerNode > 0);
  const parts = {
    schemaVersion: 1 as const,
    generator,
    catalogDate: catalog.date,
    name: requirements.name,
    ...(requirements.preset !== undefined && { preset: requirements.preset }),
    requirements,
    decisions: [...decided.records],
    ...(decided.sizing && { capacity: decided.sizing }),
    platform,
    models,
    ...(vectorStore && { vectorStore }),
    ...(retrieval && { retrieval }),
    gateway,
    application: { ...decided.application, outputChecks: [...decided.application.outputChecks] },
    spend: spendPlan(
      requirements,
      platform,
      cost,
      gpuPool ? expectedHours(gpuPool, decided, requirements, platform) : 0,
    ),
    audit,
    compliance: {
      frameworks: [...compliance.frameworks],
      controls: compliance.controls.map((control) => ({ ...control, clauses: [...control.clauses] })),
      notApplicable: [...compliance.notApplicable],
      duties: [...compliance.duties],
      because: [...compliance.because],
    },
    skippedSafeguards: [...decided.skippedSafeguards],
    cost,
    links: [],
  };
  return ok({ ...parts, alerts: alertsFor(parts, catalog) });
}

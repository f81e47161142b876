import { z } from 'zod';
import type { CapacityPlan } from '../capacity/types.ts';
import type { CostLine } from '../catalog/products.ts';
import { decisionSchema } from '../decisions/record.ts';
import { answersSchema } from '../requirements/schema.ts';

const layout = z.strictObject({
  tensorParallelSize: z.number(),
  pipelineParallelSize: z.number(),
  dataParallelSize: z.number(),
  expertParallelSize: z.number(),
});

/** A model that the platform serves itself: one Deployment or LeaderWorkerSet, one node pool. */
const servedModel = z.strictObject({
  /** `chat`, `embedding`, `reranker`, `guard`, `chat-fallback`: also the Kubernetes name. */
  role: z.string(),
  modelId: z.string(),
  /** Name callers use at the gateway. */
  servedName: z.string(),
  /** V1 form: `huggingface/meta-llama-Llama-3.1-8B-Instruct:1.0`. */
  registryId: z.string(),
  /** Absent: the mirror job resolves it once and refuses to serve until `groundplan.yaml` names it. */
  revision: z.string().optional(),
  /** Registry key of the model server: `vllm`. */
  server: z.string(),
  precision: z.string(),
  kvPrecision: z.string(),
  layout,
  gpusPerReplica: z.number(),
  nodesPerReplica: z.number(),
  /** Key of a node pool; `general` for a CPU server. */
  nodePool: z.string(),
  replicas: z.strictObject({ minimum: z.number(), expected: z.number(), maximum: z.number() }),
  limits: z.strictObject({
    maxNumSeqs: z.number(),
    maxNumBatchedTokens: z.number(),
    maxModelLen: z.number(),
    gpuMemoryUtilization: z.number(),
    prefixCaching: z.boolean(),
  }),
  speculative: z
    .strictObject({ draftModelId: z.string(), draftRevision: z.string().optional(), tokens: z.number() })
    .optional(),
  toolParser: z.string().optional(),
  weightBytes: z.number(),
  memoryGiBPerReplica: z.number(),
  millicoresPerReplica: z.number(),
  sharedMemoryGiB: z.number(),
  loadSeconds: z.number(),
  longestGenerationSeconds: z.number(),
  /** Derived from the plan so that gateway budgets trip for self-hosted models too (P5, P24). */
  usdPerMillionInputTokens: z.number(),
  usdPerMillionOutputTokens: z.number(),
  /** Waiting plus running requests per replica at which another replica starts. */
  scaleAtRequestsPerReplica: z.number(),
});

const nodePool = z.strictObject({
  id: z.string(),
  purpose: z.string(),
  gpuId: z.string().optional(),
  gpusPerNode: z.number(),
  instanceTypes: z.array(z.string()).min(1),
  purchase: z.string(),
  nodes: z.strictObject({ minimum: z.number(), expected: z.number(), maximum: z.number() }),
  /** Hard limit of the pool: nvidia.com/gpu. */
  gpuLimit: z.number(),
  diskGiB: z.number(),
  /** Of the first type, on Spot of the dearest with this GPU; not committed (of any where all are committed). */
  usdPerNodeHour: z.number(),
  /** Of the dearest type of the pool, bought in its dearest way: what the maximum counts. Absent: the same. */
  usdPerNodeHourAtMost: z.number().optional(),
  /** Paid all month whether they run or not. */
  committed: z.strictObject({ nodes: z.number(), usdPerNodeHour: z.number() }).optional(),
  /** Another GPU that holds the same sizing, and its machine: the last of `instanceTypes`. */
  standIn: z.strictObject({ instanceType: z.string(), gpuId: z.string() }).optional(),
  /** Why there is one instance type only. */
  oneTypeBecause: z.string().optional(),
  reservationIds: z.array(z.string()),
  efa: z.boolean(),
  localNvme: z.boolean(),
  architecture: z.enum(['amd64', 'arm64']),
});

const platform = z.strictObject({
  cloud: z.string(),
  region: z.string(),
  partition: z.string(),
  recoveryRegion: z.string().optional(),
  environment: z.enum(['homelab', 'dev', 'staging', 'prod']),
  availabilityZones: z.number(),
  natGateways: z.number(),
  isolated: z.boolean(),
  ipv6: z.boolean(),
  fips: z.boolean(),
  kubernetesVersion: z.string(),
  provisioning: z.enum(['managed-node-groups', 'karpenter', 'auto-mode', 'existing']),
  /** Image of the nodes we start; of no meaning where provisioning is `existing`. */
  nodeOperatingSystem: z.enum(['bottlerocket', 'al2023']).default('bottlerocket'),
  nodePools: z.array(nodePool),
  existing: z.strictObject({
    vpcId: z.string().optional(),
    privateSubnetIds: z.array(z.string()).optional(),
    availabilityZones: z.array(z.string()).optional(),
    clusterName: z.string().optional(),
    clusterSecurityGroupId: z.string().optional(),
    kmsKeyArn: z.string().optional(),
    hostedZoneId: z.string().optional(),
    hostedZoneName: z.string().optional(),
  }),
  tags: z.record(z.string(), z.string()),
});

const vectorStore = z.strictObject({
  id: z.string(),
  target: z.string(),
  collection: z.string(),
  vectors: z.number(),
  dimension: z.number(),
  size: z.strictObject({
    memoryBytes: z.number(),
    diskBytes: z.number(),
    iops: z.number(),
    millicores: z.number(),
    nodes: z.number(),
    instanceClass: z.string().optional(),
    /** Units a serverless store is billed by: to write, and to answer. */
    capacityUnits: z.strictObject({ indexing: z.number(), search: z.number() }).optional(),
  }),
  backup: z.strictObject({ intervalHours: z.number(), retentionDays: z.number(), crossRegion: z.boolean() }),
  /** What brings a lost index back where the service decides it; absent: the backups above. */
  recovery: z.string().optional(),
});

const retrieval = z.strictObject({
  embeddingModelId: z.string(),
  embeddingDimension: z.number(),
  chunking: z.enum(['fixed', 'semantic', 'hierarchical']),
  chunkTokens: z.number(),
  chunkOverlapTokens: z.number(),
  hybrid: z.boolean(),
  alpha: z.number(),
  rerank: z
    .strictObject({ modelId: z.string(), from: z.number(), to: z.number(), milliseconds: z.number() })
    .optional(),
  hyde: z.boolean(),
  mmr: z.boolean(),
  ingestionSchedule: z.string(),
  addedLatencyMs: z.number(),
});

const gateway = z.strictObject({
  id: z.string(),
  replicas: z.number(),
  routes: z.array(
    z.strictObject({
      model: z.string(),
      kind: z.enum(['self-hosted', 'hosted']),
      /** Role of the served model, or the hosted model's id. */
      target: z.string(),
      fallbacks: z.array(z.string()),
      weight: z.number(),
      timeoutSeconds: z.number(),
      maxOutputTokens: z.number(),
      /** V6: USD one call may cost. */
      maxUsdPerCall: z.number(),
    }),
  ),
  rateLimitPerUser: z.strictObject({ requestsPerMinute: z.number(), tokensPerMinute: z.number() }),
  budgetUsdPerMonth: z.number(),
  hostedFallbackUsdPerMonth: z.number(),
  cache: z.strictObject({ kind: z.enum(['none', 'exact', 'semantic']), ttlSeconds: z.number() }),
});

const spend = z.strictObject({
  ceilingUsdPerMonth: z.number(),
  /** Percent of the ceiling at which an actual and a forecast notification go out. */
  steps: z.array(z.strictObject({ percent: z.number(), kind: z.enum(['ACTUAL', 'FORECASTED']) })),
  notify: z.array(z.string()),
  gpuHoursPerMonthLimit: z.number(),
  /** Machines outside production are gone outside working hours and when the budget is spent: `sleepingPools`. */
  scaleToZero: z.boolean(),
  /** fixed + maximum nodes × price ≤ ceiling, recomputed by a test. */
  proof: z.strictObject({
    fixedUsd: z.number(),
    gpuUsdAtMaximum: z.number(),
    totalUsd: z.number(),
    ceilingUsd: z.number(),
  }),
});

const audit = z.strictObject({
  promptLog: z.boolean(),
  retentionDays: z.number(),
  writeOnce: z.boolean(),
  redactPii: z.boolean(),
  logRetentionDays: z.number(),
});

/** D9: shape of the application, and how typed output is enforced. */
const application = z.strictObject({
  shape: z.enum(['chain', 'agent']),
  structuredOutput: z.enum(['none', 'json-schema', 'function-calling']),
  maxIterations: z.number(),
  maxTokensPerRun: z.number(),
  outputChecks: z.array(z.string()),
});

/** A guarantee the regime asks for; the emitters of each kind answer it. */
const control = z.strictObject({
  id: z.string(),
  title: z.string(),
  clauses: z.array(z.strictObject({ framework: z.string(), clause: z.string() })),
});

/** What the regimes ask for, what stays with the customer, and what pushed each figure up. */
const compliance = z.strictObject({
  frameworks: z.array(z.string()),
  controls: z.array(control),
  notApplicable: z.array(z.strictObject({ id: z.string(), because: z.string() })).default([]),
  duties: z
    .array(z.strictObject({ framework: z.string(), clause: z.string(), asks: z.string(), duty: z.string() }))
    .default([]),
  because: z.array(z.strictObject({ parameter: z.string(), value: z.string(), reason: z.string() })).default([]),
});

const alert = z.strictObject({
  /** `TtftP95High`: also the rule's name. */
  id: z.string(),
  title: z.string(),
  /** PromQL; names of metrics come from the model server's table. */
  expression: z.string(),
  forMinutes: z.number(),
  severity: z.enum(['page', 'ticket']),
  /** File under runbooks/, without .md. */
  runbook: z.string(),
  because: z.string(),
  answers: z.array(z.string()),
});

const costLine = z.custom<CostLine>((value) => typeof value === 'object' && value !== null && 'usdPerMonth' in value);

const cost = z.strictObject({
  lines: z.array(costLine),
  usdPerMonth: z.strictObject({ minimum: z.number(), expected: z.number(), maximum: z.number() }),
  usdPerThousandRequests: z.number(),
  usdPerMillionOutputTokens: z.number(),
  /** Priced nowhere; named so that nobody takes the total for the whole. */
  gaps: z.array(z.string()),
  /** Of the oldest price in the lines; absent where nothing has one. */
  priceDate: z.string().optional(),
});

/** An edge of «answer → rule → decision → resource/flag/alert», for `explain`. */
const link = z.strictObject({
  from: z.string(),
  to: z.string(),
  /** `answer:latency.ttftMs.p95`, `row:D7.1`, `decision:D7`, `resource:aws/Data/VectorStore`, `flag:chat/--max-num-seqs`, `alert:TtftP95High`. */
  because: z.string(),
});

export const planSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generator: z.string(),
  catalogDate: z.string(),
  name: z.string(),
  preset: z.string().optional(),
  requirements: answersSchema,
  decisions: z.array(decisionSchema),
  /** Absent when nothing is self-hosted. */
  capacity: z
    .custom<CapacityPlan>(
      (value) => typeof value === 'object' && value !== null && 'chosen' in value && 'rejected' in value,
    )
    .optional(),
  platform,
  models: z.array(servedModel),
  vectorStore: vectorStore.optional(),
  retrieval: retrieval.optional(),
  gateway,
  application,
  spend,
  audit,
  compliance,
  alerts: z.array(alert),
  skippedSafeguards: z.array(z.strictObject({ what: z.string(), risk: z.string(), row: z.string() })),
  cost,
  links: z.array(link),
});

/** The frozen plan: the only thing an emitter reads. JSON through and through; same answers and catalogue, same bytes. */
export type Plan = z.output<typeof planSchema>;
export type Decision = Plan['decisions'][number];
export type ServedModel = Plan['models'][number];
export type NodePool = Plan['platform']['nodePools'][number];
export type Alert = Plan['alerts'][number];

/** Reads `plan.json`; throws a ZodError that names every wrong path. */
export function readPlan(json: string): Plan {
  return planSchema.parse(JSON.parse(json));
}

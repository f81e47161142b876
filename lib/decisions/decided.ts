import type { CapacityPlan, KvPrecision, Precision } from '../capacity/types.ts';
import type { CostLine, VectorStoreLoad, VectorStoreSize } from '../catalog/products.ts';
import type { Decision } from './record.ts';

export type Adaptation = 'prompting' | 'retrieval' | 'fine-tuning' | 'retrieval-and-fine-tuning' | 'distillation';
export type Hosting = 'self-hosted' | 'hosted' | 'hosted-with-self-hosted-fallback';

/** A model the platform serves itself, before it has a node pool. The chat model's layout is in `sizing.chosen`. */
export interface ServedChoice {
  readonly role: 'chat' | 'chat-fallback' | 'embedding' | 'reranker';
  readonly modelId: string;
  /** Registry key of the model server. */
  readonly server: string;
  readonly precision: Precision | 'q4_k_m';
  readonly kvPrecision: KvPrecision;
  /** `cpu` runs on the general pool. A `gpu` of role chat follows `sizing.chosen`; any other names its machine below. */
  readonly placement: 'cpu' | 'gpu';
  readonly gpuId?: string;
  /** Cheapest first. */
  readonly instanceTypes?: readonly string[];
  readonly usdPerNodeHour?: number;
  /** Of the dearest of `instanceTypes`. */
  readonly usdPerNodeHourAtMost?: number;
  /** Replicas at minimum, expected and maximum load; absent on the chat model (in `sizing.chosen.replicas`). */
  readonly replicas?: { readonly minimum: number; readonly expected: number; readonly maximum: number };
  readonly millicoresPerReplica: number;
  readonly memoryGiBPerReplica: number;
  readonly maxModelLen: number;
}

/** D2.3 as data: both monthly bills over the volume. */
export interface BreakEven {
  readonly hostedModelId: string;
  readonly expectedRequestsPerMonth: number;
  readonly hostedUsdPerMonth: number;
  readonly hostedUsdPerRequest: number;
  readonly selfHostedUsdPerMonth: number;
  /** Absent: the bills do not cross between 1% and 10,000% of the expected volume. */
  readonly breakEvenRequestsPerMonth?: number;
  readonly curve: readonly {
    readonly requestsPerMonth: number;
    readonly hostedUsd: number;
    readonly selfHostedUsd: number;
  }[];
}

/** D5: what the engine and the gateway keep and reuse. */
export interface BatchingChoice {
  /** From the capacity plan; absent where a provider or a CPU server sets its own. */
  readonly limits?: {
    readonly maxNumSeqs: number;
    readonly maxNumBatchedTokens: number;
    readonly maxModelLen: number;
    readonly gpuMemoryUtilization: number;
  };
  readonly prefixCaching: boolean;
  readonly prefixHitRate: number;
  readonly chunkedPrefill: boolean;
  readonly kvPrecision: KvPrecision;
  readonly speculative?: { readonly draftModelId: string; readonly tokens: number; readonly acceptanceRate: number };
  readonly responseCache: { readonly kind: 'none' | 'exact' | 'semantic'; readonly ttlSeconds: number };
  /** Prompt caching of a hosted model. */
  readonly hostedPromptCaching: boolean;
}

/** D6: one training run, with its price. */
export interface FineTuningChoice {
  readonly method: 'lora' | 'qlora' | 'full';
  readonly stage: 'sft' | 'dpo' | 'grpo';
  readonly baseModelId: string;
  readonly rank?: number;
  readonly learningRate: number;
  readonly epochs: number;
  readonly sequenceTokens: number;
  readonly perDeviceBatchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly heldOutShare: number;
  readonly evaluateEverySteps: number;
  readonly earlyStoppingPatience: number;
  readonly gpuId: string;
  readonly gpus: number;
  readonly instanceType: string;
  readonly memoryBytesPerGpu: number;
  readonly gpuHoursPerRun: number;
  readonly usdPerRun: number;
  readonly libraries: readonly string[];
  readonly gates: readonly { readonly id: string; readonly rule: string; readonly threshold: number }[];
  /** D1.4: the large model that labels for the small one. */
  readonly teacherModelId?: string;
}

/** D7. */
export interface VectorStoreChoice {
  readonly id: string;
  /** A key of the product's targets: a cloud id, `kubernetes`, `external`. */
  readonly target: string;
  readonly load: VectorStoreLoad;
  readonly size: VectorStoreSize;
  readonly costLines: readonly CostLine[];
  readonly queryMilliseconds: number;
  /** Name of the collection: model and dimension inside (D8.8). */
  readonly collection: string;
  /** What brings a lost index back; absent: backups by our own schedule. */
  readonly recovery?: string;
}

/** D8. */
export interface RetrievalChoice {
  readonly embeddingModelId: string;
  readonly embeddingHosted: boolean;
  readonly embeddingDimension: number;
  readonly embeddingMaxTokens: number;
  readonly chunking: 'fixed' | 'semantic' | 'hierarchical';
  readonly chunkTokens: number;
  readonly chunkOverlapTokens: number;
  readonly semanticThreshold?: number;
  readonly hybrid: boolean;
  readonly alpha: number;
  readonly rerank?: {
    readonly modelId: string;
    readonly from: number;
    readonly to: number;
    readonly milliseconds: number;
  };
  readonly hyde: boolean;
  readonly mmr: boolean;
  /** Cron of the ingestion, from the staleness tolerance; `continuous` below an hour. */
  readonly ingestionSchedule: string;
  readonly steps: readonly { readonly id: string; readonly title: string; readonly milliseconds: number }[];
  readonly addedLatencyMs: number;
}

/** D9. */
export interface ApplicationChoice {
  readonly shape: 'chain' | 'agent';
  readonly structuredOutput: 'none' | 'json-schema' | 'function-calling';
  readonly maxIterations: number;
  readonly maxTokensPerRun: number;
  readonly outputChecks: readonly string[];
}

/** D10 and V6: what a caller names, where it goes, and what happens when that fails. */
export interface RouteChoice {
  readonly model: string;
  readonly kind: 'self-hosted' | 'hosted';
  /** Role of the served model, or `provider/model` of the hosted one. */
  readonly target: string;
  /** Names of other routes or roles, in the order they are tried. */
  readonly fallbacks: readonly string[];
  /** What is left when every model fails (D10.4). */
  readonly lastResorts: readonly ('cached-response' | 'informative-error')[];
  readonly weight: number;
  readonly timeoutSeconds: number;
  readonly maxOutputTokens: number;
  readonly maxUsdPerCall: number;
  /** V6: end-to-end milliseconds one call may take at P95. */
  readonly latencyTargetMs: number;
}

export interface RoutingChoice {
  readonly strategy: 'single' | 'cascade' | 'semantic' | 'cost-first' | 'ab-test';
  readonly routes: readonly [RouteChoice, ...RouteChoice[]];
  readonly retries: { readonly attempts: number; readonly backoffSeconds: number; readonly breakerFailures: number };
  readonly errorMessage: string;
  readonly hostedFallbackUsdPerMonth: number;
  readonly blendedUsdPerRequest: number;
  readonly blendedP95Ms: number;
}

/** D11. `none`: no machine of ours (hosted only keeps the general pool). */
export interface ProvisioningChoice {
  readonly kind: 'managed-node-groups' | 'karpenter' | 'auto-mode' | 'existing';
  readonly purchase: string;
  readonly reservationIds: readonly string[];
  readonly feePercentOfInstance: number;
  readonly feeUsdPerMonth: number;
  readonly interruptionBand?: string;
  readonly batchOnSpot: boolean;
}

/** D1 … D11 decided: what the freezer turns into a plan. `records` is for people, the rest for emitters. */
export interface Decided {
  readonly records: readonly Decision[];
  readonly adaptation: Adaptation;
  readonly hosting: Hosting;
  /** Hosted model in use, or the one a fallback may reach. */
  readonly hostedModelId?: string;
  readonly breakEven?: BreakEven;
  /** The sizer's answer; absent when nothing is served by us on a GPU. `chosen` carries the decided precision. */
  readonly sizing?: CapacityPlan;
  readonly served: readonly ServedChoice[];
  readonly batching: BatchingChoice;
  readonly fineTuning?: FineTuningChoice;
  readonly vectorStore?: VectorStoreChoice;
  readonly retrieval?: RetrievalChoice;
  readonly application: ApplicationChoice;
  readonly routing: RoutingChoice;
  readonly provisioning: ProvisioningChoice;
  /** Gateway product: registry key. */
  readonly gateway: string;
  readonly region: string;
  /** Lines a decision priced itself: stores, hosted tokens, training, fees. Machines of served models are the plan’s pools. */
  readonly costLines: readonly CostLine[];
  readonly skippedSafeguards: readonly { readonly what: string; readonly risk: string; readonly row: string }[];
}

import type { Offer } from '../catalog/catalog.ts';
import type { Gpu } from '../catalog/gpu.ts';
import type { Model } from '../catalog/model.ts';
import type { Basis } from '../catalog/source.ts';
import type { WeightSchemeId } from './weights.ts';

/** Weight precision as the engine serves it. */
export type Precision = 'bf16' | 'fp16' | 'fp8' | 'int8' | 'int4' | 'nvfp4' | 'mxfp4' | 'nf4';
export type KvPrecision = 'bf16' | 'fp16' | 'fp8';

/** How one replica is cut over GPUs. GPUs per replica = tensor × pipeline × data. */
export interface ParallelLayout {
  readonly tensorParallelSize: number;
  readonly pipelineParallelSize: number;
  /** Data-parallel attention ranks inside one replica (with expert parallelism); 1 otherwise. */
  readonly dataParallelSize: number;
  /** Ranks the experts are spread over; 1: experts are cut by tensor parallelism. */
  readonly expertParallelSize: number;
}

/** The engine's own limits, by its flags' names. */
export interface EngineLimits {
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly maxModelLen: number;
  readonly gpuMemoryUtilization: number;
  readonly prefixCaching: boolean;
  /** The next step is scheduled while the present one runs. Absent: the default of the engine's version. */
  readonly asyncScheduling?: boolean;
  /** vLLM version the flags and defaults belong to. */
  readonly engineVersion?: string;
  readonly speculative?: { readonly draftModelId: string; readonly tokens: number; readonly acceptanceRate: number };
}

/** One model on one layout of one GPU type: what step time and memory are computed for. */
export interface Deployment {
  readonly model: Model;
  readonly gpu: Gpu;
  readonly layout: ParallelLayout;
  readonly precision: Precision;
  /** How the checkpoint is compressed. Absent: the usual scheme of the precision. */
  readonly weightScheme?: WeightSchemeId;
  readonly kvPrecision: KvPrecision;
  readonly limits: EngineLimits;
  /** LoRA adapters kept on the GPU beside the model. */
  readonly adapters?: { readonly count: number; readonly rank: number };
  /** Draft model of speculative decoding, where it is one of its own. */
  readonly draftModel?: Model;
}

/** Token counts of one request after the tokenizer. */
export type LengthDistribution =
  | { readonly kind: 'constant'; readonly tokens: number }
  | { readonly kind: 'uniform'; readonly minTokens: number; readonly maxTokens: number }
  | { readonly kind: 'normal'; readonly meanTokens: number; readonly stdTokens: number }
  /** Log-normal through the mean and the 95th percentile: what Q2 asks for. */
  | { readonly kind: 'lognormal'; readonly meanTokens: number; readonly p95Tokens: number }
  | { readonly kind: 'empirical'; readonly tokens: readonly number[] };

export type Arrivals =
  | { readonly kind: 'poisson'; readonly requestsPerSecond: number }
  | { readonly kind: 'gamma'; readonly requestsPerSecond: number; readonly coefficientOfVariation: number }
  | { readonly kind: 'diurnal'; readonly meanRequestsPerSecond: number; readonly peakRequestsPerSecond: number }
  | { readonly kind: 'closed-loop'; readonly concurrency: number }
  | { readonly kind: 'all-at-once' }
  | { readonly kind: 'trace'; readonly arrivalSeconds: readonly number[] };

/** Mean and percentiles of one latency, seconds. */
export interface Percentiles {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

/** What a deployment does under a load. */
export interface Prediction {
  readonly ttftSeconds: Percentiles;
  readonly tpotSeconds: Percentiles;
  readonly itlSeconds: Percentiles;
  readonly endToEndSeconds: Percentiles;
  readonly requestsPerSecond: number;
  readonly outputTokensPerSecond: number;
  readonly goodputRequestsPerSecond: number;
  readonly gpuUtilization: number;
  readonly kvCacheUtilizationPeak: number;
  readonly preemptions: number;
  readonly basis: Basis;
  /** Relative half-width that held the measured value in 8 of 10 held-back points of this kind; 0.1 is ±10%. */
  readonly errorBand: number;
}

/** Memory of one GPU, bytes. The parts sum to `requestedBytes` when it fits. */
export interface MemoryLedger {
  /** Driver memory × gpu-memory-utilization. */
  readonly requestedBytes: number;
  readonly weightBytes: number;
  readonly activationBytes: number;
  readonly nonTorchBytes: number;
  readonly graphBytes: number;
  readonly kvCacheBytes: number;
  readonly kvCacheBytesPerToken: number;
  /** Tokens the KV cache of one replica holds. */
  readonly kvCacheTokens: number;
  readonly fits: boolean;
}

/** The SLO of Q1 in seconds. A missing goal is no limit. */
export interface ServiceLevels {
  readonly ttftSeconds?: { readonly p50?: number; readonly p95?: number };
  readonly tpotSeconds?: { readonly p50?: number; readonly p95?: number };
  readonly endToEndSeconds?: { readonly p50?: number; readonly p95?: number };
}

/** A promise to pay for machines all the time. */
export type Commitment =
  | 'reserved-1y-no-upfront'
  | 'reserved-1y-all-upfront'
  | 'reserved-3y-no-upfront'
  | 'reserved-3y-all-upfront';

/** How machines are bought. */
export type Purchase =
  | 'on-demand'
  | 'spot'
  | Commitment
  /** The machines that always run are committed, those above them on demand. */
  | `${Commitment}+on-demand`
  /** Machines already paid for (the answers' own reservations, or hardware at home). */
  | 'owned';

/** A plain serving requirement: all that sizing needs, and nothing of how the answers were asked. */
export interface ServingRequirement {
  readonly models: readonly [Model, ...Model[]];
  readonly precisions: readonly [Precision, ...Precision[]];
  readonly kvPrecisions: readonly [KvPrecision, ...KvPrecision[]];
  readonly load:
    | {
        readonly kind: 'online';
        readonly expectedRequestsPerSecond: number;
        readonly peakRequestsPerSecond: number;
        /** 1 is Poisson; above 1 is bursty. */
        readonly burstiness: number;
      }
    /** One user after another (homelab, development). */
    | { readonly kind: 'closed-loop'; readonly concurrency: number }
    | {
        readonly kind: 'batch';
        readonly requestsPerRun: number;
        readonly finishWithinSeconds: number;
        readonly runsPerMonth: number;
      };
  readonly inputTokens: LengthDistribution;
  readonly outputTokens: LengthDistribution;
  /** Share of input tokens found in the prefix cache, 0 to 1. */
  readonly prefixHitRate: number;
  readonly maxModelLen: number;
  readonly slo: ServiceLevels;
  readonly cloud: string;
  readonly regions: readonly string[];
  /** Offers to choose from, already cut to cloud, residency and the answers' own prices. */
  readonly offers: readonly Offer[];
  readonly purchases: readonly [Purchase, ...Purchase[]];
  /** GPUs the account may start, by GPU id; absent id: no limit known. */
  readonly gpuQuota: Readonly<Record<string, number>>;
  /** Replicas that may be lost without breaking the SLO: 0 or 1. */
  readonly spareReplicas: number;
  /** Share of capacity kept free at peak, 0.2 for 20%. */
  readonly headroom: number;
  /** Left for GPUs after the fixed lines of the platform. Absent: no ceiling. */
  readonly ceilingUsdPerMonth?: number;
  readonly gpuAllowList?: readonly string[];
  /** Machine types that a reservation of the answers names: a pool of one keeps to it. */
  readonly heldTypes?: readonly string[];
  readonly seed: number;
}

/** A machine type that a pool may start. */
export interface Machine {
  readonly instanceType: string;
  readonly gpuId: string;
  readonly usdPerHour: number;
  /** What an hour costs where the way of buying has none to give: spot falls back to on-demand. A slower one runs longer. */
  readonly usdPerHourAtMost: number;
}

/** One sized and priced way to serve the requirement. */
export interface Candidate {
  /** `H100-SXM/p5.48xlarge/tp2/fp8/…`: stable, sortable. */
  readonly id: string;
  readonly modelId: string;
  readonly gpuId: string;
  readonly precision: Precision;
  readonly kvPrecision: KvPrecision;
  readonly layout: ParallelLayout;
  readonly limits: EngineLimits;
  readonly gpusPerReplica: number;
  readonly nodesPerReplica: number;
  readonly replicas: { readonly minimum: number; readonly expected: number; readonly peak: number };
  /** Names of `machines`. */
  readonly instanceTypes: readonly [string, ...string[]];
  /**
   * Machine types with the same GPU count, the one that is priced first; at least two where the region has them. The last
   * may carry another GPU that was shown to hold the same sizing.
   */
  readonly machines: readonly [Machine, ...Machine[]];
  /** Why there is one type only. */
  readonly oneTypeBecause?: string;
  readonly nodes: { readonly minimum: number; readonly expected: number; readonly peak: number };
  readonly region: string;
  readonly purchase: Purchase;
  /** Of the first type, on Spot of the dearest with this GPU; not committed (of any where all are committed). */
  readonly usdPerNodeHour: number;
  /** Machines of the first type that are paid all month whether they run or not. */
  readonly committed?: { readonly nodes: number; readonly usdPerNodeHour: number };
  /** GPU machines at expected load, one month (730 h); batch: hours used only. */
  readonly usdPerMonth: number;
  readonly usdPerMonthPeak: number;
  readonly hoursPerMonth: number;
  readonly memory: MemoryLedger;
  /** At peak on the planned replicas less the spare one. */
  readonly prediction: Prediction;
  /** Largest request rate one replica carries inside the SLO. */
  readonly goodputPerReplica: number;
  readonly loadSeconds: number;
}

export interface RejectedCandidate {
  readonly id: string;
  readonly limit: string;
  readonly reason: string;
  readonly usdPerMonth?: number;
}

/** The cheapest single change of one answer that would make the plan fit. */
export interface Relaxation {
  /** Path in the answers. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly usdPerMonth: number;
}

/** Requests by the length of their prompt on two GPU types, or prefill apart from decode. */
export type SplitKind = 'by-request-size' | 'prefill-decode';

/** One pool of two: `up to 4096 input tokens`, `prefill`, …, sized alone with its own spare. */
export interface SplitPool {
  readonly role: string;
  readonly candidate: Candidate;
}

/**
 * The same service from two pools instead of one. Advice, with its figures; what is emitted is `chosen`.
 */
export interface SplitPlan {
  readonly kind: SplitKind;
  readonly pools: readonly SplitPool[];
  readonly usdPerMonth: number;
  readonly usdPerMonthPeak: number;
  /** Less than the chosen plan's. */
  readonly savesUsdPerMonth: number;
  /** Between the first token's prefill and its way out: moving a prompt's cache, at the P95 of the prompts. */
  readonly cacheMoveSeconds?: number;
}

/** A way of two pools that does not pay here. */
export interface SplitLoss {
  readonly kind: SplitKind;
  readonly reason: string;
  /** Where the two pools were sized: they, what they cost, and how long a prompt's cache moves between them. */
  readonly pools?: readonly SplitPool[];
  readonly usdPerMonth?: number;
  readonly cacheMoveSeconds?: number;
  /** The least they could cost, where nothing had to be simulated to see that they lose. */
  readonly leastUsdPerMonth?: number;
}

export interface CapacityPlan {
  readonly chosen: Candidate;
  /** Two-pool plans that would cost less, cheapest first; absent or empty: one pool is cheapest. */
  readonly splits?: readonly SplitPlan[];
  /** The ways of two pools that do not cost less, and why. Absent: the load is no traffic, so none was looked at. */
  readonly splitsLost?: readonly SplitLoss[];
  /** Cost, P95 and throughput: no other candidate is better in all three. */
  readonly paretoFront: readonly Candidate[];
  readonly rejected: readonly RejectedCandidate[];
  readonly basis: Basis;
}

export interface CapacityShortfall {
  readonly limits: readonly { readonly limit: string; readonly asked: string; readonly best: string }[];
  readonly relaxations: readonly Relaxation[];
  readonly rejected: readonly RejectedCandidate[];
}

/** `sizeServing(requirement, catalog)`: what `decisions` calls, once. */
export type SizingResult =
  | { readonly feasible: true; readonly plan: CapacityPlan }
  | { readonly feasible: false; readonly shortfall: CapacityShortfall };

/** One engine iteration: prefill chunks (new tokens on an existing context) and decoding sequences. */
export interface StepBatch {
  /** New tokens computed in this step over all prefills. */
  readonly prefillTokens: number;
  /** Sum over prefill chunks of newTokens × (contextBefore + newTokens / 2): attention work. */
  readonly prefillAttentionTokenPairs: number;
  /** Sequences with a prefill chunk in this step. */
  readonly prefillSequences: number;
  /** Context tokens the prefill chunks attend to that were computed in earlier steps (KV read). */
  readonly prefillContextTokens: number;
  readonly decodeSequences: number;
  /** Sum of the context lengths of the decoding sequences (KV read). */
  readonly decodeContextTokens: number;
}

/**
 * Seconds of one engine iteration of a deployment; prepared once, then called for every step (no allocation inside).
 * `requestOverheadSeconds`: tokenizer, API server and detokenizer time a request spends outside the engine steps.
 */
export interface StepTimeModel {
  readonly stepSeconds: (batch: StepBatch) => number;
  readonly requestOverheadSeconds: (inputTokens: number) => number;
  /** Part of the front end's work that requests queue for one after another (one tokenizer process). Absent: none. */
  readonly requestSerialSeconds?: (inputTokens: number) => number;
  readonly basis: Basis;
  readonly errorBand: number;
}

/** `prepareStepTime(deployment)`. */
export type PrepareStepTime = (deployment: Deployment) => StepTimeModel;

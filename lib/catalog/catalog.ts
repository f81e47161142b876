import type { Calibrations } from './calibration.ts';
import type { Gpu } from './gpu.ts';
import type { Model } from './model.ts';
import type { Source } from './source.ts';

/** Prices of one instance type in one region, USD per hour. Absent: in no source. */
export interface OfferPrice {
  readonly region: string;
  readonly onDemandUsdPerHour: number;
  readonly reserved1yNoUpfrontUsdPerHour?: number;
  readonly reserved1yAllUpfrontUsdPerHour?: number;
  readonly reserved3yNoUpfrontUsdPerHour?: number;
  readonly reserved3yAllUpfrontUsdPerHour?: number;
  readonly spotUsdPerHour?: number;
  /** Interruption band of the spot advisor, `<5%` … `>20%`. */
  readonly spotInterruptionBand?: string;
  readonly sources: readonly [Source, ...Source[]];
}

/** One machine type of one cloud with its prices. */
export interface Offer {
  readonly cloud: string;
  readonly instanceType: string;
  readonly architecture: 'amd64' | 'arm64';
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Absent on general-purpose machines. `count` is a fraction on shared cards. */
  readonly gpu?: { readonly id: string; readonly count: number; readonly apiCount: number };
  readonly allocatableMillicores?: number;
  readonly allocatableMemoryBytes?: number;
  readonly localNvmeBytes?: number;
  readonly networkBitsPerSecond?: number;
  readonly efaInterfaces?: number;
  /** Pods a node takes with the cloud's own addresses, one interface address each. */
  readonly maxPods?: number;
  readonly prices: readonly OfferPrice[];
  readonly sources: readonly [Source, ...Source[]];
}

/** A managed service's instance class (`db.r7g.large`, `r7g.large.search`, `cache.r7g.large`) with its prices. */
export interface ManagedInstance {
  readonly cloud: string;
  /** `rds`, `aurora`, `opensearch`, `elasticache/valkey`, `elasticache/redis`. */
  readonly service: string;
  readonly instanceType: string;
  readonly prices: readonly OfferPrice[];
}

/** A model behind somebody else's API, USD per million tokens. */
export interface HostedModel {
  readonly id: string;
  readonly provider: string;
  readonly mode: 'chat' | 'embedding' | 'rerank';
  readonly inputUsdPerMillionTokens: number;
  readonly outputUsdPerMillionTokens: number;
  readonly cacheReadUsdPerMillionTokens?: number;
  readonly cacheWriteUsdPerMillionTokens?: number;
  readonly batchInputUsdPerMillionTokens?: number;
  readonly batchOutputUsdPerMillionTokens?: number;
  readonly contextWindowTokens?: number;
  readonly maxOutputTokens?: number;
  readonly embeddingDimension?: number;
  /** `tools`, `json_schema`, `prompt_caching`, `batch`, `vision`, `pdf`, `reasoning`. */
  readonly capabilities: readonly string[];
  readonly region?: string;
  /** Where a Bedrock id may be answered: `eu inference profile`, `region`, … */
  readonly scope?: string;
  readonly deprecationDate?: string;
  readonly sources: readonly [Source, ...Source[]];
}

/** The unit price of a cloud service: `VPC`, `NAT gateway`, `hour`. */
export interface ServicePrice {
  readonly cloud: string;
  readonly service: string;
  readonly item: string;
  readonly region: string;
  readonly tier?: string;
  readonly unit: string;
  readonly usd: number;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly sources: readonly [Source, ...Source[]];
}

/**
 * All the facts the planner may use, as one value. `blueprints` builds the shipped one; tests build one of four rows.
 * Ids are unique; rows are sorted by id, so iteration order is stable.
 */
export interface Catalog {
  /** ISO date of the newest row: what «age» is counted from. */
  readonly date: string;
  readonly gpus: readonly Gpu[];
  readonly models: readonly Model[];
  readonly offers: readonly Offer[];
  readonly hostedModels: readonly HostedModel[];
  readonly servicePrices: readonly ServicePrice[];
  /** Absent in a tiny test catalogue. */
  readonly managedInstances?: readonly ManagedInstance[];
  readonly products: Products;
  /** The user's own measurements of a GPU, by GPU id: read from beside the answers, never shipped. */
  readonly calibrations?: Calibrations;
}

/** What the planner may know of the market's products: limits and sizes, never how they are built. */
export interface Products {
  readonly vectorStores: Readonly<Record<string, import('./products.ts').VectorStoreFacts>>;
  readonly modelServers: Readonly<Record<string, import('./products.ts').ModelServerFacts>>;
  readonly gateways: Readonly<Record<string, import('./products.ts').GatewayFacts>>;
  readonly clouds: Readonly<Record<string, import('./products.ts').CloudFacts>>;
}

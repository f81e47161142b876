import type { Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { Catalog, ServicePrice } from './catalog.ts';
import type { Model } from './model.ts';
import type { Source } from './source.ts';

/** What every choosable product says of itself for the record: data, so that a record is printed and not argued. */
export interface ProductRecord {
  readonly title: string;
  readonly pros: readonly [string, ...string[]];
  readonly cons: readonly [string, ...string[]];
  /** How to leave it again, one sentence. */
  readonly reversal: string;
  readonly sources: readonly [Source, ...Source[]];
}

/** The corpus as a store sees it. */
export interface VectorStoreLoad {
  readonly documents: number;
  readonly vectors: number;
  readonly dimension: number;
  readonly textBytes: number;
  readonly updates: 'static' | 'weekly' | 'daily' | 'real-time';
  readonly vectorWritesPerDay: number;
  readonly queriesPerSecond: number;
  readonly keywordSearch: 'none' | 'helpful' | 'first-class';
  readonly structuredMatch: boolean;
  readonly managedPreferred: boolean;
  readonly cloud: string;
  readonly region: string;
  readonly residency: string;
  readonly dataMayLeave: boolean;
  readonly pii: 'none' | 'present' | 'sensitive';
  readonly isolated: boolean;
  /** Copies in other zones beside the first: 0 for non-production. */
  readonly replicas: number;
  readonly rpoHours: number;
}

export interface VectorStoreSize {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly iops: number;
  readonly millicores: number;
  /** Machines or pods, replicas included. */
  readonly nodes: number;
  /** Instance class of a managed store: `db.r7g.large`, `r7g.large.search`. */
  readonly instanceClass?: string;
  /** Units a serverless store is billed by, standby copies included: to write, and to answer. */
  readonly capacityUnits?: { readonly indexing: number; readonly search: number };
}

export interface CostLine {
  /** `data.vector-store.instances`: stable, sortable. */
  readonly id: string;
  readonly title: string;
  /** The stack or chart that raises it: network, cluster, data, spend, audit, serving, gateway, hosted, delivery. */
  readonly group: string;
  readonly quantity: number;
  readonly unit: string;
  readonly usdPerUnit: number;
  /** USD a month at minimum, expected and maximum load. */
  readonly usdPerMonth: { readonly minimum: number; readonly expected: number; readonly maximum: number };
  readonly basis: 'measured' | 'modelled' | 'assumed';
  /** Source of the price and its date. */
  readonly source: Source;
}

/** Finds a unit price or says that it is a gap. */
export type PriceLookup = (service: string, item: string, region: string) => ServicePrice | undefined;

export interface InstancePrice {
  readonly usdPerHour: number;
  readonly source: Source;
}
/** `service` where a class name belongs to several: `aurora`. */
export type InstancePriceLookup = (instanceType: string, region: string, service?: string) => InstancePrice | undefined;

export interface VectorStoreFacts extends ProductRecord {
  /** Rows of the reference that name it: D7.1 … */
  readonly rows: readonly string[];
  readonly managed: boolean;
  readonly hybridSearch: boolean;
  /** Where it can run: a cloud id, `kubernetes`, or `external` for a vendor's service. */
  readonly targets: readonly string[];
  /** What brings a lost index back where the service decides it and not a schedule of ours; whole sentences. */
  readonly recovery?: string;
  /** Hard limits only; an empty list means it can serve this load. */
  readonly unmet: (load: VectorStoreLoad) => readonly Reason[];
  readonly size: (load: VectorStoreLoad) => VectorStoreSize;
  /** Monthly lines, or undefined where a price is in no source (the option then loses with that reason). */
  readonly cost: (
    load: VectorStoreLoad,
    size: VectorStoreSize,
    services: PriceLookup,
    instances: InstancePriceLookup,
  ) => readonly CostLine[] | undefined;
  /** Added to one retrieval, milliseconds at P95, with its basis. */
  readonly queryMilliseconds: (load: VectorStoreLoad) => number;
}

export interface ModelServerFacts extends ProductRecord {
  readonly rows: readonly string[];
  /** Hard limits for this model and use; empty: it can. */
  readonly unmet: (use: ModelServerUse) => readonly Reason[];
  /** Metric names by meaning, of the version that is emitted. */
  readonly metrics: Readonly<Record<string, string>>;
  readonly version: string;
}

export interface ModelServerUse {
  readonly model: Model;
  readonly multiUser: boolean;
  readonly cpuOnly: boolean;
  readonly precision: string;
  readonly vendor: string;
}

export interface GatewayFacts extends ProductRecord {
  readonly rows: readonly string[];
  /** Its charts raise a cache that finds answers by meaning; absent: answers are found by the exact question. */
  readonly semanticCache?: boolean;
  /** Metric names by meaning, of the version that is emitted; absent: it exports none that an alert reads. */
  readonly metrics?: Readonly<Record<string, string>>;
  readonly unmet: (use: { readonly usdBudgets: boolean; readonly hostedFallback: boolean }) => readonly Reason[];
  readonly version: string;
}

export interface CloudRegion {
  readonly id: string;
  readonly residency: readonly string[];
  readonly zones: number;
  readonly partition: string;
}

export interface CloudFacts extends ProductRecord {
  readonly regions: readonly CloudRegion[];
  /** Kubernetes version emitted, with the end of its standard support. */
  readonly kubernetesVersion: string;
  readonly provisioning: Readonly<Record<string, ProductRecord & { readonly feePercentOfInstance: number }>>;
  /** Operating systems its nodes can run, by the answer that names them; absent: the machines bring their own. */
  readonly nodeImages?: Readonly<Record<string, ProductRecord & { readonly fipsValidated: boolean }>>;
  /**
   * Everything the cloud bills beside machines, stores and hosted tokens: control plane, NAT, endpoints, keys, logs,
   * trail, buckets, volumes, load balancers. Pure; lib/plan/freeze.ts adds it to the bill before the ceiling check.
   * Absent: the cloud bills nothing (hardware of one's own).
   */
  readonly fixedCost?: (
    inputs: FixedCostInputs,
    catalog: Catalog,
  ) => { readonly lines: readonly CostLine[]; readonly gaps: readonly string[] };
}

/** The parts of a plan a cloud needs to price what it raises; a plan's own sections fit it as they are. */
export interface FixedCostInputs {
  readonly requirements: Requirements;
  readonly platform: {
    readonly region: string;
    readonly recoveryRegion?: string | undefined;
    readonly environment: string;
    readonly availabilityZones: number;
    readonly natGateways: number;
    readonly isolated: boolean;
    readonly provisioning: string;
    readonly nodePools: readonly {
      readonly id: string;
      readonly gpusPerNode: number;
      readonly instanceTypes?: readonly string[];
      readonly diskGiB: number;
      readonly nodes: { readonly minimum: number; readonly expected: number; readonly maximum: number };
      readonly usdPerNodeHour: number;
    }[];
    readonly existing: { readonly vpcId?: string | undefined; readonly clusterName?: string | undefined };
  };
  readonly audit: {
    readonly promptLog: boolean;
    readonly retentionDays: number;
    readonly writeOnce: boolean;
    readonly logRetentionDays: number;
  };
  readonly models: readonly { readonly role: string; readonly weightBytes: number }[];
  readonly vectorStore?:
    | {
        readonly id: string;
        readonly target: string;
        readonly size: VectorStoreSize;
        readonly backup: { readonly retentionDays: number };
      }
    | undefined;
  readonly retrieval?: unknown;
  /** Absent: no hosted model is called. */
  readonly gateway?: {
    readonly routes: readonly { readonly kind: string; readonly target: string }[];
    readonly cache?: { readonly kind: string; readonly ttlSeconds: number };
  };
  readonly frameworks: readonly string[];
}

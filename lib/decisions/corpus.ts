import type { VectorStoreLoad } from '../catalog/products.ts';
import type { Requirements } from '../requirements/schema.ts';
import { chunkOverlapTokens, chunkTokens } from './chunking.ts';

/** UTF-8 bytes a token of prose; 3.5 to 4.5 for English, less for other scripts. */
const bytesPerToken = 4;
/** Share of the vectors written again in a day. Assumed: the answers give how often, not how much. */
const dailyShare = { static: 0, weekly: 0.01 / 7, daily: 0.01, 'real-time': 0.05 } as const;

export interface CorpusShape {
  readonly documents: number;
  readonly vectors: number;
  readonly textBytes: number;
  readonly vectorWritesPerDay: number;
}

/** The corpus as chunks: text ÷ bytes a token ÷ (chunk − overlap), and at least one vector a document. */
export function corpusShape({ retrieval }: Requirements): CorpusShape {
  const documents = retrieval.corpus?.documents ?? 0;
  const textBytes = (retrieval.corpus?.gigabytes ?? 0) * 1e9;
  const chunks = Math.ceil(textBytes / bytesPerToken / (chunkTokens - chunkOverlapTokens));
  const summaries = retrieval.documentStructure === 'long-sectioned' ? documents : 0;
  const vectors = Math.max(documents, chunks) + summaries;
  return {
    documents,
    vectors,
    textBytes,
    vectorWritesPerDay: Math.ceil(vectors * dailyShare[retrieval.updates ?? 'weekly']),
  };
}

export function vectorStoreLoad(requirements: Requirements, region: string, dimension: number): VectorStoreLoad {
  const { retrieval, throughput, infrastructure, compliance, operations } = requirements;
  const production = operations.environment === 'prod';
  return {
    ...corpusShape(requirements),
    dimension,
    updates: retrieval.updates ?? 'weekly',
    queriesPerSecond: throughput.requestsPerSecond?.peak ?? 1,
    keywordSearch: retrieval.keywordSearch ?? 'none',
    structuredMatch: retrieval.structuredMatch,
    managedPreferred: retrieval.managedPreferred,
    cloud: infrastructure.cloud,
    region,
    residency: compliance.residency,
    dataMayLeave: compliance.dataMayLeave,
    pii: compliance.pii,
    isolated: infrastructure.isolated,
    replicas: production ? (operations.availabilityPercent >= 99.9 ? 2 : 1) : 0,
    rpoHours: operations.rpoHours,
  };
}

import type { VectorStoreBlueprint } from '../contract.ts';
import { elasticsearch } from './elasticsearch/index.ts';
import { opensearch } from './opensearch/index.ts';
import { openSearchServerless } from './opensearch-serverless/index.ts';
import { pgvector } from './pgvector/index.ts';
import { pinecone } from './pinecone/index.ts';
import { qdrant } from './qdrant/index.ts';
import { s3Vectors } from './s3-vectors/index.ts';
import { weaviate } from './weaviate/index.ts';

/** Every vector store there is; the key is its id everywhere. */
export const vectorStores = {
  elasticsearch,
  opensearch,
  'opensearch-serverless': openSearchServerless,
  pgvector,
  pinecone,
  qdrant,
  's3-vectors': s3Vectors,
  weaviate,
} as const satisfies Record<string, VectorStoreBlueprint>;

export type VectorStoreId = keyof typeof vectorStores;

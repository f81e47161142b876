import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { build as openSearch } from '../../../vector-stores/opensearch/aws.ts';
import { build as openSearchServerless } from '../../../vector-stores/opensearch-serverless/aws.ts';
import { build as pgvector } from '../../../vector-stores/pgvector/aws.ts';
import { build as pinecone } from '../../../vector-stores/pinecone/aws.ts';
import { build as s3Vectors } from '../../../vector-stores/s3-vectors/aws.ts';
import type { DataContext, DataStore } from './data-context.ts';

/** Vector stores AWS raises, by id. A store that runs in the cluster is not here: its volumes and snapshots are charts. */
export const vectorStoreBuilders: Readonly<
  Record<string, (scope: Construct, plan: Plan, context: DataContext) => DataStore>
> = {
  opensearch: openSearch,
  'opensearch-serverless': openSearchServerless,
  pgvector,
  pinecone,
  's3-vectors': s3Vectors,
};

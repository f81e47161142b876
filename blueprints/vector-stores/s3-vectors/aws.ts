import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnIndex, CfnVectorBucket } from 'aws-cdk-lib/aws-s3vectors';
import type { Construct } from 'constructs';
import type { Plan } from '../../../lib/plan/plan.ts';
import { allow, encryptWith } from '../../clouds/aws/iam.ts';
import type { DataContext, DataStore } from '../../clouds/aws/stores/data-context.ts';

/** S3 Vectors: an index paid by use. The index is named for model and dimension, so two models never share one (D8.8). */
export function build(scope: Construct, plan: Plan, context: DataContext): DataStore {
  const store = plan.vectorStore;
  if (!store) throw new Error('s3-vectors was asked for by a plan without a vector store');
  const encryptionConfiguration = { sseType: 'aws:kms', kmsKeyArn: context.corpusKeyArn };
  const bucket = new CfnVectorBucket(scope, 'VectorStore', { encryptionConfiguration });
  bucket.applyRemovalPolicy(RemovalPolicy.RETAIN);
  const index = new CfnIndex(scope, 'VectorIndex', {
    vectorBucketArn: bucket.attrVectorBucketArn,
    indexName: store.collection.replace(/[^a-z0-9.-]/g, '-').slice(0, 63),
    dataType: 'float32',
    dimension: store.dimension,
    distanceMetric: 'cosine',
    encryptionConfiguration,
    metadataConfiguration: { nonFilterableMetadataKeys: ['text'] },
  });
  index.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return {
    secretArns: [],
    statements: [
      allow(
        [
          's3vectors:GetIndex',
          's3vectors:QueryVectors',
          's3vectors:GetVectors',
          's3vectors:ListVectors',
          's3vectors:PutVectors',
          's3vectors:DeleteVectors',
        ],
        [index.attrIndexArn],
      ),
      encryptWith(context.corpusKeyArn),
    ],
    backupArns: [],
  };
}

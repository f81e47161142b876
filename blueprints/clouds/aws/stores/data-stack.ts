import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, sameAccount } from '../iam.ts';
import type { Network } from '../network/network-stack.ts';
import { PlatformStack } from '../platform-stack.ts';
import type { KeyRing } from '../security/keys.ts';
import { addBackups } from './backup.ts';
import { addBackupBucket, addCorpusBucket, addModelBucket } from './buckets.ts';
import { addCache } from './cache.ts';
import type { DataContext, DataStore } from './data-context.ts';
import { encryptedQueue } from './queue.ts';
import { addGatewaySecrets, generatedSecret } from './secrets.ts';
import { vectorStoreBuilders } from './vector-stores.ts';

/** Everything with a memory: artifacts, corpus, vectors, cache, queue, and their backups (P3, P6, P15). */
export class DataStack extends PlatformStack {
  readonly models: CfnBucket;
  readonly corpus: CfnBucket | undefined;
  readonly vectorStore: DataStore | undefined;
  readonly cache: DataStore;
  readonly ingestion: CfnQueue | undefined;
  /** Snapshots of a vector store that runs in the cluster. */
  readonly backups: CfnBucket | undefined;

  constructor(
    scope: Construct,
    id: string,
    plan: Plan,
    props: { readonly keys: KeyRing; readonly network: Network; readonly accessLogs: string },
  ) {
    super(scope, id, plan, `Model artifacts, corpus and stores of ${plan.name}`);
    const { keys } = props;
    const context: DataContext = {
      network: props.network,
      corpusKeyArn: keys.corpus,
      secretsKeyArn: keys.secrets,
      operationsKeyArn: keys.operations,
      production: plan.platform.environment === 'prod',
    };
    this.models = addModelBucket(this, plan, { keyArn: keys.models, accessLogs: props.accessLogs });
    addGatewaySecrets(this, plan, keys.secrets);
    this.cache = addCache(this, plan, context);
    if (plan.retrieval) {
      this.ingestion = encryptedQueue(this, 'Ingestion', {
        keyArn: keys.corpus,
        visibilitySeconds: 900,
        statements: (queueArn) => [
          { ...allow(['sqs:SendMessage'], [queueArn], sameAccount), Principal: { Service: 's3.amazonaws.com' } },
        ],
      });
      this.corpus = addCorpusBucket(this, plan, {
        keyArn: keys.corpus,
        accessLogs: props.accessLogs,
        uploads: this.ingestion,
      });
    }
    const store = plan.vectorStore?.target === 'kubernetes' ? undefined : plan.vectorStore;
    const build = store ? vectorStoreBuilders[store.id] : undefined;
    this.vectorStore = build?.(this, plan, context);
    if (plan.vectorStore?.target === 'kubernetes') {
      // The chart of the store asks for this key; its snapshots go to the backup bucket.
      generatedSecret(this, {
        id: 'VectorStoreKey',
        name: `${plan.name}/vector-store`,
        property: 'api-key',
        description: 'Key of the vector store in the cluster',
        keyArn: keys.secrets,
      });
      this.backups = addBackupBucket(this, plan, { keyArn: keys.corpus, accessLogs: props.accessLogs });
    }
    addBackups(this, plan, {
      keyArn: keys.corpus,
      arns: [...(this.vectorStore?.backupArns ?? []), ...(this.corpus ? [this.corpus.attrArn] : [])],
    });
  }
}

import type { Statement } from '../iam.ts';
import type { Network } from '../network/network-stack.ts';

/** What a vector store's AWS builder may use of the data stack. */
export interface DataContext {
  readonly network: Network;
  /** Key of the corpus class: documents, vectors, cache, queues. */
  readonly corpusKeyArn: string;
  readonly secretsKeyArn: string;
  readonly operationsKeyArn: string;
  readonly production: boolean;
}

/** What a store gives back: the cluster stack opens the ports and grants the pods. */
export interface DataStore {
  /** Security group and port pods connect to; absent where the store is reached through an endpoint. */
  readonly connection?: { readonly securityGroupId: string; readonly port: number; readonly host: string };
  /** Credentials External Secrets may read. */
  readonly secretArns: readonly string[];
  /** Permissions of pods that read and write vectors. */
  readonly statements: readonly Statement[];
  /** ARNs AWS Backup protects. */
  readonly backupArns: readonly string[];
}

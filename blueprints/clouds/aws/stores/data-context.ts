import type { Construct } from 'constructs';
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

/** ARNs of the roles a store with a list of its own must know. */
export interface StoreRoles {
  /** Pods that read and write vectors. */
  readonly ingestion: string;
  /** The job that makes indexes and restores them. */
  readonly administrator: string;
}

/** What a store gives back: the cluster stack opens the ports and grants the pods. */
export interface DataStore {
  /** Security group and port pods connect to; absent where the store is reached through an endpoint. */
  readonly connection?: {
    readonly securityGroupId: string;
    readonly port: number;
    /** Absent where only the vendor knows it: it stands in the secret. */
    readonly host?: string;
  };
  /** Credentials External Secrets may read. */
  readonly secretArns: readonly string[];
  /** Permissions of pods that read and write vectors. */
  readonly statements: readonly Statement[];
  /** Permissions of the job that makes indexes and restores them; absent where that is not done through an API. */
  readonly administration?: readonly Statement[];
  /** Raises the store's own list of who may enter, in the stack that makes the roles; absent where it has none. */
  readonly admit?: (scope: Construct, roles: StoreRoles) => void;
  /** Whose reads and writes the trail records; absent where the store logs them itself. */
  readonly audited?: { readonly type: string; readonly arn: string };
  /** Limits of a store that is billed by capacity units; an alarm watches them. */
  readonly capacity?: {
    readonly groupId: string;
    readonly groupName: string;
    readonly limits: { readonly indexing: number; readonly search: number };
  };
  /** ARNs AWS Backup protects. */
  readonly backupArns: readonly string[];
}

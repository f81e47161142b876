/** An AWS Config managed rule that keeps one promise of ours after the deployment. */
export interface ConfigRule {
  readonly id: string;
  /** AWS's identifier of the managed rule. */
  readonly identifier: string;
  readonly promise: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The parts of a plan that decide detection; read before the plan is frozen, to price it, and after. */
export interface DetectionInputs {
  readonly platform: { readonly environment: string };
  readonly vectorStore?: { readonly id: string } | undefined;
  readonly compliance: { readonly frameworks: readonly string[] };
}

/** Threat detection and configuration history: always in production, elsewhere where a regime asks. */
export function wantsDetection(plan: DetectionInputs): boolean {
  return plan.platform.environment === 'prod' || plan.compliance.frameworks.length > 0;
}

const always: readonly ConfigRule[] = [
  {
    id: 'eks-endpoint-private',
    identifier: 'EKS_ENDPOINT_NO_PUBLIC_ACCESS',
    promise: 'The API server has no public endpoint',
  },
  {
    id: 'eks-secrets-encrypted',
    identifier: 'EKS_SECRETS_ENCRYPTED',
    promise: 'Kubernetes secrets are encrypted with a key of ours',
  },
  { id: 'eks-logging', identifier: 'EKS_CLUSTER_LOG_ENABLED', promise: 'All control-plane logs are on' },
  { id: 'imdsv2', identifier: 'EC2_IMDSV2_CHECK', promise: 'Machines answer metadata requests by IMDSv2 only' },
  { id: 'volumes-encrypted', identifier: 'ENCRYPTED_VOLUMES', promise: 'Attached volumes are encrypted' },
  { id: 'bucket-tls', identifier: 'S3_BUCKET_SSL_REQUESTS_ONLY', promise: 'Buckets refuse requests without TLS' },
  {
    id: 'bucket-public',
    identifier: 'S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED',
    promise: 'Buckets block public access',
  },
  { id: 'trail', identifier: 'MULTI_REGION_CLOUD_TRAIL_ENABLED', promise: 'A multi-region trail exists' },
  { id: 'key-rotation', identifier: 'CMK_BACKING_KEY_ROTATION_ENABLED', promise: 'Our keys rotate' },
  { id: 'flow-logs', identifier: 'VPC_FLOW_LOGS_ENABLED', promise: 'Network flows are logged' },
];

const database: readonly ConfigRule[] = [
  { id: 'rds-encrypted', identifier: 'RDS_STORAGE_ENCRYPTED', promise: 'Databases are encrypted at rest' },
  { id: 'rds-private', identifier: 'RDS_INSTANCE_PUBLIC_ACCESS_CHECK', promise: 'Databases have no public address' },
];

const openSearch: readonly ConfigRule[] = [
  {
    id: 'opensearch-encrypted',
    identifier: 'OPENSEARCH_ENCRYPTED_AT_REST',
    promise: 'OpenSearch is encrypted at rest',
  },
  {
    id: 'opensearch-in-vpc',
    identifier: 'OPENSEARCH_IN_VPC_ONLY',
    promise: 'OpenSearch is reachable inside the VPC only',
  },
];

/** Rules asked for by a regime beside those that always hold; sorted by id. */
const byFramework: Readonly<Record<string, readonly ConfigRule[]>> = {
  hipaa: [
    {
      id: 'backup-plan',
      identifier: 'BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK',
      promise: 'Backups are frequent and kept',
    },
    {
      id: 'trail-validation',
      identifier: 'CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED',
      promise: 'Trail files cannot be changed unseen',
    },
  ],
  'pci-dss': [
    {
      id: 'mfa-console',
      identifier: 'MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS',
      promise: 'Console users have a second factor',
    },
    {
      id: 'trail-validation',
      identifier: 'CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED',
      promise: 'Trail files cannot be changed unseen',
    },
  ],
  'fedramp-moderate': [
    {
      id: 'access-keys-rotated',
      identifier: 'ACCESS_KEYS_ROTATED',
      promise: 'Access keys are rotated',
      parameters: { maxAccessKeyAge: '90' },
    },
    { id: 'mfa-root', identifier: 'ROOT_ACCOUNT_MFA_ENABLED', promise: 'The root user has a second factor' },
    {
      id: 'trail-validation',
      identifier: 'CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED',
      promise: 'Trail files cannot be changed unseen',
    },
  ],
  soc2: [{ id: 'mfa-root', identifier: 'ROOT_ACCOUNT_MFA_ENABLED', promise: 'The root user has a second factor' }],
  iso27001: [{ id: 'mfa-root', identifier: 'ROOT_ACCOUNT_MFA_ENABLED', promise: 'The root user has a second factor' }],
  gdpr: [
    {
      id: 'snapshots-private',
      identifier: 'EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK',
      promise: 'Snapshots are not public',
    },
  ],
};

/** Config rules of a plan, each once. */
export function configRulesFor(plan: DetectionInputs): readonly ConfigRule[] {
  const rules = [
    ...always,
    ...(plan.vectorStore?.id === 'pgvector' ? database : []),
    ...(plan.vectorStore?.id === 'opensearch' ? openSearch : []),
    ...plan.compliance.frameworks.flatMap((framework) => byFramework[framework] ?? []),
  ];
  return [...new Map(rules.map((rule) => [rule.id, rule])).values()];
}

import type { Requirements } from '../requirements/schema.ts';

/** A guarantee the platform can give, whatever the framework that asks for it. */
export interface Control {
  readonly title: string;
  /** What is true of the platform when the control is met. */
  readonly guarantee: string;
  /** `baseline` controls are promised to every plan; the others only where a framework or an answer asks. */
  readonly scope: 'baseline' | 'on-request';
  /** Absent: applies to every plan that asks for it. */
  readonly applies?: (requirements: Requirements) => boolean;
  /** Printed where `applies` is false. */
  readonly otherwise?: string;
}

const production = (r: Requirements) => r.operations.environment === 'prod' || r.operations.environment === 'staging';
const isExposed = (r: Requirements) => r.application.exposure !== 'internal';

/**
 * Every guarantee by its stable id. A framework can ask only for these, and every cloud must say how it proves each
 * one (`Record<ControlId, …>`), so a new row does not compile until it is answered.
 */
export const controls = {
  'encryption-at-rest-cmk': {
    title: 'Encryption at rest with customer-managed keys',
    guarantee:
      'Every store of data (buckets, volumes, databases, queues, logs) is encrypted with a key of the account.',
    scope: 'baseline',
  },
  'key-rotation': {
    title: 'Yearly key rotation',
    guarantee: 'Every customer-managed key renews its material at least once a year without a change to its users.',
    scope: 'baseline',
  },
  'tls-in-transit': {
    title: 'TLS in transit',
    guarantee: 'Stores and queues refuse plain connections; every entry offers TLS 1.2 or newer.',
    scope: 'baseline',
  },
  'tls-in-transit-fips': {
    title: 'FIPS 140 validated cryptography in transit',
    guarantee: 'Workloads and nodes reach the cloud’s services through its FIPS endpoints.',
    scope: 'on-request',
  },
  'private-api-endpoint': {
    title: 'Private cluster endpoint',
    guarantee: 'The Kubernetes API is reachable from inside the network only.',
    scope: 'baseline',
  },
  'cluster-secrets-encryption': {
    title: 'Envelope encryption of Kubernetes secrets',
    guarantee: 'Secrets in the cluster’s database are encrypted with a customer-managed key.',
    scope: 'baseline',
  },
  'control-plane-logs': {
    title: 'Control-plane logs',
    guarantee: 'API, audit, authenticator, controller and scheduler logs of the cluster are kept.',
    scope: 'baseline',
  },
  'cluster-access-entries': {
    title: 'Cluster access through named identities',
    guarantee: 'People and pipelines enter the cluster by access entries of the identity service, one role each.',
    scope: 'baseline',
  },
  'workload-identity': {
    title: 'One identity a workload',
    guarantee: 'Each workload gets its own role for the cloud’s services; no static access key exists.',
    scope: 'baseline',
  },
  'least-privilege-roles': {
    title: 'Least-privilege roles',
    guarantee: 'No policy grants all actions, or all resources where a narrower name exists.',
    scope: 'baseline',
  },
  'secrets-in-store': {
    title: 'Secrets in a secret store',
    guarantee: 'Credentials live in an encrypted secret store; templates and manifests hold references only.',
    scope: 'baseline',
  },
  'network-private-subnets': {
    title: 'Private subnets',
    guarantee: 'Nodes and stores have no public address.',
    scope: 'baseline',
  },
  'network-endpoints': {
    title: 'Cloud services over private endpoints',
    guarantee: 'Traffic to the cloud’s services stays on its private network.',
    scope: 'baseline',
  },
  'network-flow-logs': {
    title: 'Network flow logs',
    guarantee: 'Accepted and refused flows of the network are recorded.',
    scope: 'baseline',
  },
  'network-default-deny': {
    title: 'Default-deny between workloads',
    guarantee: 'A namespace admits only the traffic that a policy names.',
    scope: 'baseline',
  },
  'network-no-open-ingress': {
    title: 'No ingress from everywhere',
    guarantee: 'No security group admits the whole internet.',
    scope: 'baseline',
  },
  'waf-on-entry': {
    title: 'Web application firewall on the entry',
    guarantee: 'Requests from outside pass managed rules and a rate limit before they reach the gateway.',
    scope: 'on-request',
    applies: isExposed,
    otherwise: 'The platform is internal: there is no entry from outside to protect.',
  },
  'node-hardening': {
    title: 'Hardened nodes',
    guarantee: 'Nodes hand out credentials only to hop-limited session requests and have encrypted volumes.',
    scope: 'baseline',
  },
  'pod-security-restricted': {
    title: 'Restricted pods',
    guarantee: 'Pods run as an ordinary user without extra capabilities, under the restricted standard.',
    scope: 'baseline',
  },
  'image-digest': {
    title: 'Images by digest',
    guarantee: 'Every container image is named by the hash of its content.',
    scope: 'baseline',
  },
  'image-scanning': {
    title: 'Image scanning',
    guarantee: 'The registry scans images when they arrive.',
    scope: 'baseline',
  },
  'model-provenance': {
    title: 'Provenance of models',
    guarantee: 'Model files come from the account’s own versioned store at a pinned revision with checked hashes.',
    scope: 'baseline',
  },
  'versioned-storage': {
    title: 'Versioned storage',
    guarantee: 'An overwritten or deleted object stays recoverable.',
    scope: 'baseline',
  },
  'audit-trail': {
    title: 'Audit trail of the account',
    guarantee: 'Calls to the cloud’s services are recorded in every region, with integrity digests.',
    scope: 'baseline',
  },
  'access-to-log-logged': {
    title: 'Reading the log is logged',
    guarantee: 'Reads and writes of the audit, model and corpus buckets appear in the trail.',
    scope: 'baseline',
  },
  'prompt-audit': {
    title: 'Audit log of prompts and answers',
    guarantee: 'Input, output, time, model version, latency and a hashed user id of every call are kept.',
    scope: 'on-request',
  },
  'audit-write-once': {
    title: 'Write-once audit store',
    guarantee: 'Audit records cannot be changed or deleted before their retention ends.',
    scope: 'on-request',
  },
  'audit-retention': {
    title: 'Retention of audit records',
    guarantee: 'Audit records are kept at least as long as the longest regime asks.',
    scope: 'on-request',
  },
  'log-retention': {
    title: 'Retention of logs',
    guarantee: 'Every log group has an end of retention, at least as long as the longest regime asks.',
    scope: 'baseline',
  },
  'pii-redaction': {
    title: 'Redaction of personal data in logs',
    guarantee: 'Personal data is masked before a prompt is written to a log.',
    scope: 'on-request',
    applies: (r) => r.compliance.pii !== 'none',
    otherwise: 'The answers say that prompts and documents hold no personal data.',
  },
  'data-expiry': {
    title: 'Expiry of stored data',
    guarantee: 'Stored objects have a rule that ends or archives them.',
    scope: 'on-request',
  },
  'backup-schedule': {
    title: 'Scheduled backups',
    guarantee: 'Stores are backed up at least as often as the recovery point objective asks.',
    scope: 'baseline',
    applies: production,
    otherwise: 'A non-production platform is raised again from its plan.',
  },
  'backup-cross-region': {
    title: 'Copies in a second region',
    guarantee: 'Backups and model artifacts are copied to a second region of the same jurisdiction.',
    scope: 'on-request',
    applies: production,
    otherwise: 'A non-production platform is raised again from its plan.',
  },
  'multi-zone': {
    title: 'Several zones',
    guarantee: 'Network, cluster and stores survive the loss of one zone.',
    scope: 'baseline',
    applies: (r) => r.operations.availabilityPercent >= 99.9,
    otherwise: 'The availability goal is below 99.9%, which one zone meets.',
  },
  'region-in-residency': {
    title: 'Regions inside the residency',
    guarantee: 'Every region the platform uses lies in the jurisdiction the answers name.',
    scope: 'on-request',
  },
  'threat-detection': {
    title: 'Threat detection',
    guarantee: 'The account’s trail, network and cluster audit logs are watched for known attack patterns.',
    scope: 'on-request',
  },
  'posture-findings': {
    title: 'Posture findings',
    guarantee: 'The account is checked continuously against a published security standard.',
    scope: 'on-request',
  },
  'config-recording': {
    title: 'Configuration recording',
    guarantee: 'Every change of a resource’s configuration is recorded and checked against rules.',
    scope: 'on-request',
  },
  'alarms-to-on-call': {
    title: 'Alarms reach a person',
    guarantee: 'Alarms on spend, security and service goals go to the on-call channel.',
    scope: 'baseline',
    applies: (r) => r.operations.onCall !== undefined,
    otherwise: 'The answers name no on-call channel.',
  },
  'change-record': {
    title: 'Changes through reviewed code',
    guarantee: 'The platform is raised from a plan and templates in version control; tags name the plan.',
    scope: 'baseline',
  },
} as const satisfies Record<string, Control>;

export type ControlId = keyof typeof controls;

/** Ids in the order of the table, which is the order documents print them in. */
export const controlIds = Object.keys(controls) as readonly ControlId[];

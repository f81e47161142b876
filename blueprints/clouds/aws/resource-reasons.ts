/** Why a group of resources is there. `resource` is matched against `<Stack>/<Id>`. */
export interface ResourceReason {
  readonly resource: RegExp;
  /** Nodes of the explanation: decisions, rows of the reference, answers. */
  readonly from: readonly string[];
  readonly because: string;
}

const reason = (resource: RegExp, from: readonly string[], because: string): ResourceReason => ({
  resource,
  from,
  because,
});

/** From the particular to the general: the first match explains a resource. */
export const resourceReasons: readonly ResourceReason[] = [
  // Security
  reason(
    /^Security\/.*Key(Alias)?$/,
    ['row:P14'],
    'Each class of data has a key of its own, so that reading one class opens no other.',
  ),
  reason(/^Security\/AccessLogs/, ['row:P13'], 'Who read which bucket is itself logged.'),
  reason(
    /^Security\/(ThreatDetector|AccessAnalyzer|SecurityHub|Standard-)/,
    ['row:P14', 'answer:compliance.frameworks'],
    'Production and every regime ask for threat detection and a posture report.',
  ),
  reason(
    /^Security\/(Configuration|Rule-)/,
    ['row:P14', 'answer:compliance.frameworks'],
    'Promises are checked after the deployment as well; the regime chooses the rules.',
  ),
  reason(
    /^Security\/Entry/,
    ['row:P14', 'answer:infrastructure.existing.hostedZoneId'],
    'An entry from outside has TLS and a web application firewall.',
  ),
  // Network
  reason(
    /^Network\/(Nat|Public|InternetGateway)/,
    ['row:P1', 'answer:operations.availabilityPercent'],
    'NAT gateways follow the availability goal; no machine of ours stands in a public subnet.',
  ),
  reason(
    /^Network\/Private\d+ToInternet/,
    ['row:P1', 'answer:infrastructure.isolated'],
    'Private subnets reach the internet through NAT unless the platform is isolated.',
  ),
  reason(
    /^Network\/(Endpoint|StorageEndpoint)/,
    ['row:P1', 'answer:compliance.residency'],
    'Calls to AWS stay on private paths where residency, a regime or production asks.',
  ),
  reason(/^Network\/Flow/, ['row:P1', 'row:P13'], 'Network flows are logged.'),
  reason(/^Network\/(Ipv6|EgressOnly)/, ['row:P1', 'answer:infrastructure.ipv6'], 'IPv6 is asked for.'),
  reason(
    /^Network\/Entry/,
    ['row:P5', 'answer:infrastructure.existing.hostedZoneId'],
    'The gateway is reachable under the given domain.',
  ),
  reason(
    /^Network\//,
    ['row:P1', 'answer:operations.availabilityPercent'],
    'Private subnets in as many zones as the availability goal asks.',
  ),
  // Data
  reason(
    /^Data\/(Models)/,
    ['row:P3'],
    'Weights are mirrored in the account’s own bucket; the previous revision stays runnable.',
  ),
  reason(
    /^Data\/(Corpus|Ingestion)/,
    ['decision:D1', 'row:P6'],
    'Answers come from documents, so they are stored and taken in by a queue.',
  ),
  reason(
    /^Data\/VectorStoreEndpoint/,
    ['decision:D7', 'row:P1'],
    'The vector store is reached on a private path, from pods alone.',
  ),
  reason(
    /^Data\/VectorStoreCapacity/,
    ['decision:D7', 'row:P11'],
    'What the vector store may use, and so what it may cost, has a limit.',
  ),
  reason(/^Data\/Vector/, ['decision:D7'], 'The vector store as decided, sized by the corpus.'),
  reason(
    /^Data\/Cache/,
    ['row:P5', 'decision:D5'],
    'Rate limits, budgets and the response cache of the gateway are shared by its replicas.',
  ),
  reason(/^Data\/Gateway.*Key/, ['row:P5', 'row:P14'], 'The gateway’s administrator key is kept in the secret store.'),
  reason(
    /^Data\/Backup/,
    ['row:P15', 'answer:operations.rpoHours'],
    'Backups run at least as often as the recovery point objective asks.',
  ),
  reason(/^Recovery\//, ['row:P15', 'answer:operations.crossRegionCopies'], 'Copies in another region are asked for.'),
  // Audit
  reason(
    /^Audit\/(Prompt|Audit|Query-)/,
    ['row:P13', 'answer:compliance.auditLog.required'],
    'Inputs and outputs are logged write-once and can be queried.',
  ),
  reason(
    /^Audit\/(Trail|AccountTrail|InsightsQuery-)/,
    ['row:P13'],
    'Calls in the account and reads of models, corpus and logs are recorded.',
  ),
  // Cluster
  reason(
    /^Cluster\/(Karpenter|Interruptions|On[A-Z]|NodeProfile)/,
    ['decision:D11'],
    'Nodes are provisioned by Karpenter.',
  ),
  reason(/^Cluster\/ClusterAutoscaler/, ['decision:D11'], 'Node groups grow and shrink within the bounds of the plan.'),
  reason(/^Cluster\/AutoMode/, ['decision:D11'], 'Nodes are provisioned by EKS Auto Mode.'),
  reason(
    /^Cluster\/.*(Nodes|LaunchTemplate|Placement|Reservations|NodeRole)$/,
    ['row:P2', 'decision:D11'],
    'A pool for each model server, sized by the capacity plan.',
  ),
  reason(/^Cluster\/(ModelServer)/, ['row:P14', 'decision:D3'], 'Model servers read weights and nothing else.'),
  reason(/^Cluster\/(Gateway)/, ['row:P14', 'row:P5'], 'The gateway writes the prompt log and nothing else of AWS.'),
  reason(
    /^Cluster\/(Ingestion|QueueScaler|VectorStore|StoreAdministrator)/,
    ['row:P14', 'row:P6'],
    'Ingestion and stores have a role of their own.',
  ),
  reason(/^Cluster\/Cache/, ['row:P5'], 'Only pods reach the cache.'),
  reason(/^Cluster\/ExternalSecrets/, ['row:P14'], 'Secrets reach pods from the external store; no file holds one.'),
  reason(/^Cluster\/(Administrator|Viewer)/, ['row:P14'], 'People enter the cluster by two roles, both logged.'),
  reason(
    /^Cluster\/(AddOn-|NetworkPlugin|VolumeDriver)/,
    ['row:P2'],
    'Add-ons match the Kubernetes version; each has its own role.',
  ),
  reason(/^Cluster\//, ['row:P2'], 'The cluster: private endpoint, encrypted secrets, every control-plane log.'),
  // Spend
  reason(
    /^Spend\/StoreCapacity/,
    ['row:P11', 'decision:D7'],
    'A store that may take no more is noticed before it is slow for long.',
  ),
  reason(/^Spend\/GpuHours/, ['row:P11'], 'A day above the planned GPU hours is noticed before the bill.'),
  reason(
    /^Spend\/(MonthlyCeiling|Anomaly|NoNewMachines|BudgetAction|StopAtCeiling)/,
    ['row:P11', 'answer:infrastructure.costCeilingUsdPerMonth'],
    'The ceiling is watched, forecast and enforced.',
  ),
  reason(
    /^Spend\/(Sleep|Schedule-|CeilingSpent)/,
    ['row:P11', 'answer:operations.environment'],
    'Outside production the machines sleep at night and when the ceiling is spent.',
  ),
  reason(/^Spend\/OnCall/, ['row:P11', 'answer:operations.onCall'], 'Alarms go to the on-call channel.'),
  // Delivery
  reason(
    /^Delivery\/(Images|Cache|Template-|ImageScanning)/,
    ['row:P3'],
    'Images come from the account’s own registry: scanned, immutable, encrypted.',
  ),
  reason(
    /^Delivery\/ModelMirror/,
    ['row:P3', 'answer:model.revision'],
    'One pinned revision is copied and its checksums compared.',
  ),
  reason(
    /^Delivery\/Manifest/,
    ['row:P20'],
    'Manifests are applied from inside the network, where the private endpoint is.',
  ),
];

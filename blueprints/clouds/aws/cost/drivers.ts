/** One thing the bill is driven by: where its unit price is found and how a month's natural units become billed ones. */
export interface Driver {
  readonly title: string;
  /** The stack that raises it. */
  readonly group: string;
  /** Row of the catalogue: service, item, and the first volume tier where there are several. */
  readonly price: readonly [service: string, item: string, tier?: string];
  /** Natural units in one billed unit: 100,000 events, a million requests. @default 1 */
  readonly perUnit?: number;
  /** Set on what is counted by use: its quantity is modelled, and the line says by which assumption. */
  readonly assumption?: string;
}

/** Hours, GB, keys, requests: everything the stacks bill beside machines, stores and hosted tokens, by its line id. */
export const drivers = {
  'audit.logs-ingested': {
    title: 'CloudWatch Logs: control plane and network flows taken in',
    group: 'audit',
    price: ['CloudWatch', 'logs ingestion, Standard class'],
    assumption: 'controlPlaneLogGB, logGBPerNode, flowLogBytesPerRequest',
  },
  'audit.logs-stored': {
    title: 'CloudWatch Logs: kept until retention ends',
    group: 'audit',
    price: ['CloudWatch', 'logs storage'],
    assumption: 'logCompression',
  },
  'audit.objects-stored': {
    title: 'S3: prompt log, trail and access logs',
    group: 'audit',
    price: ['S3', 'Standard storage', 'first 50 TB'],
    assumption: 'promptEnvelopeBytes, bytesPerToken, promptCompression, monthsStored',
  },
  'audit.objects-written': {
    title: 'S3: audit objects written',
    group: 'audit',
    price: ['S3', 'Standard PUT, COPY, POST, LIST'],
    perUnit: 1000,
    assumption: 'auditObjectsPerMonth',
  },
  'audit.trail-events': {
    title: 'CloudTrail: data events on model, corpus and audit buckets',
    group: 'audit',
    price: ['CloudTrail', 'data events'],
    perUnit: 100_000,
    assumption: 'trailEventsPerMonth, requestsPerTrailEvent',
  },
  'cluster.control-plane': {
    title: 'EKS control plane',
    group: 'cluster',
    price: ['EKS', 'control plane, standard support'],
  },
  'cluster.volumes': { title: 'EBS gp3 volumes of nodes', group: 'cluster', price: ['EBS', 'gp3 storage'] },
  'data.bucket-storage': {
    title: 'S3: model files, documents and exports',
    group: 'data',
    price: ['S3', 'Standard storage', 'first 50 TB'],
    assumption: 'modelRevisionsKept, corpusVersionsKept',
  },
  'data.bucket-reads': {
    title: 'S3: reads of model files and documents',
    group: 'data',
    price: ['S3', 'Standard GET and others'],
    perUnit: 1000,
    assumption: 'readPartBytes, nodeStartsPerMonth',
  },
  'data.images': {
    title: 'ECR: container images',
    group: 'data',
    price: ['ECR', 'private storage'],
    assumption: 'imageGB',
  },
  'data.replica-storage': {
    title: 'S3: copies in the recovery region',
    group: 'data',
    price: ['S3', 'Standard storage', 'first 50 TB'],
    assumption: 'modelRevisionsKept, corpusVersionsKept',
  },
  'data.replica-transfer': {
    title: 'Transfer to the recovery region',
    group: 'data',
    price: ['Data transfer', 'to another AWS region'],
    assumption: 'replicatedShare',
  },
  'data.queue-requests': {
    title: 'SQS: ingestion and node interruption queues',
    group: 'data',
    price: ['SQS', 'standard requests'],
    perUnit: 1e6,
    assumption: 'queuePolls, queueRequestsPerDocument',
  },
  'network.between-zones': {
    title: 'Transfer between zones',
    group: 'network',
    price: ['Data transfer', 'between AZs, each direction'],
    assumption: 'bytesPerInputToken, bytesPerStreamedToken, crossZoneShare',
  },
  'network.endpoint-data': {
    title: 'Interface endpoints: data',
    group: 'network',
    price: ['VPC', 'interface endpoint data processed', 'first 1 PB'],
    assumption: 'endpointGBPerNode',
  },
  'network.endpoints': { title: 'Interface endpoints', group: 'network', price: ['VPC', 'interface endpoint'] },
  'network.internet': {
    title: 'Transfer to the internet',
    group: 'network',
    price: ['Data transfer', 'to the internet', 'first 10 TB'],
    assumption: 'bytesPerStreamedToken',
  },
  'network.nat-data': {
    title: 'NAT gateways: data',
    group: 'network',
    price: ['VPC', 'NAT gateway data processed'],
    assumption: 'natGBPerNode, bytesPerInputToken',
  },
  'network.nat-gateways': { title: 'NAT gateways', group: 'network', price: ['VPC', 'NAT gateway'] },
  'network.private-zones': {
    title: 'Private zones of endpoints',
    group: 'network',
    price: ['Route 53', 'hosted zone', 'first 25'],
  },
  'network.public-addresses': {
    title: 'Public IPv4 addresses',
    group: 'network',
    price: ['VPC', 'public IPv4 address, in use or idle'],
  },
  'security.config-evaluations': {
    title: 'Config: rule evaluations',
    group: 'security',
    price: ['Config', 'rule evaluations', 'first 100,000'],
    assumption: 'configItems, evaluationsPerItem',
  },
  'security.config-items': {
    title: 'Config: recorded changes',
    group: 'security',
    price: ['Config', 'configuration items'],
    assumption: 'configItems',
  },
  'security.key-requests': {
    title: 'KMS: requests',
    group: 'security',
    price: ['KMS', 'symmetric requests'],
    perUnit: 10_000,
    assumption: 'keyRequestsPerMonth, requestsPerKeyRequest',
  },
  'security.keys': { title: 'KMS: customer-managed keys', group: 'security', price: ['KMS', 'customer managed key'] },
  'security.secret-calls': {
    title: 'Secrets Manager: calls',
    group: 'security',
    price: ['Secrets Manager', 'API calls'],
    perUnit: 10_000,
    assumption: 'secretReadsPerHour',
  },
  'security.secrets': { title: 'Secrets Manager: secrets', group: 'security', price: ['Secrets Manager', 'secret'] },
  'security.waf-acl': { title: 'WAF: web ACL', group: 'security', price: ['WAF', 'web ACL'] },
  'security.waf-requests': {
    title: 'WAF: requests',
    group: 'security',
    price: ['WAF', 'requests'],
    perUnit: 1e6,
    assumption: 'requests of the plan',
  },
  'security.waf-rules': { title: 'WAF: rules', group: 'security', price: ['WAF', 'rule'] },
  'serving.load-balancer': {
    title: 'Load balancer of the gateway',
    group: 'serving',
    price: ['ELB', 'Network Load Balancer'],
  },
  'serving.load-balancer-use': {
    title: 'Load balancer of the gateway: capacity units',
    group: 'serving',
    price: ['ELB', 'NLB NLCU'],
    assumption: 'bytesPerStreamedToken, bytesPerInputToken',
  },
  'spend.alarms': {
    title: 'CloudWatch alarms',
    group: 'spend',
    price: ['CloudWatch', 'standard-resolution alarm'],
  },
  'spend.budgets': {
    title: 'Budgets beyond the two free ones',
    group: 'spend',
    price: ['Budgets', 'each budget beyond the first two'],
  },
} as const satisfies Record<string, Driver>;

export type DriverId = keyof typeof drivers;

/** Natural units a month at minimum, expected and maximum load. */
export interface Amount {
  readonly minimum: number;
  readonly expected: number;
  readonly maximum: number;
}

/** What a month is made of, before prices. */
export type Bill = Readonly<Partial<Record<DriverId, Amount>>>;

export const daysPerMonth = 30.4;

/** The same at every load. */
export function flat(quantity: number): Amount {
  return { minimum: quantity, expected: quantity, maximum: quantity };
}

export function scaled(amount: Amount, factor: number): Amount {
  return { minimum: amount.minimum * factor, expected: amount.expected * factor, maximum: amount.maximum * factor };
}

export function plus(...amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (sum, each) => ({
      minimum: sum.minimum + each.minimum,
      expected: sum.expected + each.expected,
      maximum: sum.maximum + each.maximum,
    }),
    flat(0),
  );
}

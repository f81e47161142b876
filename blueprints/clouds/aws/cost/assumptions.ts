/** A figure nobody measured yet, with what it stands for. The status file replaces it by the bill (P22, P24). */
export interface Assumption {
  readonly value: number;
  readonly unit: string;
  readonly because: string;
}

/** Every figure behind a usage-driven line of the bill; documents print this table under the cost breakdown. */
export const assumptions = {
  auditObjectsPerMonth: {
    value: 45_000,
    unit: 'objects',
    because: 'The stream closes an object a minute; the trail writes about one every five minutes.',
  },
  bytesPerInputToken: { value: 4.5, unit: 'bytes', because: 'UTF-8 text and JSON around it.' },
  bytesPerStreamedToken: {
    value: 250,
    unit: 'bytes',
    because: 'A server-sent event wraps each token in a JSON chunk of about that size.',
  },
  bytesPerToken: { value: 4.2, unit: 'bytes', because: 'UTF-8 text of a logged prompt or answer.' },
  configItems: { value: 600, unit: 'items', because: 'Resources change at deployments; nodes add fifty each a month.' },
  configItemsPerNode: { value: 50, unit: 'items', because: 'Interfaces, volumes and instances of a renewed node.' },
  controlPlaneLogGB: { value: 20, unit: 'GB', because: 'Audit logs of a small cluster with controllers.' },
  corpusVersionsKept: { value: 1.2, unit: 'times the corpus', because: 'Old versions expire after thirty days.' },
  crossZoneShare: { value: 0.67, unit: 'share', because: 'Three zones and a balancer that does not prefer its own.' },
  endpointGBPerNode: { value: 20, unit: 'GB', because: 'Image manifests, logs, metrics and credentials of a node.' },
  evaluationsPerItem: { value: 2, unit: 'evaluations', because: 'A changed resource is in scope of about two rules.' },
  flowLogBytesPerRequest: { value: 500, unit: 'bytes', because: 'Two records a connection, which requests share.' },
  imageGB: { value: 40, unit: 'GB', because: 'Server, gateway and controller images, two versions of each.' },
  keyRequestsPerMonth: { value: 200_000, unit: 'requests', because: 'Bucket keys hold the rate down; volumes, logs.' },
  logCompression: { value: 0.15, unit: 'share', because: 'Stored log text is compressed by the service.' },
  logGBPerNode: { value: 1.5, unit: 'GB', because: 'Flow records and cluster events of a node.' },
  modelRevisionsKept: { value: 2, unit: 'revisions', because: 'P3 keeps the previous revision runnable.' },
  monthsStored: { value: 12, unit: 'months', because: 'Expected: the end of the first year. Maximum: retention full.' },
  natGBPerNode: { value: 10, unit: 'GB', because: 'What is fetched from outside the cloud’s own services.' },
  nodeStartsPerMonth: { value: 8, unit: 'starts', because: 'Renewals, roll-outs and a daily scale-up on workdays.' },
  promptCompression: { value: 0.3, unit: 'share', because: 'gzip on chat text with repeated prefixes.' },
  promptEnvelopeBytes: { value: 800, unit: 'bytes', because: 'Time, model version, hashed user, latency, ids.' },
  queuePolls: { value: 130_000, unit: 'requests', because: 'One long poll every twenty seconds.' },
  queueRequestsPerDocument: { value: 4, unit: 'requests', because: 'Send, receive, delete and one retry.' },
  readPartBytes: { value: 16e6, unit: 'bytes', because: 'Weights are streamed in ranged reads of that size.' },
  replicatedShare: { value: 0.1, unit: 'share', because: 'A tenth of the stored bytes is new each month.' },
  requestsPerKeyRequest: { value: 100, unit: 'requests', because: 'Data keys are cached by stream and bucket.' },
  requestsPerTrailEvent: { value: 500, unit: 'requests', because: 'The stream writes many prompts in one object.' },
  secretReadsPerHour: { value: 2, unit: 'reads', because: 'The secret controller refreshes every half hour.' },
  trailEventsPerMonth: { value: 200_000, unit: 'events', because: 'Ingestion, model loads and audit deliveries.' },
} as const satisfies Record<string, Assumption>;

/** The figure alone. */
export function assumed(name: keyof typeof assumptions): number {
  return assumptions[name].value;
}

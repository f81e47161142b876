/** Namespaces and service accounts of the charts: Pod Identity ties a role to exactly one of each. */
export const namespaces = {
  serving: 'serving',
  gateway: 'gateway',
  retrieval: 'retrieval',
  externalSecrets: 'external-secrets',
  autoscaling: 'keda',
  system: 'kube-system',
} as const;

export const serviceAccounts = {
  modelServer: 'model-server',
  gateway: 'gateway',
  ingestion: 'ingestion',
  vectorStore: 'vector-store',
  externalSecrets: 'external-secrets',
  queueScaler: 'keda-operator',
  volumes: 'ebs-csi-controller-sa',
  network: 'aws-node',
  karpenter: 'karpenter',
} as const;

import { workloads } from '../../../../lib/plan/workloads.ts';

/** Namespaces of the charts and of the controllers beside them. */
export const namespaces = {
  ...workloads.namespaces,
  externalSecrets: 'external-secrets',
  autoscaling: 'keda',
  system: 'kube-system',
} as const;

/** Service accounts: Pod Identity ties a role to exactly one namespace and service account. */
export const serviceAccounts = {
  modelServer: 'model-server',
  gateway: workloads.gateway,
  ingestion: workloads.ingestion,
  vectorStore: workloads.vectorStore,
  storeAdministrator: 'vector-store-administrator',
  externalSecrets: 'external-secrets',
  queueScaler: 'keda-operator',
  clusterAutoscaler: 'cluster-autoscaler',
  loadBalancer: 'aws-load-balancer-controller',
  volumes: 'ebs-csi-controller-sa',
  network: 'aws-node',
  karpenter: 'karpenter',
} as const;

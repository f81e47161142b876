import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { workloads } from '../../lib/plan/workloads.ts';
import { addBackupJob, type BackupJobProps } from './backup-job.ts';
import { storageClass } from './cluster.ts';
import { addPodMonitor } from './monitors.ts';
import { isProduction, labels, namespaces, priorityClasses, selector, serviceAccounts } from './names.ts';
import { allowTraffic, disruptionBudget, fromPrometheus, type Peer, serviceAccount, tlsOut } from './network.ts';
import {
  containerSecurity,
  generalPlacement,
  gibibytes,
  mebibytes,
  podSecurity,
  port,
  quantity,
  resources,
  scratch,
  spreadStateful,
} from './pod.ts';

export const storeName = workloads.vectorStore;
export const storeNamespace = namespaces.retrieval;
export const storeHeadless = `${storeName}-headless`;
/** Secret with the store's key, property `api-key`. */
export const storeSecret = storeName;

export type PlannedStore = NonNullable<Plan['vectorStore']>;

/** The plan's store; a builder is called only when there is one. */
export function plannedStore(plan: Plan): PlannedStore {
  if (!plan.vectorStore) throw new RangeError('the plan has no vector store');
  return plan.vectorStore;
}

/** Who reads and writes vectors, on these ports. */
export const storeClients = (ports: readonly number[]): readonly Peer[] => [
  { namespace: storeNamespace, component: workloads.ingestion, ports },
  { namespace: storeNamespace, component: workloads.vectorStoreBackup, ports },
  { namespace: storeNamespace, component: 'rag', ports },
  { namespace: namespaces.gateway, component: workloads.gateway, ports },
];

export interface StatefulStoreProps {
  readonly container: Omit<k8s.Container, 'name' | 'resources' | 'securityContext' | 'volumeMounts'>;
  readonly user: number;
  readonly dataPath: string;
  readonly ports: { readonly http: number; readonly others: Readonly<Record<string, number>> };
  /** Ports the pods of the store speak to each other on. */
  readonly peerPorts: readonly number[];
  readonly metrics: { readonly port: string; readonly path: string; readonly token: boolean };
  readonly extraMounts?: readonly { readonly name: string; readonly path: string; readonly size: string }[];
  readonly terminationSeconds: number;
}

/** A store as a StatefulSet with everything around it, sized by the plan (P6, P15). */
export function addStatefulStore(scope: Construct, plan: Plan, props: StatefulStoreProps): void {
  const store = plannedStore(plan);
  const metadata = {
    name: storeName,
    namespace: storeNamespace,
    labels: { ...labels(plan, storeName, 'vector-store') },
  };
  const all = { http: props.ports.http, ...props.ports.others };
  const memory = mebibytes(store.size.memoryBytes);
  new k8s.KubeStatefulSet(scope, 'VectorStore', {
    metadata,
    spec: {
      serviceName: storeHeadless,
      replicas: store.size.nodes,
      podManagementPolicy: 'Parallel',
      revisionHistoryLimit: 5,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: { ...selector(storeName) } },
      template: {
        metadata: { labels: { ...labels(plan, storeName, 'vector-store') } },
        spec: {
          ...generalPlacement(plan),
          serviceAccountName: serviceAccounts.vectorStore,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(props.user),
          priorityClassName: priorityClasses.platform,
          terminationGracePeriodSeconds: props.terminationSeconds,
          topologySpreadConstraints: spreadStateful(plan, storeName, store.size.nodes > 1 && isProduction(plan)),
          containers: [
            {
              name: 'store',
              ...props.container,
              ports: Object.entries(all).map(([name, containerPort]) => ({ name, containerPort })),
              resources: resources(store.size.millicores, memory),
              securityContext: containerSecurity(),
              volumeMounts: [
                { name: 'data', mountPath: props.dataPath },
                { name: 'tmp', mountPath: '/tmp' },
                ...(props.extraMounts ?? []).map(({ name, path }) => ({ name, mountPath: path })),
              ],
            },
          ],
          volumes: [scratch('tmp', '1Gi'), ...(props.extraMounts ?? []).map(({ name, size }) => scratch(name, size))],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data', labels: { ...labels(plan, storeName, 'vector-store') } },
          spec: {
            accessModes: ['ReadWriteOnce'],
            ...(plan.platform.cloud === 'aws' ? { storageClassName: storageClass } : {}),
            resources: { requests: { storage: quantity(gibibytes(store.size.diskBytes)) } },
          },
        },
      ],
    },
  });
  const servicePorts = Object.entries(all).map(([name, value]) => ({ name, port: value, targetPort: port(name) }));
  new k8s.KubeService(scope, 'Service', {
    metadata,
    spec: { type: 'ClusterIP', selector: { ...selector(storeName) }, ports: servicePorts },
  });
  new k8s.KubeService(scope, 'Headless', {
    metadata: { ...metadata, name: storeHeadless },
    spec: {
      clusterIp: 'None',
      publishNotReadyAddresses: true,
      selector: { ...selector(storeName) },
      ports: servicePorts,
    },
  });
  serviceAccount(scope, plan, serviceAccounts.vectorStore, storeNamespace);
  disruptionBudget(scope, plan, { component: storeName, role: 'vector-store', namespace: storeNamespace });
  const peers: Peer = { component: storeName, ports: props.peerPorts };
  const monitorPort = all[props.metrics.port as 'http'] ?? props.ports.http;
  allowTraffic(scope, plan, {
    component: storeName,
    role: 'vector-store',
    namespace: storeNamespace,
    from: [...storeClients(Object.values(all)), fromPrometheus([monitorPort]), peers],
    to: [peers, tlsOut],
    cloudRole: true,
  });
  addPodMonitor(scope, plan, {
    component: storeName,
    role: 'vector-store',
    namespace: storeNamespace,
    path: props.metrics.path,
    port: props.metrics.port,
    ...(props.metrics.token ? { token: { secret: storeSecret, key: 'api-key' } } : {}),
  });
}

/** Copies the store into object storage as often as the plan asks. */
export function addBackup(
  scope: Construct,
  plan: Plan,
  props: Pick<BackupJobProps, 'script' | 'env' | 'initContainers' | 'volumes' | 'mounts'> & {
    readonly storePorts: readonly number[];
  },
): void {
  const { storePorts, ...rest } = props;
  const store = plannedStore(plan);
  addBackupJob(scope, plan, {
    ...rest,
    component: workloads.vectorStoreBackup,
    namespace: storeNamespace,
    serviceAccount: serviceAccounts.vectorStore,
    intervalHours: store.backup.intervalHours,
    prefix: store.id,
    from: { component: storeName, ports: storePorts },
  });
}

/** The store's key, from the secret store. */
export const storeKey = (name: string): k8s.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: storeSecret, key: 'api-key' } },
});

import { type App, Chart } from 'cdk8s';
import type { KubernetesBuilder } from '../../contract.ts';
import { dumpContainer, postgresCluster, uploadDump } from '../../kubernetes/database.ts';
import { ports, serviceAccounts } from '../../kubernetes/names.ts';
import { allowTraffic, fromPrometheus, type Peer, serviceAccount, tlsOut } from '../../kubernetes/network.ts';
import { gibibytes, scratch } from '../../kubernetes/pod.ts';
import { addBackup, plannedStore, storeClients, storeName, storeNamespace } from '../../kubernetes/stateful-store.ts';
import { pgvectorSchema } from './schema.ts';

/** Secret CloudNativePG writes for the application that owns the database. */
const credentials = `${storeName}-app`;
const status = 8000;

/** PostgreSQL with pgvector on a cluster of one's own, by CloudNativePG. */
export const build: KubernetesBuilder = (app, plan) => {
  const { size } = plannedStore(plan);
  const chart = new Chart(app as App, 'vector-store', { disableResourceNameHashes: true });
  const memoryMiB = Math.ceil(size.memoryBytes / 2 ** 20);
  serviceAccount(chart, plan, serviceAccounts.vectorStore, storeNamespace);
  postgresCluster(chart, plan, {
    id: 'VectorStore',
    component: storeName,
    role: 'vector-store',
    namespace: storeNamespace,
    instances: size.nodes,
    storageGiB: Math.ceil(size.diskBytes / 2 ** 30),
    millicores: size.millicores,
    memoryMiB,
    database: 'vectors',
    postInitApplicationSQL: pgvectorSchema(plan),
    parameters: {
      effective_cache_size: `${Math.floor(0.75 * memoryMiB)}MB`,
      maintenance_work_mem: `${Math.max(64, Math.floor(memoryMiB / 8))}MB`,
      'hnsw.iterative_scan': 'relaxed_order',
    },
  });
  const peers: Peer = { component: storeName, ports: [ports.postgres, status] };
  allowTraffic(chart, plan, {
    component: storeName,
    role: 'vector-store',
    namespace: storeNamespace,
    from: [
      ...storeClients([ports.postgres]),
      peers,
      { namespace: 'cnpg-system', ports: [status, ports.postgres] },
      fromPrometheus([9187]),
    ],
    to: [peers, tlsOut, { cidrs: ['0.0.0.0/0', '::/0'], ports: [6443] }],
  });
  addBackup(chart, plan, {
    script: uploadDump,
    storePorts: [ports.postgres],
    env: [],
    initContainers: [dumpContainer(credentials)],
    volumes: [scratch('dump', gibibytes(size.diskBytes))],
    mounts: [{ name: 'dump', mountPath: '/dump', readOnly: true }],
  });
};

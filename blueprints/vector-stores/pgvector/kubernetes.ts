import { type App, Chart } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-34';
import type { KubernetesBuilder } from '../../contract.ts';
import { postgresCluster } from '../../kubernetes/database.ts';
import { image } from '../../kubernetes/images.ts';
import { ports, serviceAccounts } from '../../kubernetes/names.ts';
import { allowTraffic, fromPrometheus, type Peer, serviceAccount, tlsOut } from '../../kubernetes/network.ts';
import { containerSecurity, gibibytes, resources, scratch } from '../../kubernetes/pod.ts';
import { addBackup, plannedStore, storeClients, storeName, storeNamespace } from '../../kubernetes/stateful-store.ts';
import { pgvectorSchema } from './schema.ts';

/** Secret CloudNativePG writes for the application that owns the database. */
const credentials = `${storeName}-app`;
const status = 8000;

/** The dump leaves the database here; the job's second step carries it to object storage. */
const dump = (databaseGiB: string): { container: k8s.Container; volume: k8s.Volume } => ({
  container: {
    name: 'dump',
    image: image('postgres'),
    command: ['/bin/sh', '-c', 'exec pg_dump --format=custom --compress=zstd --file=/dump/store.dump "$DATABASE_URL"'],
    env: [{ name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: credentials, key: 'uri' } } }],
    resources: resources(500, '512Mi'),
    securityContext: containerSecurity(),
    volumeMounts: [
      { name: 'dump', mountPath: '/dump' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  },
  volume: scratch('dump', databaseGiB),
});

const upload = `set -eu
target="s3://$BACKUP_BUCKET/$PREFIX/$(date -u +%Y-%m-%dT%H%M%SZ)/store.dump"
aws s3 cp --only-show-errors /dump/store.dump "$target"
echo "$target"
`;

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
  const { container, volume } = dump(gibibytes(size.diskBytes));
  addBackup(chart, plan, {
    script: upload,
    storePorts: [ports.postgres],
    env: [],
    initContainers: [container],
    volumes: [volume],
    mounts: [{ name: 'dump', mountPath: '/dump', readOnly: true }],
  });
};

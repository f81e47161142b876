import { type App, Chart } from 'cdk8s';
import type { KubernetesBuilder } from '../../contract.ts';
import { image } from '../../kubernetes/images.ts';
import { port } from '../../kubernetes/pod.ts';
import { externalSecret } from '../../kubernetes/secrets.ts';
import {
  addBackup,
  addStatefulStore,
  plannedStore,
  storeHeadless,
  storeKey,
  storeName,
  storeNamespace,
  storeSecret,
} from '../../kubernetes/stateful-store.ts';

const ports = { http: 6333, grpc: 6334, peer: 6335 } as const;

/** The first peer starts the consensus, the others join it; each is known by its stable name. */
const start = `own="http://$(hostname).${storeHeadless}:${ports.peer}"
case "$(hostname)" in
  *-0) exec ./entrypoint.sh --uri "$own" ;;
  *) exec ./entrypoint.sh --bootstrap "http://${storeName}-0.${storeHeadless}:${ports.peer}" --uri "$own" ;;
esac
`;

/** One snapshot of every collection on every peer: a shard lives on some peers only. */
const backup = `set -eu
stamp="$(date -u +%Y-%m-%dT%H%M%SZ)"
peer=0
while [ "$peer" -lt "$PEERS" ]; do
  base="http://${storeName}-$peer.${storeHeadless}:${ports.http}"
  for collection in $(curl -fsS -H "api-key: $STORE_KEY" "$base/collections" | grep -o '"name":"[^"]*"' | cut -d'"' -f4); do
    name="$(curl -fsS -X POST -H "api-key: $STORE_KEY" "$base/collections/$collection/snapshots?wait=true" | grep -o '"name":"[^"]*"' | head -n 1 | cut -d'"' -f4)"
    target="s3://$BACKUP_BUCKET/$PREFIX/$stamp/peer-$peer/$collection.snapshot"
    curl -fsS -H "api-key: $STORE_KEY" "$base/collections/$collection/snapshots/$name" | aws s3 cp --only-show-errors - "$target"
    curl -fsS -X DELETE -H "api-key: $STORE_KEY" "$base/collections/$collection/snapshots/$name?wait=true" > /dev/null
    echo "$target"
  done
  peer=$((peer + 1))
done
`;

export const build: KubernetesBuilder = (app, plan) => {
  const { size } = plannedStore(plan);
  const chart = new Chart(app as App, 'vector-store', { disableResourceNameHashes: true });
  externalSecret(chart, plan, {
    name: storeSecret,
    namespace: storeNamespace,
    keys: { 'api-key': ['vector-store', 'api-key'] },
  });
  addStatefulStore(chart, plan, {
    user: 1000,
    dataPath: '/qdrant/storage',
    ports: { http: ports.http, others: { grpc: ports.grpc, peer: ports.peer } },
    peerPorts: [ports.http, ports.peer],
    metrics: { port: 'http', path: '/metrics', token: true },
    extraMounts: [
      { name: 'snapshots', path: '/qdrant/snapshots', size: `${Math.ceil(size.diskBytes / 2 ** 30 / 2)}Gi` },
      { name: 'init', path: '/qdrant/init', size: '16Mi' },
    ],
    terminationSeconds: 60,
    container: {
      image: image('qdrant'),
      command: ['/bin/sh', '-c', start],
      workingDir: '/qdrant',
      env: [
        storeKey('QDRANT__SERVICE__API_KEY'),
        { name: 'QDRANT_INIT_FILE_PATH', value: '/qdrant/init/.qdrant-initialized' },
        { name: 'QDRANT__CLUSTER__ENABLED', value: 'true' },
        { name: 'QDRANT__CLUSTER__P2P__PORT', value: String(ports.peer) },
        { name: 'QDRANT__STORAGE__ON_DISK_PAYLOAD', value: 'true' },
        { name: 'QDRANT__STORAGE__COLLECTION__REPLICATION_FACTOR', value: size.nodes > 1 ? '2' : '1' },
        { name: 'QDRANT__STORAGE__COLLECTION__WRITE_CONSISTENCY_FACTOR', value: '1' },
        { name: 'QDRANT__TELEMETRY_DISABLED', value: 'true' },
      ],
      startupProbe: { httpGet: { path: '/readyz', port: port('http') }, periodSeconds: 10, failureThreshold: 60 },
      readinessProbe: { httpGet: { path: '/readyz', port: port('http') }, periodSeconds: 5, failureThreshold: 3 },
      livenessProbe: { httpGet: { path: '/livez', port: port('http') }, periodSeconds: 10, failureThreshold: 6 },
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
    },
  });
  addBackup(chart, plan, {
    script: backup,
    storePorts: [ports.http],
    env: [storeKey('STORE_KEY'), { name: 'PEERS', value: String(size.nodes) }],
  });
};

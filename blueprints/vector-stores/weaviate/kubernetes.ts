import { type App, Chart } from 'cdk8s';
import type { KubernetesBuilder } from '../../contract.ts';
import { image } from '../../kubernetes/images.ts';
import { endpoints } from '../../kubernetes/names.ts';
import { objectStorageEnvironment } from '../../kubernetes/object-storage.ts';
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

const ports = {
  http: 8080,
  grpc: 50_051,
  metrics: 2112,
  gossip: 7102,
  data: 7103,
  raft: 8300,
  raftInternal: 8301,
} as const;

/** The server copies itself to the bucket; the job starts a copy and waits for its end. */
const backup = `set -eu
id="$(date -u +%Y%m%dt%H%M%Sz)"
base="http://${storeName}:${ports.http}/v1/backups/s3"
curl -fsS -X POST -H "Authorization: Bearer $STORE_KEY" -H 'Content-Type: application/json' -d "{\\"id\\":\\"$id\\"}" "$base" > /dev/null
while true; do
  status="$(curl -fsS -H "Authorization: Bearer $STORE_KEY" "$base/$id" | grep -o '"status":"[A-Z_]*"' | cut -d'"' -f4)"
  case "$status" in
    SUCCESS) echo "$id"; exit 0 ;;
    FAILED) echo "$id failed" >&2; exit 1 ;;
  esac
  sleep 5
done
`;

export const build: KubernetesBuilder = (app, plan) => {
  const store = plannedStore(plan);
  const { nodes } = store.size;
  const names = Array.from({ length: nodes }, (_, index) => `${storeName}-${index}`);
  const chart = new Chart(app as App, 'vector-store', { disableResourceNameHashes: true });
  externalSecret(chart, plan, {
    name: storeSecret,
    namespace: storeNamespace,
    keys: { 'api-key': ['vector-store', 'api-key'] },
  });
  addStatefulStore(chart, plan, {
    user: 1000,
    dataPath: '/var/lib/weaviate',
    ports: { http: ports.http, others: { grpc: ports.grpc, metrics: ports.metrics } },
    peerPorts: [ports.gossip, ports.data, ports.raft, ports.raftInternal],
    metrics: { port: 'metrics', path: '/metrics', token: false },
    terminationSeconds: 600,
    container: {
      image: image('weaviate'),
      args: ['--host', '0.0.0.0', '--port', String(ports.http), '--scheme', 'http'],
      env: [
        { name: 'CLUSTER_HOSTNAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'CLUSTER_JOIN', value: `${storeHeadless}.${storeNamespace}.svc.cluster.local` },
        { name: 'CLUSTER_GOSSIP_BIND_PORT', value: String(ports.gossip) },
        { name: 'CLUSTER_DATA_BIND_PORT', value: String(ports.data) },
        { name: 'RAFT_JOIN', value: names.slice(0, 3).join(',') },
        { name: 'RAFT_BOOTSTRAP_EXPECT', value: String(Math.min(3, nodes)) },
        { name: 'REPLICATION_MINIMUM_FACTOR', value: nodes > 1 ? '3' : '1' },
        { name: 'PERSISTENCE_DATA_PATH', value: '/var/lib/weaviate' },
        { name: 'AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED', value: 'false' },
        { name: 'AUTHENTICATION_APIKEY_ENABLED', value: 'true' },
        storeKey('AUTHENTICATION_APIKEY_ALLOWED_KEYS'),
        { name: 'AUTHENTICATION_APIKEY_USERS', value: 'platform' },
        { name: 'AUTHORIZATION_ADMINLIST_ENABLED', value: 'true' },
        { name: 'AUTHORIZATION_ADMINLIST_USERS', value: 'platform' },
        { name: 'DEFAULT_VECTORIZER_MODULE', value: 'none' },
        { name: 'ENABLE_MODULES', value: 'backup-s3' },
        ...objectStorageEnvironment(plan, endpoints.backupBucket),
        { name: 'BACKUP_S3_BUCKET', value: `$(${endpoints.backupBucket})` },
        { name: 'BACKUP_S3_PATH', value: `${plan.name}/weaviate` },
        { name: 'LIMIT_RESOURCES', value: 'true' },
        { name: 'PROMETHEUS_MONITORING_ENABLED', value: 'true' },
        { name: 'PROMETHEUS_MONITORING_GROUP', value: 'true' },
        { name: 'DISABLE_TELEMETRY', value: 'true' },
      ],
      startupProbe: {
        httpGet: { path: '/v1/.well-known/live', port: port('http') },
        periodSeconds: 10,
        failureThreshold: 60,
      },
      readinessProbe: {
        httpGet: { path: '/v1/.well-known/ready', port: port('http') },
        periodSeconds: 5,
        failureThreshold: 3,
      },
      livenessProbe: {
        httpGet: { path: '/v1/.well-known/live', port: port('http') },
        periodSeconds: 10,
        failureThreshold: 6,
      },
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
    },
  });
  addBackup(chart, plan, { script: backup, storePorts: [ports.http], env: [storeKey('STORE_KEY')] });
};

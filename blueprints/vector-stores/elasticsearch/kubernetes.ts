import { ApiObject, type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-34';
import type { KubernetesBuilder } from '../../contract.ts';
import { storageClass } from '../../kubernetes/cluster.ts';
import { image } from '../../kubernetes/images.ts';
import { endpoints, isProduction, labels, priorityClasses, serviceAccounts } from '../../kubernetes/names.ts';
import { allowTraffic, disruptionBudget, type Peer, serviceAccount, tlsOut } from '../../kubernetes/network.ts';
import { objectStorageEnvironment } from '../../kubernetes/object-storage.ts';
import {
  containerSecurity,
  generalPlacement,
  gibibytes,
  mebibytes,
  podSecurity,
  resources,
  spreadStateful,
} from '../../kubernetes/pod.ts';
import { addBackup, plannedStore, storeClients, storeName, storeNamespace } from '../../kubernetes/stateful-store.ts';
import { versions } from '../../versions.ts';

const ports = { http: 9200, transport: 9300 } as const;
const operator: Peer = { namespace: 'elastic-system', ports: [ports.http, ports.transport] };

/** A snapshot through the store's own repository; the repository is made when it is not there. */
const backup = `set -eu
call() { curl -fsS --cacert /certificates/ca.crt -u "elastic:$STORE_KEY" -H 'Content-Type: application/json' "$@"; }
base="https://${storeName}-es-http:${ports.http}/_snapshot/backup"
call -X PUT "$base" -d "{\\"type\\":\\"s3\\",\\"settings\\":{\\"bucket\\":\\"$BACKUP_BUCKET\\",\\"base_path\\":\\"$PREFIX\\"}}" > /dev/null
name="$(date -u +%Y%m%dt%H%M%Sz)"
call -X PUT "$base/$name?wait_for_completion=true" -d '{"include_global_state":true}' | grep -q '"state":"SUCCESS"'
echo "$name"
`;

export const build: KubernetesBuilder = (app, plan) => {
  const { size } = plannedStore(plan);
  const chart = new Chart(app as App, 'vector-store', { disableResourceNameHashes: true });
  const pod: k8s.PodSpec = {
    ...generalPlacement(plan),
    serviceAccountName: serviceAccounts.vectorStore,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(),
    priorityClassName: priorityClasses.platform,
    terminationGracePeriodSeconds: 180,
    topologySpreadConstraints: spreadStateful(plan, storeName, size.nodes > 1 && isProduction(plan)),
    containers: [
      {
        name: 'elasticsearch',
        env: objectStorageEnvironment(plan, endpoints.backupBucket),
        resources: resources(size.millicores, mebibytes(size.memoryBytes)),
        // Plugins and key store are written beside the program by the operator's own init container.
        securityContext: containerSecurity(true),
      },
    ],
  };
  new ApiObject(chart, 'VectorStore', {
    apiVersion: 'elasticsearch.k8s.elastic.co/v1',
    kind: 'Elasticsearch',
    metadata: { name: storeName, namespace: storeNamespace, labels: { ...labels(plan, storeName, 'vector-store') } },
    spec: {
      version: versions.elasticsearch.version,
      image: image('elasticsearch'),
      volumeClaimDeletePolicy: 'DeleteOnScaledownOnly',
      updateStrategy: { changeBudget: { maxUnavailable: 1, maxSurge: 0 } },
      podDisruptionBudget: {},
      nodeSets: [
        {
          name: 'data',
          count: size.nodes,
          // No kernel setting is changed by a privileged init container, so files are not mapped.
          config: { 'node.store.allow_mmap': false, 'xpack.security.audit.enabled': true },
          podTemplate: {
            metadata: { labels: { ...labels(plan, storeName, 'vector-store') } },
            spec: k8s.toJson_PodSpec(pod),
          },
          volumeClaimTemplates: [
            {
              metadata: { name: 'elasticsearch-data' },
              spec: {
                accessModes: ['ReadWriteOnce'],
                ...(plan.platform.cloud === 'aws' ? { storageClassName: storageClass } : {}),
                resources: { requests: { storage: gibibytes(size.diskBytes) } },
              },
            },
          ],
        },
      ],
    },
  });
  serviceAccount(chart, plan, serviceAccounts.vectorStore, storeNamespace);
  disruptionBudget(chart, plan, { component: storeName, role: 'vector-store', namespace: storeNamespace });
  const peers: Peer = { component: storeName, ports: [ports.http, ports.transport] };
  allowTraffic(chart, plan, {
    component: storeName,
    role: 'vector-store',
    namespace: storeNamespace,
    from: [...storeClients([ports.http]), peers, operator],
    to: [peers, tlsOut],
    cloudRole: true,
  });
  addBackup(chart, plan, {
    script: backup,
    storePorts: [ports.http],
    env: [{ name: 'STORE_KEY', valueFrom: { secretKeyRef: { name: `${storeName}-es-elastic-user`, key: 'elastic' } } }],
    volumes: [{ name: 'certificates', secret: { secretName: `${storeName}-es-http-certs-public` } }],
    mounts: [{ name: 'certificates', mountPath: '/certificates', readOnly: true }],
  });
};

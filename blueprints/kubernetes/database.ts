import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { addBackupJob, backupSchedule } from './backup-job.ts';
import { snapshotClass, storageClass } from './cluster.ts';
import { image } from './images.ts';
import { isProduction, labels, namespaces, nodes, ports, serviceAccounts } from './names.ts';
import { allowTraffic, fromPrometheus, tlsOut } from './network.ts';
import { containerSecurity, resources, scratch } from './pod.ts';

const component = 'gateway-database';
const backup = `${component}-backup`;

/** Secret CloudNativePG writes for the application: host, user, password and `uri`. */
export const databaseSecret = `${component}-app`;

/** Settings every PostgreSQL of the platform shares. */
export function postgresCluster(
  scope: Construct,
  plan: Plan,
  props: {
    readonly id: string;
    readonly component: string;
    readonly role: string;
    readonly namespace: string;
    readonly instances: number;
    readonly storageGiB: number;
    readonly millicores: number;
    readonly memoryMiB: number;
    readonly database: string;
    /** Copies are snapshots of the volume by the cloud's driver. */
    readonly snapshots?: boolean;
    readonly postInitApplicationSQL?: readonly string[];
    readonly parameters?: Readonly<Record<string, string>>;
  },
): void {
  const onAws = plan.platform.cloud === 'aws';
  const metadata = {
    name: props.component,
    namespace: props.namespace,
    labels: { ...labels(plan, props.component, props.role) },
  };
  const sharedBuffersMiB = Math.max(64, Math.floor(props.memoryMiB / 4));
  new ApiObject(scope, props.id, {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata,
    spec: {
      instances: props.instances,
      imageName: image('postgres'),
      inheritedMetadata: { labels: { ...labels(plan, props.component, props.role) } },
      storage: { size: `${props.storageGiB}Gi`, ...(onAws ? { storageClass } : {}) },
      resources: {
        requests: { cpu: `${props.millicores}m`, memory: `${props.memoryMiB}Mi` },
        limits: { memory: `${props.memoryMiB}Mi` },
      },
      affinity: {
        enablePodAntiAffinity: true,
        topologyKey: isProduction(plan) ? 'kubernetes.io/hostname' : 'topology.kubernetes.io/zone',
        podAntiAffinityType: isProduction(plan) ? 'required' : 'preferred',
        ...(plan.platform.nodePools.some((pool) => pool.id === 'general')
          ? { nodeSelector: { [nodes.poolLabel]: 'general' } }
          : {}),
      },
      enablePDB: true,
      ...(props.snapshots ? { backup: { volumeSnapshot: { className: snapshotClass } } } : {}),
      primaryUpdateStrategy: 'unsupervised',
      ...(props.instances > 1
        ? {
            postgresql: {
              parameters: { shared_buffers: `${sharedBuffersMiB}MB`, ...props.parameters },
              synchronous: { method: 'any', number: 1, dataDurability: 'preferred' },
            },
          }
        : { postgresql: { parameters: { shared_buffers: `${sharedBuffersMiB}MB`, ...props.parameters } } }),
      bootstrap: {
        initdb: {
          database: props.database,
          owner: props.database,
          dataChecksums: true,
          ...(props.postInitApplicationSQL ? { postInitApplicationSQL: [...props.postInitApplicationSQL] } : {}),
        },
      },
    },
  });
}

/** Volume snapshots where the cloud's driver takes them; elsewhere a dump in object storage (P15). */
function addCopies(scope: Construct, plan: Plan): void {
  const intervalHours = Math.max(1, plan.requirements.operations.rpoHours);
  if (plan.platform.cloud !== 'aws') {
    addBackupJob(scope, plan, {
      component: backup,
      namespace: namespaces.gateway,
      serviceAccount: serviceAccounts.gateway,
      intervalHours,
      prefix: component,
      script: uploadDump,
      from: { component, ports: [ports.postgres] },
      initContainers: [dumpContainer(databaseSecret)],
      volumes: [scratch('dump', '20Gi')],
      mounts: [{ name: 'dump', mountPath: '/dump', readOnly: true }],
    });
    return;
  }
  new ApiObject(scope, 'Copies', {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'ScheduledBackup',
    metadata: { name: backup, namespace: namespaces.gateway, labels: { ...labels(plan, backup, 'backup') } },
    spec: {
      // Six fields: the operator counts seconds too.
      schedule: `0 ${backupSchedule(intervalHours)}`,
      backupOwnerReference: 'cluster',
      method: 'volumeSnapshot',
      cluster: { name: component },
    },
  });
}

/** A dump of a database to a local directory: the first step of a job whose second step carries it away. */
export function dumpContainer(credentials: string): k8s.Container {
  return {
    name: 'dump',
    image: image('postgres'),
    command: [
      '/bin/sh',
      '-c',
      'exec pg_dump --format=custom --compress=zstd --file=/dump/database.dump "$DATABASE_URL"',
    ],
    env: [{ name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: credentials, key: 'uri' } } }],
    resources: resources(500, '512Mi'),
    securityContext: containerSecurity(),
    volumeMounts: [
      { name: 'dump', mountPath: '/dump' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** Carries the dump to object storage under the prefix and the time. */
export const uploadDump = `set -eu
target="s3://$BACKUP_BUCKET/$PREFIX/$(date -u +%Y-%m-%dT%H%M%SZ)/database.dump"
aws s3 cp --only-show-errors /dump/database.dump "$target"
echo "$target"
`;

/** Keys, teams, budgets and spend of the gateway. */
export function addGatewayDatabase(scope: Construct, plan: Plan): void {
  const namespace = namespaces.gateway;
  postgresCluster(scope, plan, {
    id: 'Database',
    component,
    role: 'database',
    namespace,
    instances: isProduction(plan) ? 2 : 1,
    storageGiB: 20,
    millicores: 500,
    memoryMiB: 1024,
    database: 'gateway',
    snapshots: plan.platform.cloud === 'aws',
  });
  addCopies(scope, plan);
  allowTraffic(scope, plan, {
    component,
    role: 'database',
    namespace,
    from: [
      { component: backup, ports: [ports.postgres] },
      { component: 'gateway', ports: [ports.postgres] },
      { component: 'gateway-migrate', ports: [ports.postgres] },
      { component, ports: [ports.postgres, 8000] },
      { namespace: 'cnpg-system', ports: [8000, ports.postgres] },
      fromPrometheus([9187]),
    ],
    // The instance manager speaks to the API server.
    to: [{ component, ports: [ports.postgres, 8000] }, tlsOut, { cidrs: ['0.0.0.0/0', '::/0'], ports: [6443] }],
  });
}

import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { image } from './images.ts';
import { isProduction, labels, namespaces, nodes, ports } from './names.ts';
import { allowTraffic, fromPrometheus, tlsOut } from './network.ts';

const component = 'gateway-database';

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
      storage: { size: `${props.storageGiB}Gi`, ...(onAws ? { storageClass: 'gp3-encrypted' } : {}) },
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
  });
  allowTraffic(scope, plan, {
    component,
    role: 'database',
    namespace,
    from: [
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

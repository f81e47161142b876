import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { image } from './images.ts';
import { labels, namespaces, ports, priorityClasses, selector } from './names.ts';
import { allowTraffic, disruptionBudget } from './network.ts';
import { containerSecurity, generalPlacement, podSecurity, port, resources, scratch } from './pod.ts';
import { externalSecret } from './secrets.ts';

const component = 'gateway-cache';

/**
 * Where limits are counted and answers cached. A cloud's managed cache where there is one (its token alone is needed);
 * else one Valkey pod without a disk: after a restart limits count from zero, keys and budgets stay in the database.
 */
export function addGatewayCache(
  scope: Construct,
  plan: Plan,
  props: {
    /** Who counts in it. Envoy's limiter takes no token, so the network policy alone admits it. */
    readonly counts: 'litellm' | 'envoy';
  },
): void {
  const namespace = namespaces.gateway;
  const withToken = props.counts === 'litellm';
  if (withToken) externalSecret(scope, plan, { name: component, namespace, keys: { token: ['cache', 'token'] } });
  if (withToken && plan.platform.cloud === 'aws') return;
  const metadata = { name: component, namespace, labels: { ...labels(plan, component, 'cache') } };
  new k8s.KubeDeployment(scope, 'Cache', {
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: { ...selector(component) } },
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels: { ...labels(plan, component, 'cache') } },
        spec: {
          ...generalPlacement(plan),
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(999),
          priorityClassName: priorityClasses.platform,
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: 'cache',
              image: image('valkey'),
              command: ['/bin/sh', '-c'],
              args: [
                `exec valkey-server --save "" --appendonly no --maxmemory 400mb --maxmemory-policy volatile-lru${withToken ? ' --requirepass "$CACHE_TOKEN"' : ' --protected-mode no'}`,
              ],
              ...(withToken
                ? { env: [{ name: 'CACHE_TOKEN', valueFrom: { secretKeyRef: { name: component, key: 'token' } } }] }
                : {}),
              ports: [{ name: 'cache', containerPort: ports.cache }],
              startupProbe: { tcpSocket: { port: port('cache') }, periodSeconds: 2, failureThreshold: 30 },
              readinessProbe: { tcpSocket: { port: port('cache') }, periodSeconds: 5 },
              livenessProbe: { tcpSocket: { port: port('cache') }, periodSeconds: 10 },
              resources: resources(250, '512Mi'),
              securityContext: containerSecurity(),
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
          volumes: [scratch('data', '64Mi')],
        },
      },
    },
  });
  new k8s.KubeService(scope, 'CacheService', {
    metadata,
    spec: {
      type: 'ClusterIP',
      selector: { ...selector(component) },
      ports: [{ name: 'cache', port: ports.cache, targetPort: port('cache') }],
    },
  });
  disruptionBudget(scope, plan, { component, role: 'cache', namespace });
  allowTraffic(scope, plan, {
    component,
    role: 'cache',
    namespace,
    from: [
      withToken
        ? { component: 'gateway', ports: [ports.cache] }
        : { namespace: 'envoy-gateway-system', ports: [ports.cache] },
    ],
    to: [],
  });
}

import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { labels, namespaces, ports } from './names.ts';
import type { Peer } from './network.ts';

/**
 * What callers may reach. Everything else, `/metrics` and the servers' `/pause`, `/invocations` or `/tokenize` among
 * it, has no way in.
 */
export const publicPaths = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/responses',
  '/v1/embeddings',
  '/v1/rerank',
  '/v1/models',
] as const;

const component = 'gateway';
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** Name callers use; without a zone of one's own the entry answers to any name inside the network. */
function hostName(plan: Plan): string | undefined {
  const zone = plan.platform.existing.hostedZoneName;
  return zone ? `${plan.name}.${zone}` : undefined;
}

/** The one listener of the way in: TLS alone, with the certificate that lies in the gateway's namespace. */
export function tlsListener(plan: Plan): object {
  const host = hostName(plan);
  return {
    name: 'https',
    protocol: 'HTTPS',
    port: 443,
    ...(host ? { hostname: host } : {}),
    tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: 'gateway-tls' }] },
    allowedRoutes: { namespaces: { from: 'Same' } },
  };
}

/** Seconds a stream may be silent or last, whichever route allows most. */
export function longestStreamSeconds(plan: Plan): number {
  return Math.max(60, ...plan.gateway.routes.map((route) => route.timeoutSeconds));
}

/** A load balancer that forwards the public paths to the gateway and nothing else. Returns who then calls the gateway. */
export function addEntry(scope: Construct, plan: Plan): readonly Peer[] {
  if (plan.platform.cloud === 'aws') {
    addLoadBalancer(scope, plan);
    // The balancer's addresses are those of the network's own subnets.
    return [{ cidrs: privateRanges, ports: [ports.gateway] }];
  }
  addHttpRoute(scope, plan);
  return [{ namespace: 'envoy-gateway-system', ports: [ports.gateway] }];
}

function addLoadBalancer(scope: Construct, plan: Plan): void {
  const host = hostName(plan);
  const open = plan.requirements.application.exposure === 'public' && host !== undefined;
  new k8s.KubeIngress(scope, 'Entry', {
    metadata: {
      name: component,
      namespace: namespaces.gateway,
      labels: { ...labels(plan, component, 'entry') },
      annotations: {
        // V2: internal unless the answers name both a public use and a zone of their own.
        'alb.ingress.kubernetes.io/scheme': open ? 'internet-facing' : 'internal',
        'alb.ingress.kubernetes.io/target-type': 'ip',
        'alb.ingress.kubernetes.io/ip-address-type': plan.platform.ipv6 ? 'dualstack' : 'ipv4',
        ...(host
          ? {
              'alb.ingress.kubernetes.io/listen-ports': '[{"HTTPS":443}]',
              'alb.ingress.kubernetes.io/ssl-policy': plan.platform.fips
                ? 'ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04'
                : 'ELBSecurityPolicy-TLS13-1-2-2021-06',
            }
          : { 'alb.ingress.kubernetes.io/listen-ports': '[{"HTTP":80}]' }),
        ...(open ? { 'alb.ingress.kubernetes.io/wafv2-acl-name': `${plan.name}-entry` } : {}),
        'alb.ingress.kubernetes.io/healthcheck-path': '/health/readiness',
        'alb.ingress.kubernetes.io/healthcheck-interval-seconds': '10',
        'alb.ingress.kubernetes.io/load-balancer-attributes': [
          `idle_timeout.timeout_seconds=${longestStreamSeconds(plan)}`,
          'routing.http.drop_invalid_header_fields.enabled=true',
          'deletion_protection.enabled=true',
        ].join(','),
        'alb.ingress.kubernetes.io/target-group-attributes': 'deregistration_delay.timeout_seconds=20',
        'alb.ingress.kubernetes.io/tags': Object.entries(plan.platform.tags)
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
      },
    },
    spec: {
      ingressClassName: 'alb',
      rules: [
        {
          ...(host ? { host } : {}),
          http: {
            paths: publicPaths.map((path) => ({
              path,
              pathType: 'Exact',
              backend: { service: { name: component, port: { name: 'http' } } },
            })),
          },
        },
      ],
    },
  });
}

function addHttpRoute(scope: Construct, plan: Plan): void {
  const host = hostName(plan);
  const metadata = { name: component, namespace: namespaces.gateway, labels: { ...labels(plan, component, 'entry') } };
  new ApiObject(scope, 'EntryClass', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: plan.name, labels: { ...labels(plan, component, 'entry') } },
    spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
  });
  new ApiObject(scope, 'Entry', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata,
    spec: {
      gatewayClassName: plan.name,
      listeners: [tlsListener(plan)],
    },
  });
  const timeout = `${longestStreamSeconds(plan)}s`;
  new ApiObject(scope, 'EntryRoute', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata,
    spec: {
      parentRefs: [{ name: component }],
      ...(host ? { hostnames: [host] } : {}),
      rules: [
        {
          matches: publicPaths.map((value) => ({ path: { type: 'Exact', value } })),
          timeouts: { request: timeout, backendRequest: timeout },
          backendRefs: [{ name: component, port: ports.gateway }],
        },
      ],
    },
  });
}

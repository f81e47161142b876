import { ApiObject, type App, Chart } from 'cdk8s';
import type { Plan } from '../../../lib/plan/plan.ts';
import type { KubernetesBuilder } from '../../contract.ts';
import { addGatewayCache } from '../../kubernetes/cache.ts';
import { longestStreamSeconds, tlsListener } from '../../kubernetes/entry.ts';
import { labels, namespaces, ports } from '../../kubernetes/names.ts';
import { externalSecret } from '../../kubernetes/secrets.ts';

type Route = Plan['gateway']['routes'][number];

const component = 'gateway';
const namespace = namespaces.gateway;
/** Set from the caller's key, never by the caller. */
const userHeader = 'x-user-id';
const costKey = 'llm_total_token';

/** Where hosted providers answer, and how they speak. */
const providers: Readonly<Record<string, { readonly host: string; readonly schema: string; readonly key: string }>> = {
  openai: { host: 'api.openai.com', schema: 'OpenAI', key: 'apiKey' },
  anthropic: { host: 'api.anthropic.com', schema: 'Anthropic', key: 'anthropicAPIKey' },
};

function providerOf(target: string) {
  const name = target.includes('/') ? target.slice(0, target.indexOf('/')) : 'openai';
  const found = providers[name];
  if (!found) throw new RangeError(`Envoy AI Gateway is not built for provider ${name}: choose litellm`);
  return { name, model: target.slice(target.indexOf('/') + 1), ...found };
}

const backendName = (route: Route) =>
  route.kind === 'hosted' ? `hosted-${providerOf(route.target).name}` : route.target;

function add(chart: Chart, plan: Plan, id: string, apiVersion: string, kind: string, name: string, spec: object): void {
  new ApiObject(chart, id, {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(kind === 'GatewayClass' ? {} : { namespace }),
      labels: { ...labels(plan, component, 'gateway') },
    },
    spec,
  });
}

function addEntry(chart: Chart, plan: Plan): void {
  add(chart, plan, 'Class', 'gateway.networking.k8s.io/v1', 'GatewayClass', plan.name, {
    controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
  });
  add(chart, plan, 'Gateway', 'gateway.networking.k8s.io/v1', 'Gateway', component, {
    gatewayClassName: plan.name,
    ...(plan.platform.cloud === 'aws'
      ? {
          infrastructure: {
            annotations: {
              'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
              'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
              'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
            },
          },
        }
      : {}),
    listeners: [tlsListener(plan)],
  });
}

/** One backend a served model or provider; a self-hosted one needs no key, its network policy admits only proxies. */
function addBackends(chart: Chart, plan: Plan): void {
  const byName = new Map(plan.gateway.routes.map((route) => [backendName(route), route]));
  for (const [name, route] of byName) {
    const hosted = route.kind === 'hosted' ? providerOf(route.target) : undefined;
    const endpoint = hosted
      ? { hostname: hosted.host, port: 443 }
      : { hostname: `${route.target}.${namespaces.serving}.svc.cluster.local`, port: ports.modelServer };
    add(chart, plan, `Backend-${name}`, 'gateway.envoyproxy.io/v1alpha1', 'Backend', name, {
      endpoints: [{ fqdn: endpoint }],
    });
    add(chart, plan, `Service-${name}`, 'aigateway.envoyproxy.io/v1beta1', 'AIServiceBackend', name, {
      schema: { name: hosted?.schema ?? 'OpenAI' },
      backendRef: { group: 'gateway.envoyproxy.io', kind: 'Backend', name },
    });
    if (!hosted) continue;
    externalSecret(chart, plan, { name, namespace, keys: { apiKey: ['providers', hosted.name] } });
    add(chart, plan, `Key-${name}`, 'aigateway.envoyproxy.io/v1beta1', 'BackendSecurityPolicy', name, {
      targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name }],
      type: hosted.key === 'apiKey' ? 'APIKey' : 'AnthropicAPIKey',
      [hosted.key]: { secretRef: { name } },
    });
    add(chart, plan, `Tls-${name}`, 'gateway.networking.k8s.io/v1', 'BackendTLSPolicy', name, {
      targetRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name }],
      validation: { wellKnownCACertificates: 'System', hostname: hosted.host },
    });
  }
}

/** A rule a model name: first the routes of that name by weight, then its fallbacks in their order (D10.4). */
function addRoutes(chart: Chart, plan: Plan): void {
  const models = [...new Set(plan.gateway.routes.map((route) => route.model))];
  const reference = (route: Route, priority: number) => ({
    name: backendName(route),
    priority,
    weight: Math.max(1, route.weight),
    modelNameOverride: route.kind === 'hosted' ? providerOf(route.target).model : route.target,
  });
  add(chart, plan, 'Routes', 'aigateway.envoyproxy.io/v1beta1', 'AIGatewayRoute', component, {
    parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: component }],
    llmRequestCosts: [{ metadataKey: costKey, type: 'TotalToken' }],
    rules: models.map((model) => {
      const own = plan.gateway.routes.filter((route) => route.model === model);
      const fallbacks = own.flatMap((route) => route.fallbacks);
      const seconds = `${Math.max(...own.map((route) => route.timeoutSeconds))}s`;
      return {
        matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: model }] }],
        timeouts: { request: seconds, backendRequest: seconds },
        backendRefs: [
          ...own.map((route) => reference(route, 0)),
          ...fallbacks.flatMap((name, index) =>
            plan.gateway.routes.filter((route) => route.model === name).map((route) => reference(route, index + 1)),
          ),
        ],
      };
    }),
  });
}

function addLimits(chart: Chart, plan: Plan): void {
  const { requestsPerMinute, tokensPerMinute } = plan.gateway.rateLimitPerUser;
  const perUser = [{ headers: [{ name: userHeader, type: 'Distinct' }] }];
  const targetRefs = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: component }];
  const inFlight = plan.models.reduce((sum, model) => sum + 2 * model.limits.maxNumSeqs * model.replicas.maximum, 0);
  add(chart, plan, 'Limits', 'gateway.envoyproxy.io/v1alpha1', 'BackendTrafficPolicy', component, {
    targetRefs,
    timeout: { http: { requestTimeout: `${longestStreamSeconds(plan)}s` }, tcp: { connectTimeout: '5s' } },
    retry: {
      numRetries: 2,
      retryOn: { httpStatusCodes: [503], triggers: ['connect-failure', 'retriable-status-codes'] },
      perRetry: { backOff: { baseInterval: '200ms', maxInterval: '5s' } },
    },
    circuitBreaker: { maxParallelRequests: Math.max(1, inFlight), maxPendingRequests: Math.max(1, inFlight) },
    rateLimit: {
      type: 'Global',
      global: {
        rules: [
          { clientSelectors: perUser, limit: { requests: requestsPerMinute, unit: 'Minute' } },
          {
            // Charged after the answer: the request itself only asks whether anything is left.
            clientSelectors: perUser,
            limit: { requests: tokensPerMinute, unit: 'Minute' },
            cost: {
              request: { from: 'Number', number: 0 },
              response: { from: 'Metadata', metadata: { namespace: 'io.envoy.ai_gateway', key: costKey } },
            },
          },
        ],
      },
    },
  });
  add(chart, plan, 'Keys', 'gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy', component, {
    targetRefs,
    apiKeyAuth: {
      credentialRefs: [{ name: 'gateway-users' }],
      extractFrom: [{ headers: ['x-api-key'] }],
      forwardClientIDHeader: userHeader,
      sanitize: true,
    },
  });
}

/** Envoy AI Gateway as Gateway API objects; the proxies are its controller's. */
export const build: KubernetesBuilder = (app, plan) => {
  const chart = new Chart(app as App, 'gateway', { disableResourceNameHashes: true });
  // A property a user: the name is what limits count by, the value the key.
  new ApiObject(chart, 'Users', {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'gateway-users', namespace, labels: { ...labels(plan, component, 'gateway') } },
    spec: {
      refreshInterval: '5m0s',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'platform' },
      target: { name: 'gateway-users', creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      dataFrom: [{ extract: { key: `${plan.name}/gateway-users` } }],
    },
  });
  addGatewayCache(chart, plan, { counts: 'envoy' });
  addEntry(chart, plan);
  addBackends(chart, plan);
  addRoutes(chart, plan);
  addLimits(chart, plan);
};

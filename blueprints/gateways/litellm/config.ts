import type { Plan, ServedModel } from '../../../lib/plan/plan.ts';
import { endpoints, ports } from '../../kubernetes/names.ts';
import { servedUrl } from '../../kubernetes/serving.ts';

type Route = Plan['gateway']['routes'][number];

/** Provider of a hosted model id: `openai/…`, `bedrock/…`; a bare id belongs to OpenAI. */
function provider(target: string): string {
  return target.includes('/') ? target.slice(0, target.indexOf('/')) : 'openai';
}

/** Providers whose key is a secret; Bedrock takes the pod's own role. */
export function keyedProviders(plan: Plan): readonly string[] {
  const hosted = plan.gateway.routes.filter((route) => route.kind === 'hosted').map((route) => provider(route.target));
  return [...new Set(hosted)].filter((each) => each !== 'bedrock').sort();
}

export const providerKey = (name: string) => `${name.toUpperCase().replace(/\W/g, '_')}_API_KEY`;

const perToken = (usdPerMillion: number) => Number((usdPerMillion / 1e6).toPrecision(6));

function modeOf(model: ServedModel): 'chat' | 'embedding' | 'rerank' {
  if (model.role.startsWith('embedding')) return 'embedding';
  return model.role.startsWith('reranker') ? 'rerank' : 'chat';
}

/** `registry id@revision`: what an audit record names as the model that answered. */
const modelVersion = (model: ServedModel) => `${model.registryId}@${model.revision ?? 'unpinned'}`;

function selfHosted(route: Route, model: ServedModel) {
  return {
    model_name: route.model,
    litellm_params: {
      model: `hosted_vllm/${model.servedName}`,
      api_base: modeOf(model) === 'rerank' ? servedUrl(model) : `${servedUrl(model)}/v1`,
      // The server asks for none; the network policy admits only the gateway.
      api_key: 'none',
      weight: route.weight,
      timeout: route.timeoutSeconds,
      stream_timeout: route.timeoutSeconds,
      max_parallel_requests: 2 * model.limits.maxNumSeqs * model.replicas.maximum,
      input_cost_per_token: perToken(model.usdPerMillionInputTokens),
      output_cost_per_token: perToken(model.usdPerMillionOutputTokens),
    },
    model_info: {
      id: `${route.model}/${modelVersion(model)}`,
      mode: modeOf(model),
      max_tokens: route.maxOutputTokens,
      max_input_tokens: model.limits.maxModelLen,
    },
  };
}

function hosted(route: Route) {
  const name = provider(route.target);
  return {
    model_name: route.model,
    litellm_params: {
      model: route.target.includes('/') ? route.target : `openai/${route.target}`,
      ...(name === 'bedrock' ? {} : { api_key: `os.environ/${providerKey(name)}` }),
      weight: route.weight,
      timeout: route.timeoutSeconds,
      stream_timeout: route.timeoutSeconds,
    },
    model_info: { id: `${route.model}/${route.target}`, max_tokens: route.maxOutputTokens },
  };
}

function modelList(plan: Plan) {
  const routed = plan.gateway.routes.map((route) => {
    if (route.kind === 'hosted') return hosted(route);
    const model = plan.models.find((each) => each.role === route.target);
    if (!model) throw new RangeError(`route ${route.model} leads to ${route.target}, which the plan does not serve`);
    return selfHosted(route, model);
  });
  const targets = new Set(plan.gateway.routes.map((route) => route.target));
  // Embedding and reranking servers are reached through the same endpoint, keys and limits.
  const helpers = plan.models
    .filter((model) => !targets.has(model.role))
    .map((model) => selfHosted(helperRoute(plan, model), model));
  return [...routed, ...helpers];
}

function helperRoute(plan: Plan, model: ServedModel): Route {
  const timeoutSeconds = 2 * model.longestGenerationSeconds;
  const maxUsdPerCall = Math.max(...plan.gateway.routes.map((route) => route.maxUsdPerCall), 0);
  return {
    model: model.servedName,
    kind: 'self-hosted',
    target: model.role,
    fallbacks: [],
    weight: 1,
    timeoutSeconds,
    // A fallback of our own answers at the length of the routes; other helpers generate nothing.
    maxOutputTokens: Math.max(1, ...plan.gateway.routes.map((route) => route.maxOutputTokens)),
    maxUsdPerCall,
  };
}

/**
 * V6 as the hooks read it: by model name, tokens and USD one call may use, and the price it is reckoned with. The price of
 * a hosted model is the gateway's own, found by its name.
 */
export function callLimits(plan: Plan): Readonly<Record<string, unknown>> {
  const helpers = plan.models
    .filter((model) => !plan.gateway.routes.some((route) => route.target === model.role))
    .map((model) => helperRoute(plan, model));
  return Object.fromEntries(
    [...plan.gateway.routes, ...helpers].map((route) => {
      const { model, maxOutputTokens, maxUsdPerCall } = route;
      const served = plan.models.find((each) => each.role === route.target);
      const price = served
        ? {
            inputCost: perToken(served.usdPerMillionInputTokens),
            outputCost: perToken(served.usdPerMillionOutputTokens),
          }
        : { inputCost: 0, outputCost: 0, target: hosted(route).litellm_params.model };
      return [model, { maxOutputTokens, maxUsdPerCall, ...price }];
    }),
  );
}

/** The proxy's configuration file; secrets are names of environment variables only. */
export function litellmConfig(plan: Plan): Readonly<Record<string, unknown>> {
  const { gateway } = plan;
  if (gateway.cache.kind === 'semantic') {
    throw new RangeError('a semantic cache needs a cache that searches vectors, which no chart raises: choose exact');
  }
  const { requestsPerMinute, tokensPerMinute } = gateway.rateLimitPerUser;
  const fallbacks = gateway.routes
    .filter((route) => route.fallbacks.length > 0)
    .map((route) => ({ [route.model]: route.fallbacks }));
  const hostedProviders = [
    ...new Set(gateway.routes.filter((each) => each.kind === 'hosted').map((each) => provider(each.target))),
  ];
  const redis = {
    host: `os.environ/${endpoints.cacheHost}`,
    port: ports.cache,
    password: 'os.environ/CACHE_TOKEN',
    ...(plan.platform.cloud === 'aws' ? { ssl: true } : {}),
  };
  const longest = Math.max(60, ...gateway.routes.map((route) => route.timeoutSeconds));
  return {
    model_list: modelList(plan),
    router_settings: {
      routing_strategy: 'simple-shuffle',
      num_retries: 2,
      retry_after: 1,
      // Circuit breaker: three failures take a deployment out for half a minute.
      allowed_fails: 3,
      cooldown_time: 30,
      timeout: longest,
      fallbacks,
      redis_host: redis.host,
      redis_port: redis.port,
      redis_password: redis.password,
      ...(gateway.hostedFallbackUsdPerMonth > 0 && hostedProviders.length > 0
        ? {
            provider_budget_config: Object.fromEntries(
              hostedProviders.map((name) => [
                name,
                { budget_limit: gateway.hostedFallbackUsdPerMonth / hostedProviders.length, time_period: '30d' },
              ]),
            ),
          }
        : {}),
    },
    litellm_settings: {
      callbacks: ['prometheus', 'hooks.rules'],
      // Prompts leave the proxy by the audit path alone.
      turn_off_message_logging: !plan.audit.promptLog,
      redact_user_api_key_info: true,
      request_timeout: longest,
      drop_params: true,
      json_logs: true,
      max_budget: gateway.budgetUsdPerMonth,
      budget_duration: '30d',
      default_key_generate_params: { rpm_limit: requestsPerMinute, tpm_limit: tokensPerMinute },
      upperbound_key_generate_params: {
        max_budget: gateway.budgetUsdPerMonth,
        budget_duration: '30d',
        rpm_limit: requestsPerMinute,
        tpm_limit: tokensPerMinute,
      },
      // The network policy admits Prometheus; the public paths leave /metrics out.
      require_auth_for_metrics_endpoint: false,
      cache: gateway.cache.kind !== 'none',
      ...(gateway.cache.kind === 'none'
        ? {}
        : {
            cache_params: {
              type: 'redis',
              ...redis,
              namespace: plan.name,
              ttl: gateway.cache.ttlSeconds,
              // Invalidation rule: a new revision of a model, or the end of its time, ends an entry.
              mode: 'default_on',
            },
          }),
    },
    general_settings: {
      master_key: 'os.environ/LITELLM_MASTER_KEY',
      database_url: 'os.environ/DATABASE_URL',
      database_connection_pool_limit: 10,
      store_model_in_db: false,
      store_prompts_in_spend_logs: false,
      allow_requests_on_db_unavailable: false,
      use_redis_transaction_buffer: true,
      proxy_batch_write_at: 30,
      max_request_size_mb: 20,
      background_health_checks: false,
    },
  };
}

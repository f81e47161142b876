import type { GatewayBlueprint } from '../../contract.ts';
import { versions } from '../../versions.ts';

/** Envoy AI Gateway: Gateway API objects, token limits charged from the answer. */
export const envoyAiGateway: GatewayBlueprint = {
  title: 'Envoy AI Gateway',
  rows: ['D10.4'],
  version: versions.envoyAiGateway.version,
  pros: [
    'Gateway API objects: routes, limits and credentials as Kubernetes resources',
    'Envoy’s data path: low overhead, backpressure, streaming, retries',
    'Routes on the load of each model server through InferencePool',
  ],
  cons: [
    'Limits count tokens, not USD: no monthly budget per key',
    'A request is charged after its answer, so one large request can overrun a limit',
    'Keys live in secrets; there is no portal for teams',
  ],
  reversal: 'Clients speak OpenAI’s API: move the host name to another gateway and issue new keys.',
  sources: [versions.envoyAiGateway.source],
  unmet: ({ usdBudgets }) =>
    usdBudgets
      ? [
          {
            path: 'infrastructure.costCeilingUsdPerMonth',
            asked: 'budgets in USD per key',
            found: 'Envoy AI Gateway limits tokens, not USD',
            change: 'Choose LiteLLM, or accept token limits alone.',
          },
        ]
      : [],
  runbook: [
    {
      runbook: 'latency-degradation',
      symptom: 'Clients get 429 or 503.',
      check: 'envoy_cluster_upstream_rq_pending_overflow and ratelimit_service_over_limit by route.',
      action: 'Raise the circuit breaker with the replicas; a rate limit is raised only with the plan.',
    },
  ],
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

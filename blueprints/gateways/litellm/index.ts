import type { GatewayBlueprint } from '../../contract.ts';
import { versions } from '../../versions.ts';
import { litellmMetrics } from './metrics.ts';

/** LiteLLM proxy: keys, budgets in USD, rate and token limits, fallbacks. */
export const litellm: GatewayBlueprint = {
  title: 'LiteLLM proxy',
  rows: ['D10.4'],
  version: versions.litellm.version,
  pros: [
    'Budgets in USD per key, user and team, with a price per token for self-hosted models',
    'Fallbacks, retries and timeouts across self-hosted and hosted models',
    'Keys, teams and spend in a database of your own',
  ],
  cons: [
    'A Python proxy in the request path: a few milliseconds a request and a database to keep',
    'Two releases on PyPI were compromised in 2026: the image is pinned by digest',
    'Some controls are part of the paid edition',
  ],
  reversal: 'Clients speak OpenAI’s API: move the host name to another gateway and issue new keys.',
  sources: [versions.litellm.source],
  metrics: litellmMetrics,
  unmet: () => [],
  runbook: [
    {
      runbook: 'cost-spike',
      symptom: 'A team or user spends faster than planned.',
      check: 'GET /spend/logs and /global/spend by key; compare with the price per token in the configuration.',
      action: 'Lower the budget or rate of that key with POST /key/update; it takes effect at once.',
    },
    {
      runbook: 'latency-degradation',
      symptom: 'The gateway adds time or answers 429.',
      check: 'litellm_overhead_latency_metric and the Redis and Postgres latencies.',
      action: 'Add a gateway replica; check that Redis is reachable, since limits are counted there.',
    },
  ],
  builders: { kubernetes: () => import('./kubernetes.ts') },
};

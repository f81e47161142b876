/**
 * Metric names by meaning, as `/metrics` of the pinned version prints them (its `vllm/v1/metrics/loggers.py`). The
 * client library ends every counter in `_total`; histograms are named without `_bucket`.
 */
export const vllmMetrics = {
  requestsRunning: 'vllm:num_requests_running',
  requestsWaiting: 'vllm:num_requests_waiting',
  kvCacheUsage: 'vllm:kv_cache_usage_perc',
  timeToFirstToken: 'vllm:time_to_first_token_seconds',
  interTokenLatency: 'vllm:inter_token_latency_seconds',
  /** One observation a request: the mean gap of that request. */
  timePerOutputToken: 'vllm:request_time_per_output_token_seconds',
  endToEndLatency: 'vllm:e2e_request_latency_seconds',
  queueTime: 'vllm:request_queue_time_seconds',
  prefixCacheQueries: 'vllm:prefix_cache_queries_total',
  prefixCacheHits: 'vllm:prefix_cache_hits_total',
  promptTokens: 'vllm:prompt_tokens_total',
  generationTokens: 'vllm:generation_tokens_total',
  requestSuccess: 'vllm:request_success_total',
  preemptions: 'vllm:num_preemptions_total',
  /** Of the HTTP layer, with `status` 2xx, 4xx, 5xx. */
  httpRequests: 'http_requests_total',
} as const satisfies Record<string, string>;

/** Names that former versions used: none may appear in a rule, a dashboard or a trigger. */
export const retiredVllmMetrics: Readonly<Record<string, string>> = {
  'vllm:gpu_cache_usage_perc': vllmMetrics.kvCacheUsage,
  'vllm:time_per_output_token_seconds': vllmMetrics.interTokenLatency,
  'vllm:gpu_prefix_cache_queries': vllmMetrics.prefixCacheQueries,
  'vllm:gpu_prefix_cache_hits': vllmMetrics.prefixCacheHits,
  'vllm:num_requests_swapped': vllmMetrics.preemptions,
};

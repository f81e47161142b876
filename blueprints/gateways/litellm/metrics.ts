/** Series of the pinned LiteLLM by meaning (`litellm/types/integrations/prometheus.py`); counters end in `_total`. */
export const litellmMetrics = {
  requests: 'litellm_proxy_total_requests_metric_total',
  failures: 'litellm_proxy_failed_requests_metric_total',
  spendUsd: 'litellm_spend_metric_total',
  inputTokens: 'litellm_input_tokens_metric_total',
  outputTokens: 'litellm_output_tokens_metric_total',
  latency: 'litellm_request_total_latency_metric',
  timeToFirstToken: 'litellm_llm_api_time_to_first_token_metric',
  overhead: 'litellm_overhead_latency_metric',
  /** Of the platform's own callback. */
  auditRecords: 'groundplan_audit_records_total',
} as const satisfies Record<string, string>;

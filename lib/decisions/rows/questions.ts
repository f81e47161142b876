import { type Row, section } from './row.ts';

/** Q: what is asked before anything is proposed. */
export const questions: readonly Row[] = section('Q. The questions, all required before anything is proposed', [
  {
    id: 'Q1',
    when: 'target latency',
    rule: 'P50 and P95 goals in ms; for streaming: TTFT and TPOT (or inter-token) P50/P95; for non-streaming: end to end',
  },
  {
    id: 'Q2',
    when: 'throughput',
    rule: 'requests/s expected and peak; batch size needs; input/output token lengths as distributions (mean and P95, or a trace file)',
  },
  {
    id: 'Q3',
    when: 'model class',
    rule: 'hosted API (OpenAI, Anthropic, Google, Bedrock) or open-weight (Llama, Mistral, Qwen, …), or a concrete model id',
  },
  {
    id: 'Q4',
    when: 'fine-tuning',
    rule: 'needed or not; dataset size, format, label quality (kappa), goal (instruction following, preference, reasoning, classification/extraction, generation)',
  },
  {
    id: 'Q5',
    when: 'retrieval',
    rule: 'needed or not; corpus documents and size, update frequency, staleness tolerance, hybrid keyword need, structured/exact-match need, existing Postgres / Elasticsearch',
  },
  {
    id: 'Q6',
    when: 'infrastructure',
    rule: 'cloud, regions, GPU availability (type and count, quotas, reservations), cost ceiling per month, existing Triton / Hugging Face estate',
  },
  {
    id: 'Q7',
    when: 'compliance',
    rule: 'data residency, PII handling, audit-logging duty and retention, frameworks (GDPR, HIPAA, SOC 2, PCI DSS, FedRAMP/NIST 800-53, ISO 27001, EU AI Act)',
  },
  {
    id: 'Q8',
    when: 'application shape',
    rule: 'single call, chain, or agent (multi-step, tools, dynamic decisions); structured output (JSON, function calls) or free text; languages; safety exposure',
  },
  {
    id: 'Q9',
    when: 'operations',
    rule: 'environment (homelab, dev, staging, prod), availability goal, on-call channel, who pages, rate limits per user, RTO/RPO',
  },
]);

import { type Row, section } from './row.ts';

/** P: what the generated platform contains. */
export const parts: readonly Row[] = section('P. What the generated platform must contain', [
  {
    id: 'P1',
    rule: 'network: private by default, endpoints instead of internet paths where residency or isolation asks, flow logs',
  },
  { id: 'P2', rule: 'cluster and GPU node pools sized by the capacity plan, with quota and reservation notes' },
  {
    id: 'P3',
    rule: "model artifacts: pinned revision, checksummed, mirrored in the account's own encrypted bucket; the previous version kept runnable",
  },
  {
    id: 'P4',
    rule: 'model serving on Kubernetes: probes that allow slow loads, graceful drain, disruption budget, spread, security context, network policy, autoscaling on queue and KV use, multi-node when a model outgrows a node',
  },
  {
    id: 'P5',
    rule: 'gateway: one OpenAI-compatible endpoint, keys per team and user, rate limits, token limits, budgets, fallbacks, A/B weights, streaming (SSE), backpressure',
  },
  {
    id: 'P6',
    rule: 'retrieval: vector store, embedding and reranking servers, ingestion (queue, workers, schedule from the staleness tolerance), index schema',
  },
  {
    id: 'P7',
    rule: 'fine-tuning: dataset gates, training job, adapter registry, adapter serving, evaluation before promotion',
  },
  {
    id: 'P8',
    rule: 'evaluation: golden set of 100–200 triples; context precision > 0.75, context recall > 0.80, faithfulness > 0.85, answer relevance > 0.80; fail on a drop of > 5 points from baseline; precision@k and MRR; accuracy gate ≥ 0.85; judge stronger than the judged, > 85% agreement with people, 1–5 rubric, verbosity penalised',
  },
  { id: 'P9', rule: 'prompts: versioned, each with ≥ 3 cases (happy, edge, adversarial), run on every change' },
  {
    id: 'P10',
    rule: 'observability: traces (input, context, output, latency per step), P50/P95/P99 per endpoint with an alert on SLO breach (burn rate), tokens and cost per request, model, use case and segment; alert at +20% cost per request week over week; monthly drift evaluation on a production sample; GPU utilisation, memory, errors, temperature',
  },
  {
    id: 'P11',
    rule: 'spend: monthly budget with forecast alerts at steps up to the ceiling, anomaly detection, per-user limits, a stop that scales non-production to zero, cost allocation tags',
  },
  {
    id: 'P12',
    rule: 'safety, in this order: input validation (injection classifier or rules), system-prompt hardening, output validation (PII, toxicity, format), grounding check as a soft gate, audit log',
  },
  {
    id: 'P13',
    rule: 'audit log: all inputs and outputs with time, model version, hashed user id, latency; retention per residency rule; write-once storage; queryable; who-read-what on the log itself',
  },
  {
    id: 'P14',
    rule: 'identity and secrets: least-privilege roles per workload, external secret store, no key in any file, customer-managed encryption keys',
  },
  { id: 'P15', rule: 'backups and recovery: stores, indexes, adapters, configuration; restore drill; RTO/RPO' },
  {
    id: 'P16',
    rule: 'documents for review: architecture with diagrams, decision records with trade-offs (pros, cons, rejected options and why), cost breakdown, SLOs, data flow with trust boundaries, failure modes per external dependency, compliance matrix (control → resource → evidence), effort and risks, migration path',
  },
  {
    id: 'P17',
    rule: 'runbooks: latency degradation, cost spike, safety incident, model rollback (< 5 minutes, drilled), data-store restore, GPU node failure, capacity shortage',
  },
  {
    id: 'P18',
    rule: "load test at 2× the expected peak with P95 and error rate, and the comparison with the plan's prediction",
  },
  {
    id: 'P19',
    rule: 'rollback by kind of change (source, dependencies, data stores, model artifacts, configuration): snapshot before, grouped and atomic, validated after: inference works, retrieval works (scores, latency), embeddings intact (dimension, count, index health), training dry-run, services healthy',
  },
  {
    id: 'P20',
    rule: 'CI/CD for the generated project: synth, policy, prompts, evaluation gate, canary, promotion, rollback',
  },
  {
    id: 'P21',
    rule: 'shapes beyond one region: active-passive and active-active multi-region, edge (llama.cpp), hybrid with on-premises clusters; resource quotas per team',
  },
  {
    id: 'P22',
    rule: "a status file with the plan's predictions beside measured P95, tokens/s, cost per 1K tokens, faithfulness: placeholders until measured, filled by load test and evaluation",
  },
  {
    id: 'P23',
    rule: 'a small tested reference application on the gateway and the store: the chain or bounded agent loop of D9 with sources returned, structured output, fallbacks, streaming',
  },
  { id: 'P24', rule: 'cost per request computed from token counts at the expected volume, never from one example' },
]);

/** One row of the reference: what holds when, and what follows. Cited by id in decisions, tests and documents. */
export interface Row {
  readonly id: string;
  readonly section: string;
  /** Condition of a D row, question of a Q row; absent where the row always holds. */
  readonly when?: string;
  readonly rule: string;
}

/**
 * The reference the planner carries, as data: questions Q, decisions D, parts P and validations V. Product names stand
 * here as quotations only; which product a row admits is said by the product itself (`rows` of its facts).
 */
export const rows: readonly Row[] = [
  {
    id: 'Q1',
    section: 'Q. The questions, all required before anything is proposed',
    when: 'target latency',
    rule: 'P50 and P95 goals in ms; for streaming: TTFT and TPOT (or inter-token) P50/P95; for non-streaming: end to end',
  },
  {
    id: 'Q2',
    section: 'Q. The questions, all required before anything is proposed',
    when: 'throughput',
    rule: 'requests/s expected and peak; batch size needs; input/output token lengths as distributions (mean and P95, or a trace file)',
  },
  {
    id: 'Q3',
    section: 'Q. The questions, all required before anything is proposed',
    when: 'model class',
    rule: 'hosted API (OpenAI, Anthropic, Google, Bedrock) or open-weight (Llama, Mistral, Qwen, …), or a concrete model id',
  },
  {
    id: 'Q4',
    section: 'Q. The questions, all required before anything is proposed',
    when: 'fine-tuning',
    rule: 'needed or not; dataset size, format, label quality (kappa), goal (instruction following, preference, reasoning, classification/extraction, generation)',
  },
  {
    id: 'Q5',
    section: 'Q. The questions, all required before anything is proposed',
    when: 'retrieval',
    rule: 'needed or not; corpus documents and size, update frequency, staleness tolerance, hybrid keyword need, structured/exact-match need, existing Postgres / Elasticsearch',
  },
  {
    id: 'Q6',
    section: 'Q. The questions, all required before anything is proposed',
    when: 'infrastructure',
    rule: 'cloud, regions, GPU availability (type and count, quotas, reservations), cost ceiling per month, existing Triton / Hugging Face estate',
  },
  {
    id: 'Q7',
    section: 'Q. The questions, all required before anything is proposed',
    when: 'compliance',
    rule: 'data residency, PII handling, audit-logging duty and retention, frameworks (GDPR, HIPAA, SOC 2, PCI DSS, FedRAMP/NIST 800-53, ISO 27001, EU AI Act)',
  },
  {
    id: 'Q8',
    section: 'Q. The questions, all required before anything is proposed',
    when: 'application shape',
    rule: 'single call, chain, or agent (multi-step, tools, dynamic decisions); structured output (JSON, function calls) or free text; languages; safety exposure',
  },
  {
    id: 'Q9',
    section: 'Q. The questions, all required before anything is proposed',
    when: 'operations',
    rule: 'environment (homelab, dev, staging, prod), availability goal, on-call channel, who pages, rate limits per user, RTO/RPO',
  },
  {
    id: 'D1.1',
    section: 'D1 Adaptation: prompting, retrieval or fine-tuning',
    when: 'knowledge changes often, or > 100k documents',
    rule: 'retrieval pipeline',
  },
  {
    id: 'D1.2',
    section: 'D1 Adaptation: prompting, retrieval or fine-tuning',
    when: 'high-quality labelled data and a narrow task',
    rule: 'fine-tune a smaller model',
  },
  {
    id: 'D1.3',
    section: 'D1 Adaptation: prompting, retrieval or fine-tuning',
    when: 'otherwise',
    rule: 'few-shot prompting first; fine-tune only with evidence that prompting fails',
  },
  {
    id: 'D1.4',
    section: 'D1 Adaptation: prompting, retrieval or fine-tuning',
    when: 'narrow task at high volume where cost per request must fall',
    rule: 'distil into a smaller student, promoted only through the evaluation gate',
  },
  {
    id: 'D2.1',
    section: 'D2 Self-hosted or hosted API',
    when: 'data may not leave the infrastructure (PII, regulation)',
    rule: 'self-host; no exceptions',
  },
  {
    id: 'D2.2',
    section: 'D2 Self-hosted or hosted API',
    when: 'iteration speed matters more than cost',
    rule: 'hosted API',
  },
  {
    id: 'D2.3',
    section: 'D2 Self-hosted or hosted API',
    when: 'otherwise',
    rule: "price both at the expected token volume; self-host when the monthly API bill exceeds the infrastructure's; print the break-even volume",
  },
  {
    id: 'D3.1',
    section: 'D3 Model server',
    when: 'open-weight, high throughput (default)',
    rule: 'vLLM; chunked prefill for contexts above 16K; tensor parallelism across GPUs; automatic continuous batching and paged KV cache',
  },
  { id: 'D3.2', section: 'D3 Model server', when: 'Hugging Face estate, or vLLM lacks the model', rule: 'TGI' },
  {
    id: 'D3.3',
    section: 'D3 Model server',
    when: 'existing Triton pipelines, ensembles, or LLM served with vision/audio models',
    rule: 'Triton Inference Server',
  },
  {
    id: 'D3.4',
    section: 'D3 Model server',
    when: 'development, single user',
    rule: 'Ollama; never multi-user production traffic',
  },
  { id: 'D3.5', section: 'D3 Model server', when: 'CPU fallback or edge', rule: 'llama.cpp' },
  {
    id: 'D4.1',
    section: 'D4 Quantization: in this order, first match wins',
    when: 'P95 < 150 ms and GPU memory constrained',
    rule: 'AWQ 4-bit',
  },
  {
    id: 'D4.2',
    section: 'D4 Quantization: in this order, first match wins',
    when: 'batch workload, moderate quality tolerance',
    rule: 'GPTQ 4-bit (calibration set required)',
  },
  {
    id: 'D4.3',
    section: 'D4 Quantization: in this order, first match wins',
    when: 'CPU fallback or edge',
    rule: 'GGUF q4_K_M',
  },
  {
    id: 'D4.4',
    section: 'D4 Quantization: in this order, first match wins',
    when: 'quality-critical, enough GPU memory budget',
    rule: 'bitsandbytes NF4 with double quantization',
  },
  {
    id: 'D4.5',
    section: 'D4 Quantization: in this order, first match wins',
    when: 'no memory constraint',
    rule: 'BF16 (FP16 before Ampere)',
  },
  {
    id: 'D4.6',
    section: 'D4 Quantization: in this order, first match wins',
    when: 'ours: the checkpoint ships in a native low precision (FP8, MXFP4), or the GPU runs FP8/FP4 natively and the quality tolerance allows',
    rule: 'that precision; the record shows what D4.1–5 would have chosen and the predicted difference',
  },
  {
    id: 'D5.1',
    section: 'D5 Batching and cache',
    rule: 'continuous batching stays on; `max-num-seqs` and `max-num-batched-tokens` come from the capacity plan, not from a constant',
  },
  {
    id: 'D5.2',
    section: 'D5 Batching and cache',
    rule: 'prefix caching on when a shared prefix (system prompt, few-shot, agent history) repeats; its hit rate enters the capacity plan',
  },
  {
    id: 'D5.3',
    section: 'D5 Batching and cache',
    rule: 'speculative decoding: draft model 3–5× smaller; worth it for outputs > 200 tokens of low diversity and low batch; off otherwise',
  },
  {
    id: 'D5.4',
    section: 'D5 Batching and cache',
    rule: 'response cache (exact, optionally semantic) with an invalidation rule; prompt caching for hosted models',
  },
  {
    id: 'D5.5',
    section: 'D5 Batching and cache',
    rule: 'long context: chunked prefill, KV precision, context compression or retrieval instead, each with its cost',
  },
  {
    id: 'D6.1',
    section: 'D6 Fine-tuning method',
    when: '< 10K examples, fast iteration',
    rule: 'LoRA, rank 16–64 (peft + trl)',
  },
  {
    id: 'D6.2',
    section: 'D6 Fine-tuning method',
    when: '< 10K examples, GPU memory tight',
    rule: 'QLoRA (4-bit base) (peft + bitsandbytes)',
  },
  {
    id: 'D6.3',
    section: 'D6 Fine-tuning method',
    when: '> 100K examples, full adaptation',
    rule: 'full fine-tune, DeepSpeed ZeRO-3 (accelerate)',
  },
  {
    id: 'D6.4',
    section: 'D6 Fine-tuning method',
    when: 'instruction following, chat format',
    rule: 'SFT with the chat template',
  },
  { id: 'D6.5', section: 'D6 Fine-tuning method', when: 'preference alignment; reasoning', rule: 'DPO; GRPO' },
  {
    id: 'D6.6',
    section: 'D6 Fine-tuning method',
    when: '10K–100K (no row above)',
    rule: 'LoRA rank 64, and full fine-tune as the costed alternative',
  },
  {
    id: 'D6.7',
    section: 'D6 Fine-tuning method',
    when: 'defaults',
    rule: 'LoRA rank 16 for classification/extraction, 64 for generation; lr 2e-4 LoRA, 1e-5…5e-5 full; gradient accumulation to fill memory; ≥ 10% held out; evaluate every 200–500 steps; stop after 3 evaluations without improvement',
  },
  {
    id: 'D6.8',
    section: 'D6 Fine-tuning method',
    when: 'data gates before training',
    rule: "MinHash duplicates < 1%; no PII if data leaves the trust boundary; Cohen's kappa > 0.8 for classification; one chat template",
  },
  {
    id: 'D7.1',
    section: 'D7 Vector store',
    when: '< 1M documents, updates weekly or slower; or structured data / exact match',
    rule: 'pgvector on Postgres (HNSW), hybrid with full-text',
  },
  {
    id: 'D7.2',
    section: 'D7 Vector store',
    when: '< 10M documents, daily updates',
    rule: 'Qdrant self-hosted, or Weaviate',
  },
  {
    id: 'D7.3',
    section: 'D7 Vector store',
    when: '> 10M documents, real-time updates, managed wanted',
    rule: 'Pinecone, or Weaviate with replication',
  },
  {
    id: 'D7.4',
    section: 'D7 Vector store',
    when: 'hybrid keyword + vector as a first-class need at any scale',
    rule: 'Elasticsearch (dense_vector + BM25); OpenSearch where the AWS-managed service is wanted',
  },
  {
    id: 'D7.5',
    section: 'D7 Vector store',
    when: 'any store',
    rule: 'must meet residency, PII, encryption and backup limits first; what is left is ranked by monthly cost; a store rejected says by which limit',
  },
  { id: 'D8.1', section: 'D8 Chunking, retrieval, embedding', rule: 'fixed-size 512 tokens, overlap 50–64: default' },
  {
    id: 'D8.2',
    section: 'D8 Chunking, retrieval, embedding',
    rule: 'semantic chunking when structure is inconsistent (split where similarity drops, threshold 0.85)',
  },
  {
    id: 'D8.3',
    section: 'D8 Chunking, retrieval, embedding',
    rule: 'hierarchical for long sectioned documents (summaries above, chunks below)',
  },
  {
    id: 'D8.4',
    section: 'D8 Chunking, retrieval, embedding',
    rule: 'hybrid retrieval = dense cosine + BM25, reciprocal rank fusion, alpha 0.5 until tuned on the evaluation set',
  },
  {
    id: 'D8.5',
    section: 'D8 Chunking, retrieval, embedding',
    rule: 'cross-encoder rerank of the top 20 to the top 5, 30–50 ms in the latency budget',
  },
  {
    id: 'D8.6',
    section: 'D8 Chunking, retrieval, embedding',
    rule: 'HyDE query expansion for low-recall cases; MMR where diversity matters',
  },
  {
    id: 'D8.7',
    section: 'D8 Chunking, retrieval, embedding',
    rule: 'embedding: text-embedding-3-large (quality) or -small (cost) when hosted is allowed; bge-large-en-v1.5 or e5-mistral-7b-instruct self-hosted; current better ones as costed options',
  },
  {
    id: 'D8.8',
    section: 'D8 Chunking, retrieval, embedding',
    rule: "never two embedding models in one index: the collection's name carries model and dimension, and a check refuses a mismatch",
  },
  {
    id: 'D9.1',
    section: 'D9 Application shape',
    when: 'multi-step reasoning, tools, dynamic decisions',
    rule: 'agent loop with explicit state, iteration and token limits',
  },
  { id: 'D9.2', section: 'D9 Application shape', when: 'otherwise', rule: 'simple prompt chain' },
  {
    id: 'D9.3',
    section: 'D9 Application shape',
    when: 'JSON, function calls, typed data',
    rule: "structured output / function calling (the server's guided decoding and tool parser are configured); never prose instructions alone",
  },
  {
    id: 'D9.4',
    section: 'D9 Application shape',
    when: 'free text',
    rule: 'format checks and content filters after generation',
  },
  {
    id: 'D10.1',
    section: 'D10 Routing among models',
    rule: 'cost first: cheap model by default, escalate on a stated quality signal',
  },
  {
    id: 'D10.2',
    section: 'D10 Routing among models',
    rule: 'cascade: fast model → explicit quality check → large model',
  },
  { id: 'D10.3', section: 'D10 Routing among models', rule: 'semantic: classify the query, send to the specialist' },
  {
    id: 'D10.4',
    section: 'D10 Routing among models',
    rule: 'fallback on unavailability: cheaper model → cached response → informative error; retries with exponential backoff, circuit breaker; never a raw exception',
  },
  {
    id: 'D10.5',
    section: 'D10 Routing among models',
    rule: 'A/B: 5–10% to the challenger; business metrics; promote only at p < 0.05',
  },
  {
    id: 'D11',
    section: 'D11 Node provisioning (ours)',
    rule: 'managed node groups, Karpenter, or the cloud’s auto mode; on-demand, spot, reserved capacity (ODCR, capacity blocks, savings plans): chosen by cost, availability goal, interruption tolerance and the fee of each, with the sum shown',
  },
  {
    id: 'P1',
    section: 'P. What the generated platform must contain',
    rule: 'network: private by default, endpoints instead of internet paths where residency or isolation asks, flow logs',
  },
  {
    id: 'P2',
    section: 'P. What the generated platform must contain',
    rule: 'cluster and GPU node pools sized by the capacity plan, with quota and reservation notes',
  },
  {
    id: 'P3',
    section: 'P. What the generated platform must contain',
    rule: "model artifacts: pinned revision, checksummed, mirrored in the account's own encrypted bucket; the previous version kept runnable",
  },
  {
    id: 'P4',
    section: 'P. What the generated platform must contain',
    rule: 'model serving on Kubernetes: probes that allow slow loads, graceful drain, disruption budget, spread, security context, network policy, autoscaling on queue and KV use, multi-node when a model outgrows a node',
  },
  {
    id: 'P5',
    section: 'P. What the generated platform must contain',
    rule: 'gateway: one OpenAI-compatible endpoint, keys per team and user, rate limits, token limits, budgets, fallbacks, A/B weights, streaming (SSE), backpressure',
  },
  {
    id: 'P6',
    section: 'P. What the generated platform must contain',
    rule: 'retrieval: vector store, embedding and reranking servers, ingestion (queue, workers, schedule from the staleness tolerance), index schema',
  },
  {
    id: 'P7',
    section: 'P. What the generated platform must contain',
    rule: 'fine-tuning: dataset gates, training job, adapter registry, adapter serving, evaluation before promotion',
  },
  {
    id: 'P8',
    section: 'P. What the generated platform must contain',
    rule: 'evaluation: golden set of 100–200 triples; context precision > 0.75, context recall > 0.80, faithfulness > 0.85, answer relevance > 0.80; fail on a drop of > 5 points from baseline; precision@k and MRR; accuracy gate ≥ 0.85; judge stronger than the judged, > 85% agreement with people, 1–5 rubric, verbosity penalised',
  },
  {
    id: 'P9',
    section: 'P. What the generated platform must contain',
    rule: 'prompts: versioned, each with ≥ 3 cases (happy, edge, adversarial), run on every change',
  },
  {
    id: 'P10',
    section: 'P. What the generated platform must contain',
    rule: 'observability: traces (input, context, output, latency per step), P50/P95/P99 per endpoint with an alert on SLO breach (burn rate), tokens and cost per request, model, use case and segment; alert at +20% cost per request week over week; monthly drift evaluation on a production sample; GPU utilisation, memory, errors, temperature',
  },
  {
    id: 'P11',
    section: 'P. What the generated platform must contain',
    rule: 'spend: monthly budget with forecast alerts at steps up to the ceiling, anomaly detection, per-user limits, a stop that scales non-production to zero, cost allocation tags',
  },
  {
    id: 'P12',
    section: 'P. What the generated platform must contain',
    rule: 'safety, in this order: input validation (injection classifier or rules), system-prompt hardening, output validation (PII, toxicity, format), grounding check as a soft gate, audit log',
  },
  {
    id: 'P13',
    section: 'P. What the generated platform must contain',
    rule: 'audit log: all inputs and outputs with time, model version, hashed user id, latency; retention per residency rule; write-once storage; queryable; who-read-what on the log itself',
  },
  {
    id: 'P14',
    section: 'P. What the generated platform must contain',
    rule: 'identity and secrets: least-privilege roles per workload, external secret store, no key in any file, customer-managed encryption keys',
  },
  {
    id: 'P15',
    section: 'P. What the generated platform must contain',
    rule: 'backups and recovery: stores, indexes, adapters, configuration; restore drill; RTO/RPO',
  },
  {
    id: 'P16',
    section: 'P. What the generated platform must contain',
    rule: 'documents for review: architecture with diagrams, decision records with trade-offs (pros, cons, rejected options and why), cost breakdown, SLOs, data flow with trust boundaries, failure modes per external dependency, compliance matrix (control → resource → evidence), effort and risks, migration path',
  },
  {
    id: 'P17',
    section: 'P. What the generated platform must contain',
    rule: 'runbooks: latency degradation, cost spike, safety incident, model rollback (< 5 minutes, drilled), data-store restore, GPU node failure, capacity shortage',
  },
  {
    id: 'P18',
    section: 'P. What the generated platform must contain',
    rule: "load test at 2× the expected peak with P95 and error rate, and the comparison with the plan's prediction",
  },
  {
    id: 'P19',
    section: 'P. What the generated platform must contain',
    rule: 'rollback by kind of change (source, dependencies, data stores, model artifacts, configuration): snapshot before, grouped and atomic, validated after: inference works, retrieval works (scores, latency), embeddings intact (dimension, count, index health), training dry-run, services healthy',
  },
  {
    id: 'P20',
    section: 'P. What the generated platform must contain',
    rule: 'CI/CD for the generated project: synth, policy, prompts, evaluation gate, canary, promotion, rollback',
  },
  {
    id: 'P21',
    section: 'P. What the generated platform must contain',
    rule: 'shapes beyond one region: active-passive and active-active multi-region, edge (llama.cpp), hybrid with on-premises clusters; resource quotas per team',
  },
  {
    id: 'P22',
    section: 'P. What the generated platform must contain',
    rule: "a status file with the plan's predictions beside measured P95, tokens/s, cost per 1K tokens, faithfulness: placeholders until measured, filled by load test and evaluation",
  },
  {
    id: 'P23',
    section: 'P. What the generated platform must contain',
    rule: 'a small tested reference application on the gateway and the store: the chain or bounded agent loop of D9 with sources returned, structured output, fallbacks, streaming',
  },
  {
    id: 'P24',
    section: 'P. What the generated platform must contain',
    rule: 'cost per request computed from token counts at the expected volume, never from one example',
  },
  {
    id: 'V1',
    section: 'V. Input validation that always holds',
    rule: 'a registry model id matches `^(openai|anthropic|huggingface|custom)/[\\w\\-\\.]+:\\d+\\.\\d+$`; a Hugging Face id and revision map to it',
  },
  {
    id: 'V2',
    section: 'V. Input validation that always holds',
    rule: 'inference endpoints are internal or on the approved domain list',
  },
  {
    id: 'V3',
    section: 'V. Input validation that always holds',
    rule: 'training data paths match `^/data/(training|validation)/[\\w\\-/]+\\.(jsonl|parquet|csv)$` inside the training container',
  },
  {
    id: 'V4',
    section: 'V. Input validation that always holds',
    rule: 'a training job asks for at most the quota (8 GPUs, 256 GB memory unless the answers raise it)',
  },
  {
    id: 'V5',
    section: 'V. Input validation that always holds',
    rule: 'no secret is accepted in an answer, and none is written to any output',
  },
  {
    id: 'V6',
    section: 'V. Input validation that always holds',
    rule: 'every call has a token limit, a cost budget, a latency target and a fallback',
  },
  {
    id: 'V7',
    section: 'V. Input validation that always holds',
    rule: 'targets when the answers leave them to a preset: P95 first token < 200 ms, > 100 output tokens/s per stream',
  },
];

const byId = new Map(rows.map((row) => [row.id, row]));

export function findRow(id: string): Row | undefined {
  return byId.get(id);
}

/** Rows of one decision: `D7` gives D7.1 … D7.5. */
export function rowsOf(decisionId: string): readonly Row[] {
  return rows.filter((row) => row.id === decisionId || row.id.startsWith(`${decisionId}.`));
}

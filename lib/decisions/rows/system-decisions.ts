import { type Row, section } from './row.ts';

/** D7 to D11: what stands around the model. */
export const systemDecisions: readonly Row[] = [
  ...section('D7 Vector store', [
    {
      id: 'D7.1',
      when: '< 1M documents, updates weekly or slower; or structured data / exact match',
      rule: 'pgvector on Postgres (HNSW), hybrid with full-text',
    },
    { id: 'D7.2', when: '< 10M documents, daily updates', rule: 'Qdrant self-hosted, or Weaviate' },
    {
      id: 'D7.3',
      when: '> 10M documents, real-time updates, managed wanted',
      rule: 'Pinecone, or Weaviate with replication',
    },
    {
      id: 'D7.4',
      when: 'hybrid keyword + vector as a first-class need at any scale',
      rule: 'Elasticsearch (dense_vector + BM25); OpenSearch where the AWS-managed service is wanted',
    },
    {
      id: 'D7.5',
      when: 'any store',
      rule: 'must meet residency, PII, encryption and backup limits first; what is left is ranked by monthly cost; a store rejected says by which limit',
    },
  ]),
  ...section('D8 Chunking, retrieval, embedding', [
    { id: 'D8.1', rule: 'fixed-size 512 tokens, overlap 50–64: default' },
    {
      id: 'D8.2',
      rule: 'semantic chunking when structure is inconsistent (split where similarity drops, threshold 0.85)',
    },
    { id: 'D8.3', rule: 'hierarchical for long sectioned documents (summaries above, chunks below)' },
    {
      id: 'D8.4',
      rule: 'hybrid retrieval = dense cosine + BM25, reciprocal rank fusion, alpha 0.5 until tuned on the evaluation set',
    },
    { id: 'D8.5', rule: 'cross-encoder rerank of the top 20 to the top 5, 30–50 ms in the latency budget' },
    { id: 'D8.6', rule: 'HyDE query expansion for low-recall cases; MMR where diversity matters' },
    {
      id: 'D8.7',
      rule: 'embedding: text-embedding-3-large (quality) or -small (cost) when hosted is allowed; bge-large-en-v1.5 or e5-mistral-7b-instruct self-hosted; current better ones as costed options',
    },
    {
      id: 'D8.8',
      rule: "never two embedding models in one index: the collection's name carries model and dimension, and a check refuses a mismatch",
    },
  ]),
  ...section('D9 Application shape', [
    {
      id: 'D9.1',
      when: 'multi-step reasoning, tools, dynamic decisions',
      rule: 'agent loop with explicit state, iteration and token limits',
    },
    { id: 'D9.2', when: 'otherwise', rule: 'simple prompt chain' },
    {
      id: 'D9.3',
      when: 'JSON, function calls, typed data',
      rule: "structured output / function calling (the server's guided decoding and tool parser are configured); never prose instructions alone",
    },
    { id: 'D9.4', when: 'free text', rule: 'format checks and content filters after generation' },
  ]),
  ...section('D10 Routing among models', [
    { id: 'D10.1', rule: 'cost first: cheap model by default, escalate on a stated quality signal' },
    { id: 'D10.2', rule: 'cascade: fast model → explicit quality check → large model' },
    { id: 'D10.3', rule: 'semantic: classify the query, send to the specialist' },
    {
      id: 'D10.4',
      rule: 'fallback on unavailability: cheaper model → cached response → informative error; retries with exponential backoff, circuit breaker; never a raw exception',
    },
    { id: 'D10.5', rule: 'A/B: 5–10% to the challenger; business metrics; promote only at p < 0.05' },
  ]),
  ...section('D11 Node provisioning (ours)', [
    {
      id: 'D11',
      rule: 'managed node groups, Karpenter, or the cloud’s auto mode; on-demand, spot, reserved capacity (ODCR, capacity blocks, savings plans): chosen by cost, availability goal, interruption tolerance and the fee of each, with the sum shown',
    },
  ]),
];

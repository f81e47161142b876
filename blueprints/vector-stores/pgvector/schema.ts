import type { Plan } from '../../../lib/plan/plan.ts';

/** PostgreSQL's configuration of a language for full text search; `simple` where it has none. */
const configurations: Readonly<Record<string, string>> = {
  da: 'danish',
  de: 'german',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  it: 'italian',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
};

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Candidates each half of a hybrid query brings; fused by reciprocal rank with the usual constant of 60 (D8.4). */
const candidates = 40;
const rankConstant = 60;

/**
 * The collection as a table: its name carries model and dimension (D8.8), and the column's own type refuses another
 * dimension. Vectors are half precision, half the memory of single; cosine distance; HNSW with the engine's defaults.
 *
 * One statement an element, in order; each can be run again.
 */
export function pgvectorSchema(plan: Plan): readonly string[] {
  const store = plan.vectorStore;
  if (!store) return [];
  const table = quoted(store.collection);
  const language = configurations[plan.requirements.application.languages[0] ?? ''] ?? 'simple';
  const index = (suffix: string) => quoted(`${store.collection.slice(0, 50)}_${suffix}`);
  const statements = [
    'CREATE EXTENSION IF NOT EXISTS vector',
    `CREATE TABLE IF NOT EXISTS ${table} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  document_id text NOT NULL,
  chunk integer NOT NULL,
  content text NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  content_hash bytea NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  embedding halfvec(${store.dimension}) NOT NULL,
  words tsvector GENERATED ALWAYS AS (to_tsvector('${language}', content)) STORED,
  UNIQUE (document_id, chunk)
)`,
    `CREATE INDEX IF NOT EXISTS ${index('hnsw')} ON ${table} USING hnsw (embedding halfvec_cosine_ops)`,
    `CREATE INDEX IF NOT EXISTS ${index('metadata')} ON ${table} USING gin (metadata jsonb_path_ops)`,
  ];
  if (!plan.retrieval?.hybrid) return statements;
  const { alpha } = plan.retrieval;
  return [
    ...statements,
    `CREATE INDEX IF NOT EXISTS ${index('words')} ON ${table} USING gin (words)`,
    `CREATE OR REPLACE FUNCTION ${quoted(`${store.collection.slice(0, 55)}_search`)}(query text, query_embedding halfvec(${store.dimension}), wanted integer)
RETURNS TABLE (id bigint, document_id text, content text, score double precision)
LANGUAGE sql STABLE AS $$
  WITH dense AS (
    SELECT t.id, row_number() OVER (ORDER BY t.embedding <=> query_embedding) AS place
    FROM ${table} t ORDER BY t.embedding <=> query_embedding LIMIT ${candidates}
  ), sparse AS (
    SELECT t.id, row_number() OVER (ORDER BY ts_rank_cd(t.words, q) DESC, t.id) AS place
    FROM ${table} t, websearch_to_tsquery('${language}', query) q
    WHERE t.words @@ q ORDER BY ts_rank_cd(t.words, q) DESC, t.id LIMIT ${candidates}
  )
  SELECT t.id, t.document_id, t.content,
    (${alpha} * coalesce(1.0 / (${rankConstant} + dense.place), 0) + ${Number((1 - alpha).toFixed(6))} * coalesce(1.0 / (${rankConstant} + sparse.place), 0))::double precision
  FROM dense FULL JOIN sparse USING (id) JOIN ${table} t USING (id)
  ORDER BY 4 DESC, t.id LIMIT wanted
$$`,
  ];
}

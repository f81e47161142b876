import type { Source } from '../catalog/source.ts';

/** What D8 must know of an embedding or reranking model beyond its shapes. */
export interface RetrievalModelFacts {
  readonly id: string;
  readonly hosted: boolean;
  readonly dimension: number;
  readonly maxTokens: number;
  /** `en`, or `any` for a hundred languages and more. */
  readonly languages: 'en' | 'any';
  /** `D8.7` where the reference names it; absent on the current, costed options. */
  readonly row?: 'D8.7';
  /** The reference’s own split of the models it names. */
  readonly grade: 'quality' | 'cost';
  readonly source: Source;
}

const hosted: Source = {
  ref: 'litellm model_prices_and_context_window.json',
  date: '2026-08-01',
  note: 'dimension and context of the model',
};
const card = (id: string): Source => ({
  ref: `huggingface.co/${id}`,
  date: '2026-08-21',
  note: 'shapes and usable tokens of the model’s configuration',
});

export const embeddingModels: readonly RetrievalModelFacts[] = [
  {
    id: 'text-embedding-3-large',
    hosted: true,
    dimension: 3072,
    maxTokens: 8191,
    languages: 'any',
    row: 'D8.7',
    grade: 'quality',
    source: hosted,
  },
  {
    id: 'text-embedding-3-small',
    hosted: true,
    dimension: 1536,
    maxTokens: 8191,
    languages: 'any',
    row: 'D8.7',
    grade: 'cost',
    source: hosted,
  },
  {
    id: 'BAAI/bge-large-en-v1.5',
    hosted: false,
    dimension: 1024,
    maxTokens: 512,
    languages: 'en',
    row: 'D8.7',
    grade: 'cost',
    source: card('BAAI/bge-large-en-v1.5'),
  },
  {
    id: 'intfloat/e5-mistral-7b-instruct',
    hosted: false,
    dimension: 4096,
    maxTokens: 4096,
    languages: 'en',
    row: 'D8.7',
    grade: 'quality',
    source: card('intfloat/e5-mistral-7b-instruct'),
  },
  {
    id: 'BAAI/bge-m3',
    hosted: false,
    dimension: 1024,
    maxTokens: 8192,
    languages: 'any',
    grade: 'cost',
    source: card('BAAI/bge-m3'),
  },
  {
    id: 'Qwen/Qwen3-Embedding-0.6B',
    hosted: false,
    dimension: 1024,
    maxTokens: 32_768,
    languages: 'any',
    grade: 'cost',
    source: card('Qwen/Qwen3-Embedding-0.6B'),
  },
  {
    id: 'Qwen/Qwen3-Embedding-4B',
    hosted: false,
    dimension: 2560,
    maxTokens: 32_768,
    languages: 'any',
    grade: 'quality',
    source: card('Qwen/Qwen3-Embedding-4B'),
  },
  {
    id: 'Qwen/Qwen3-Embedding-8B',
    hosted: false,
    dimension: 4096,
    maxTokens: 32_768,
    languages: 'any',
    grade: 'quality',
    source: card('Qwen/Qwen3-Embedding-8B'),
  },
];

/** Rerankers in the order they are tried; the first that keeps 30 to 50 ms on its machine, else the smallest. */
export const rerankers: readonly string[] = ['BAAI/bge-reranker-v2-m3', 'Qwen/Qwen3-Reranker-0.6B'];

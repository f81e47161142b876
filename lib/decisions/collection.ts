import type { Reason } from '../outcome.ts';

/** `support-docs--bge-large-en-v1-5--1024`: model and dimension in the name (D8.8). */
export function collectionName(platform: string, embeddingModelId: string, dimension: number): string {
  const model = embeddingModelId.split('/').at(-1) ?? embeddingModelId;
  return `${platform}--${model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}--${dimension}`;
}

/** D8.8: a collection refuses vectors of another model or dimension. */
export function collectionMismatch(
  collection: string,
  embeddingModelId: string,
  dimension: number,
): Reason | undefined {
  const [platform = ''] = collection.split('--');
  const expected = collectionName(platform, embeddingModelId, dimension);
  if (collection === expected) return undefined;
  return {
    path: 'vectorStore.collection',
    asked: expected,
    found: collection,
    change: 'Write into a collection of this model and dimension; never two embedding models in one index.',
  };
}

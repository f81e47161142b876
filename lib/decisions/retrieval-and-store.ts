import type { Catalog } from '../catalog/catalog.ts';
import type { CostLine } from '../catalog/products.ts';
import { type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import { collectionName } from './collection.ts';
import { vectorStoreLoad } from './corpus.ts';
import type { RetrievalChoice, ServedChoice, VectorStoreChoice } from './decided.ts';
import { serversOfHelpers } from './model-server.ts';
import type { Decision } from './record.ts';
import { chooseRetrieval } from './retrieval.ts';
import { chooseVectorStore } from './vector-store.ts';
import { monthlyVolume } from './volume.ts';

export interface DecidedRetrieval {
  readonly store: VectorStoreChoice;
  readonly retrieval: RetrievalChoice;
  readonly served: readonly ServedChoice[];
  readonly costLines: readonly CostLine[];
  readonly records: readonly [Decision, Decision];
}

/** D7 and D8: the embedding sets the dimension, the dimension the store, the store the latency of a search. */
function decideRetrieval(
  requirements: Requirements,
  catalog: Catalog,
  regions: readonly [string, ...string[]],
): Outcome<DecidedRetrieval | undefined> {
  if (!requirements.retrieval.needed) return ok(undefined);
  const draft = chooseRetrieval(requirements, catalog, monthlyVolume(requirements), serversOfHelpers(catalog), regions);
  if (!draft.ok) return draft;
  const { embeddingDimension, embeddingModelId } = draft.value.value;
  const load = vectorStoreLoad(requirements, regions[0], embeddingDimension);
  const collection = collectionName(requirements.name, embeddingModelId, embeddingDimension);
  const store = chooseVectorStore(requirements, catalog, load, collection);
  if (!store.ok) return store;
  const { queryMilliseconds } = store.value.value;
  const retrieval = draft.value.record(queryMilliseconds, store.value.record.choiceTitle);
  return ok({
    store: store.value.value,
    retrieval: retrieval.value,
    served: draft.value.served,
    costLines: [...draft.value.costLines, ...store.value.value.costLines],
    records: [store.value.record, retrieval.record],
  });
}

export type RetrievalDecider = (
  requirements: Requirements,
  regions: readonly [string, ...string[]],
) => Outcome<DecidedRetrieval | undefined>;

/** D7 and D8 for one catalogue, remembered while the answers they read stay the same: most neighbours share them. */
export function retrievalDecider(catalog: Catalog): RetrievalDecider {
  const remembered = new Map<string, Outcome<DecidedRetrieval | undefined>>();
  return (requirements, regions) => {
    const key = JSON.stringify([regions, answersRead(requirements)]);
    const known = remembered.get(key) ?? decideRetrieval(requirements, catalog, regions);
    remembered.set(key, known);
    return known;
  };
}

function answersRead({ name, preset, pins, model, application, ...sections }: Requirements): unknown {
  const { retrieval, compliance, infrastructure, operations, throughput, latency } = sections;
  const { qualityTolerance, class: modelClass } = model;
  const { languages } = application;
  return [
    name,
    preset,
    pins,
    qualityTolerance,
    modelClass,
    languages,
    retrieval,
    compliance,
    infrastructure,
    operations,
    throughput,
    latency,
  ];
}

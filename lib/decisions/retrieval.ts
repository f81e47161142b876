import type { Catalog } from '../catalog/catalog.ts';
import type { CostLine } from '../catalog/products.ts';
import { type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import { chunkOverlapTokens, chunkTokens } from './chunking.ts';
import type { RetrievalChoice, ServedChoice } from './decided.ts';
import { capacityModel, count, evidence, recordOf, settle } from './decision.ts';
import { embeddingRuling, type PricedEmbedding, price, queryTokens } from './embedding.ts';
import { embeddingModels, type RetrievalModelFacts, rerankers } from './embedding-models.ts';
import {
  type HelperMachines,
  type HelperProducts,
  type HelperServer,
  helperMachines,
  helperServer,
} from './helper-servers.ts';
import { ingestionSchedule, scheduleText } from './ingestion-schedule.ts';
import type { Decision } from './record.ts';
import type { Volume } from './volume.ts';

const semanticThreshold = 0.85;

const untunedAlpha = 0.5;

const rerankFrom = 20;

const rerankTo = 5;

/** D8.5: what a cross-encoder may add. */
const rerankBudgetMs = { low: 30, high: 50 };

/** Reranking that takes longer is left out: on processors alone it would outlast the answer. */
const longestRerankMs = 2000;

/** One short generation before the search (D8.6). */
const hydeOutputTokens = 100;

const fusionMs = 1;

const mmrMs = 2;

/** What the search adds before a store is known; the store's own query time comes with D7. */
export interface RetrievalDraft {
  readonly value: Omit<RetrievalChoice, 'steps' | 'addedLatencyMs'>;
  readonly steps: RetrievalChoice['steps'];
  readonly served: readonly ServedChoice[];
  readonly costLines: readonly CostLine[];
  readonly record: (storeMilliseconds: number, storeTitle: string) => { value: RetrievalChoice; record: Decision };
}

/** D8: chunking, embedding, fusion, reranking, with the latency each step adds. Returns nothing without retrieval. */
export function chooseRetrieval(
  requirements: Requirements,
  catalog: Catalog,
  volume: Volume,
  products: HelperProducts,
  regions: readonly [string, ...string[]],
): Outcome<RetrievalDraft> {
  const every = helperMachines(requirements, catalog, regions[0]);
  const peak = requirements.throughput.requestsPerSecond?.peak ?? 0.5;
  const reranker = chooseReranker(requirements, catalog, every, products, peak);
  // Both helpers share a pool of one machine type; reranking is the heavier and picks it.
  const shared = every.gpus.filter((machine) => !reranker?.served.gpuId || machine.gpu.id === reranker.served.gpuId);
  const machines = { ...every, gpus: shared.length ? shared : every.gpus };
  const priced = embeddingModels.map((facts) => price(facts, requirements, catalog, volume, machines, products, peak));
  const settled = settle(
    'D8',
    requirements.pins,
    priced.map((row) => row.option),
    embeddingRuling(requirements),
  );
  if (!settled.ok) return settled;
  const chosen = priced.find((row) => row.facts.id === settled.value.choice);
  if (!chosen) throw new Error(`no embedding model ${settled.value.choice}`);
  const value = retrievalValue(requirements, chosen.facts, reranker);
  const steps = retrievalSteps(requirements, chosen, reranker);
  return ok({
    value,
    steps,
    served: [...(chosen.helper ? [chosen.helper.served] : []), ...(reranker ? [reranker.served] : [])],
    costLines: chosen.line ? [chosen.line] : [],
    record: (storeMilliseconds, storeTitle) => {
      const all = [...steps, { id: 'search', title: `Search in ${storeTitle}`, milliseconds: storeMilliseconds }];
      const addedLatencyMs = Math.round(all.reduce((sum, step) => sum + step.milliseconds, 0));
      const full = { ...value, steps: all, addedLatencyMs };
      return { value: full, record: retrievalRecord(requirements, settled.value, full, chosen, reranker) };
    },
  });
}

interface Reranker extends HelperServer {
  readonly modelId: string;
}

function chooseReranker(
  requirements: Requirements,
  catalog: Catalog,
  machines: HelperMachines,
  products: HelperProducts,
  peak: number,
): Reranker | undefined {
  if (!requirements.retrieval.rerank) return undefined;
  const load = {
    callsPerSecond: peak,
    tokensPerCall: rerankFrom * (chunkTokens + queryTokens),
    allowedMilliseconds: rerankAllowanceMs(requirements),
    bulkTokens: 0,
  };
  const sized = rerankers.flatMap((modelId) => {
    const model = catalog.models.find((row) => row.id === modelId);
    return model ? [{ modelId, ...helperServer('reranker', model, load, machines, products, requirements) }] : [];
  });
  const [best] = sized.toSorted(
    (a, b) =>
      Number(a.millisecondsPerCall > load.allowedMilliseconds) -
        Number(b.millisecondsPerCall > load.allowedMilliseconds) || a.usdPerMonth - b.usdPerMonth,
  );
  return best && best.millisecondsPerCall <= longestRerankMs ? best : undefined;
}

/** The row's 50 ms, or half of the first-token goal where that is more: slower reranking is much cheaper. */
function rerankAllowanceMs({ latency, throughput }: Requirements): number {
  if (throughput.pattern === 'batch') return longestRerankMs;
  return Math.max(rerankBudgetMs.high, (latency.ttftMs?.p50 ?? latency.endToEndMs?.p50 ?? 0) / 2);
}

function retrievalValue(
  { retrieval }: Requirements,
  embedding: RetrievalModelFacts,
  reranker: Reranker | undefined,
): RetrievalDraft['value'] {
  const chunking =
    retrieval.documentStructure === 'inconsistent'
      ? 'semantic'
      : retrieval.documentStructure === 'long-sectioned'
        ? 'hierarchical'
        : 'fixed';
  return {
    embeddingModelId: embedding.id,
    embeddingHosted: embedding.hosted,
    embeddingDimension: embedding.dimension,
    embeddingMaxTokens: embedding.maxTokens,
    chunking,
    chunkTokens,
    chunkOverlapTokens,
    ...(chunking === 'semantic' ? { semanticThreshold } : {}),
    hybrid: retrieval.keywordSearch !== undefined && retrieval.keywordSearch !== 'none',
    alpha: untunedAlpha,
    ...(reranker
      ? {
          rerank: {
            modelId: reranker.modelId,
            from: rerankFrom,
            to: rerankTo,
            milliseconds: Math.round(reranker.millisecondsPerCall),
          },
        }
      : {}),
    hyde: retrieval.recall === 'low',
    mmr: retrieval.recall === 'diverse',
    ingestionSchedule: ingestionSchedule(retrieval),
  };
}

function retrievalSteps(
  requirements: Requirements,
  embedding: PricedEmbedding,
  reranker: Reranker | undefined,
): RetrievalChoice['steps'] {
  const { retrieval, latency } = requirements;
  const tpot = latency.tpotMs?.p95 ?? 20;
  const ttft = latency.ttftMs?.p95 ?? 300;
  const hybrid = retrieval.keywordSearch !== undefined && retrieval.keywordSearch !== 'none';
  return [
    ...(retrieval.recall === 'low'
      ? [{ id: 'hyde', title: 'Query expansion (HyDE)', milliseconds: Math.round(ttft + hydeOutputTokens * tpot) }]
      : []),
    { id: 'embed', title: 'Embed the query', milliseconds: Math.round(embedding.milliseconds) },
    ...(hybrid ? [{ id: 'fuse', title: 'Reciprocal rank fusion', milliseconds: fusionMs }] : []),
    ...(reranker
      ? [
          {
            id: 'rerank',
            title: `Rerank ${rerankFrom} to ${rerankTo}`,
            milliseconds: Math.round(reranker.millisecondsPerCall),
          },
        ]
      : []),
    ...(retrieval.recall === 'diverse' ? [{ id: 'mmr', title: 'Spread the results (MMR)', milliseconds: mmrMs }] : []),
  ];
}

function retrievalRecord(
  requirements: Requirements,
  settled: Parameters<typeof recordOf>[1],
  value: RetrievalChoice,
  embedding: PricedEmbedding,
  reranker: Reranker | undefined,
): Decision {
  const chunkRow = { fixed: 'D8.1', semantic: 'D8.2', hierarchical: 'D8.3' }[value.chunking];
  const rows: readonly [string, ...string[]] = [
    'D8.7',
    chunkRow,
    ...(value.hybrid ? ['D8.4'] : []),
    ...(value.rerank ? ['D8.5'] : []),
    ...(value.hyde || value.mmr ? ['D8.6'] : []),
    'D8.8',
  ];
  return recordOf(
    requirements,
    { ...settled, ruling: { ...settled.ruling, rows } },
    {
      id: 'D8',
      title: 'Retrieval',
      question: 'How is the corpus cut, embedded, searched and ranked?',
      reasons: retrievalReasons(requirements, value, chunkRow),
      reads: [
        'retrieval.needed',
        'retrieval.documentStructure',
        'retrieval.keywordSearch',
        'retrieval.rerank',
        'retrieval.recall',
        'retrieval.stalenessToleranceHours',
        'application.languages',
        'compliance.dataMayLeave',
        'compliance.residency',
        'model.qualityTolerance',
        'model.class',
      ],
      evidence: [
        evidence(
          `${value.embeddingModelId}: ${value.embeddingDimension} dimensions, reads ${count(value.embeddingMaxTokens)} tokens.`,
          'measured',
          embedding.facts.source,
        ),
        ...(reranker
          ? [
              evidence(
                `Reranking ${rerankFrom} chunks takes about ${Math.round(reranker.millisecondsPerCall)} ms on ${reranker.served.gpuId ?? 'four cores'}; the row plans ${rerankBudgetMs.low} to ${rerankBudgetMs.high} ms, and a first-token goal that leaves more takes a cheaper machine.`,
                'modelled',
                capacityModel,
              ),
            ]
          : []),
      ],
      parameters: {
        embedding: value.embeddingModelId,
        dimension: value.embeddingDimension,
        chunking: value.chunking,
        chunkTokens: value.chunkTokens,
        chunkOverlapTokens: value.chunkOverlapTokens,
        hybrid: value.hybrid,
        alpha: value.alpha,
        rerank: value.rerank?.modelId ?? 'none',
        hyde: value.hyde,
        mmr: value.mmr,
        schedule: scheduleText(value.ingestionSchedule),
        addedLatencyMs: value.addedLatencyMs,
        latencySteps: value.steps.map((step) => `${step.title}: ${step.milliseconds} ms`),
      },
      consequences: [
        `Retrieval adds ${value.addedLatencyMs} ms to each request before the first token.`,
        'The collection’s name carries model and dimension; a client with another model is refused (D8.8).',
      ],
      effort: 'A week: ingestion is generated; tuning needs the evaluation set.',
      risk: 'Another embedding model means a new index: it is built beside the old one and switched by alias.',
      reversal: 'Keep the old collection until the new one has passed the retrieval evaluation.',
      migration: 'Embed again into a new collection, compare recall on the golden set, switch the alias.',
    },
  );
}

function retrievalReasons(requirements: Requirements, value: RetrievalChoice, chunkRow: string): readonly string[] {
  const cut = {
    fixed: `chunks of ${chunkTokens} tokens overlap by ${chunkOverlapTokens}; the row allows 50 to 64, and 64 ends on a cache block.`,
    semantic: `the structure is inconsistent, so chunks end where similarity falls below ${semanticThreshold}.`,
    hierarchical: 'documents are long and sectioned: summaries above, chunks below.',
  }[value.chunking];
  return [
    `${chunkRow}: ${cut}`,
    ...(value.hybrid
      ? [
          `D8.4: dense and BM25 results are fused by reciprocal rank, alpha ${untunedAlpha} until tuned on the evaluation set.`,
        ]
      : []),
    ...(value.rerank
      ? [
          `D8.5: ${value.rerank.modelId} reranks the top ${rerankFrom} to ${rerankTo} in about ${value.rerank.milliseconds} ms.`,
        ]
      : []),
    ...(requirements.retrieval.rerank && !value.rerank
      ? [`D8.5: reranking is asked for and left out; no machine at hand does it within ${longestRerankMs} ms.`]
      : []),
    ...(value.hyde ? ['D8.6: recall is low, so the query is expanded (HyDE).'] : []),
    ...(value.mmr ? ['D8.6: diversity matters, so results are spread (MMR).'] : []),
  ];
}

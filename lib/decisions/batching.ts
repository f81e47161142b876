import { kvBytesPerSequence } from '../capacity/kv-cache.ts';
import type { CapacityPlan, KvPrecision } from '../capacity/types.ts';
import type { Catalog, HostedModel } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import { type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { BatchingChoice, Hosting } from './decided.ts';
import { capacityModel, count, evidence, type Option, recordOf, reference, settle, usd } from './decision.ts';
import { chunkedPrefillAboveTokens } from './model-server.ts';
import type { Decision } from './record.ts';
import { hostedUsdPerRequest, type Volume } from './volume.ts';

/** Below this the draft model costs more than the tokens it guesses (D5.3). */
const speculativeFromOutputTokens = 200;
const speculativeToBatch = 16;
const draftRatio = { minimum: 3, maximum: 5 };
const speculativeTokens = 4;
/** The draft's weights come out of the KV cache; more than this would cost more batch than it saves steps. */
const draftShareOfKvCache = 0.2;
/** Tokens of a draft that the large model keeps, for low-diversity output. Assumed, 0.5 to 0.8. */
const acceptanceRate = 0.6;
/** A hit must be likelier than the bookkeeping is dear. */
const prefixCachingFromShare = 0.01;
const responseCacheSeconds = 3600;

/** KV precisions the sizer may try: 8 bit only where quality tolerates it and contexts are long (D5.5). */
export function allowedKvPrecisions({ model }: Requirements): readonly [KvPrecision, ...KvPrecision[]] {
  const long = model.maxContextTokens > chunkedPrefillAboveTokens;
  return long && model.qualityTolerance !== 'strict' ? ['bf16', 'fp8'] : ['bf16'];
}

/** D5: batch limits from the capacity plan, and every cache with its reason. */
export function chooseBatching(
  requirements: Requirements,
  catalog: Catalog,
  volume: Volume,
  hosting: Hosting,
  model: Model | undefined,
  hosted: HostedModel | undefined,
  sizing: CapacityPlan | undefined,
): Outcome<{ readonly value: BatchingChoice; readonly record: Decision }> {
  const draft = model && sizing ? draftModel(requirements, catalog, volume, model, sizing) : undefined;
  const choices = cacheChoices(requirements, catalog, volume, hosting, hosted);
  const settled = settle('D5', requirements.pins, batchingOptions(draft), {
    rows: ['D5.1', 'D5.2', 'D5.3', 'D5.4', 'D5.5'],
    admits: draft ? ['speculative', 'continuous'] : ['continuous'],
    because: sizing
      ? `continuous batching stays on; ${sizing.chosen.limits.maxNumSeqs} sequences and ${count(sizing.chosen.limits.maxNumBatchedTokens)} tokens a step come from the capacity plan.`
      : requirements.infrastructure.cpuOnly
        ? 'the server fills its slots as requests come; caching is what is left to decide.'
        : 'the provider batches; caching is what is left to decide.',
    ranking: 'order',
  });
  if (!settled.ok) return settled;
  const limits = sizing?.chosen.limits;
  const chunked = requirements.model.maxContextTokens > chunkedPrefillAboveTokens;
  const value: BatchingChoice = {
    ...(limits
      ? {
          limits: {
            maxNumSeqs: limits.maxNumSeqs,
            maxNumBatchedTokens: limits.maxNumBatchedTokens,
            maxModelLen: limits.maxModelLen,
            gpuMemoryUtilization: limits.gpuMemoryUtilization,
          },
        }
      : {}),
    prefixCaching: choices.prefixCaching,
    prefixHitRate: volume.cachedShareOfInput,
    chunkedPrefill: chunked,
    kvPrecision: sizing?.chosen.kvPrecision ?? 'bf16',
    ...(settled.value.choice === 'speculative' && draft
      ? { speculative: { draftModelId: draft.id, tokens: speculativeTokens, acceptanceRate } }
      : {}),
    responseCache: choices.responseCache,
    hostedPromptCaching: choices.hostedPromptCaching,
  };
  const record = recordOf(requirements, settled.value, {
    id: 'D5',
    title: 'Batching and cache',
    question: 'Which batch limits, and what is kept and reused?',
    reasons: batchingReasons(requirements, volume, choices, draft, model, hosted, chunked),
    reads: [
      'throughput.sharedPrefixTokens',
      'throughput.outputTokens.mean',
      'throughput.inputTokens.mean',
      'application.lowDiversityOutput',
      'application.repeatedQuestions',
      'model.maxContextTokens',
      'model.qualityTolerance',
    ],
    evidence: sizing
      ? [evidence(`Batch limits of candidate ${sizing.chosen.id}.`, sizing.chosen.prediction.basis, capacityModel)]
      : hosted
        ? [
            evidence(
              `${hosted.id} takes ${hosted.cacheReadUsdPerMillionTokens ?? hosted.inputUsdPerMillionTokens} USD a million cached input tokens.`,
              'measured',
              hosted.sources[0],
            ),
          ]
        : [evidence('The server of a CPU platform sets its own slots.', 'assumed', reference)],
    parameters: {
      prefixCaching: choices.prefixCaching,
      prefixHitRate: Math.round(volume.cachedShareOfInput * 1000) / 1000,
      chunkedPrefill: chunked ? 'asked for' : 'as the server has it',
      responseCache: choices.responseCache.kind,
      responseCacheTtlSeconds: choices.responseCache.ttlSeconds,
      invalidation: choices.invalidation,
      hostedPromptCaching: choices.hostedPromptCaching,
      ...(limits
        ? {
            maxNumSeqs: limits.maxNumSeqs,
            maxNumBatchedTokens: limits.maxNumBatchedTokens,
            kvPrecision: sizing.chosen.kvPrecision,
          }
        : {}),
      ...(value.speculative ? { draftModel: value.speculative.draftModelId } : {}),
    },
    consequences: ['Limits move with the capacity plan; a change of load or model generates new ones.'],
    effort: 'None beyond the generated flags; the load test confirms them.',
    risk: 'A shared prefix cache must not cross tenants: a cache salt per tenant keeps them apart.',
    reversal: 'Flags of the server: generate again and roll the pods.',
    migration: 'None: no data is kept beyond the cache’s own lifetime.',
  });
  return ok({ value, record });
}

interface CacheChoices {
  readonly prefixCaching: boolean;
  readonly responseCache: BatchingChoice['responseCache'];
  readonly invalidation: string;
  readonly hostedPromptCaching: boolean;
}

function cacheChoices(
  requirements: Requirements,
  catalog: Catalog,
  volume: Volume,
  hosting: Hosting,
  hosted: HostedModel | undefined,
): CacheChoices {
  const { application, retrieval, compliance } = requirements;
  const exact = application.repeatedQuestions;
  // A semantic hit may answer another person's question: only where nothing personal is inside.
  const harmless = compliance.pii === 'none' && application.exposure !== 'public';
  const searches = Object.values(catalog.products.gateways).some((facts) => facts.semanticCache === true);
  const semantic = exact && harmless && searches;
  const staleness = (retrieval.stalenessToleranceHours ?? Number.POSITIVE_INFINITY) * 3600;
  const kind = semantic ? 'semantic' : exact ? 'exact' : 'none';
  return {
    prefixCaching: volume.cachedShareOfInput >= prefixCachingFromShare,
    responseCache: { kind, ttlSeconds: kind === 'none' ? 0 : Math.min(responseCacheSeconds, staleness) },
    invalidation:
      kind === 'none'
        ? 'none needed'
        : retrieval.needed
          ? 'on each ingestion run, prompt version or model version'
          : 'on each prompt version or model version',
    hostedPromptCaching:
      hosting !== 'self-hosted' && volume.cachedShareOfInput > 0 && hosted?.cacheReadUsdPerMillionTokens !== undefined,
  };
}

/** The largest model of the family 3 to 5 times smaller or more, where long, repetitive, lightly batched outputs pay for it. */
function draftModel(
  requirements: Requirements,
  catalog: Catalog,
  volume: Volume,
  model: Model,
  sizing: CapacityPlan,
): Model | undefined {
  // Checking several tokens touches more experts at once, which eats what a mixture of experts saves.
  const worth =
    !model.moe &&
    volume.outputTokensPerRequest > speculativeFromOutputTokens &&
    requirements.application.lowDiversityOutput &&
    concurrencyPerReplica(sizing) <= speculativeToBatch;
  if (!worth) return undefined;
  return catalog.models
    .filter(
      (row) =>
        row.kind === 'chat' &&
        row.family === model.family &&
        row.vocabularySize === model.vocabularySize &&
        row.activeParameters * draftRatio.minimum <= model.activeParameters &&
        row.parameters * 2 <= sizing.chosen.memory.kvCacheBytes * draftShareOfKvCache,
    )
    .toSorted((a, b) => ratioDistance(model, a) - ratioDistance(model, b) || (a.id < b.id ? -1 : 1))[0];
}

function ratioDistance(model: Model, draft: Model): number {
  const ratio = model.activeParameters / draft.activeParameters;
  return ratio <= draftRatio.maximum ? 0 : ratio - draftRatio.maximum;
}

/** Little's law at peak over the planned replicas. */
function concurrencyPerReplica({ chosen }: CapacityPlan): number {
  const { prediction, replicas } = chosen;
  return (prediction.requestsPerSecond * prediction.endToEndSeconds.mean) / Math.max(1, replicas.peak);
}

function batchingOptions(draft: Model | undefined): readonly Option<'continuous' | 'speculative' | 'static'>[] {
  return [
    {
      id: 'continuous',
      title: 'Continuous batching',
      pros: ['Requests join and leave at each step: no waiting for a batch to fill.'],
      cons: ['One long prefill can delay others; chunking bounds it.'],
      unmet: [],
    },
    {
      id: 'speculative',
      title: draft
        ? `Continuous batching with draft model ${draft.id}, to be measured first`
        : 'Continuous batching with a draft model, to be measured first',
      pros: ['Fewer decode steps for long outputs of low diversity.'],
      cons: [
        'Draft weights and steps cost memory and time at higher batch.',
        'No draft of the catalogue has a measured acceptance rate: sizes and costs count on none.',
      ],
      unmet: draft
        ? []
        : [
            {
              path: 'application.lowDiversityOutput',
              asked: 'speculative decoding',
              found: `it pays above ${speculativeFromOutputTokens} output tokens of low diversity at low batch, on a dense model with a smaller one of its family`,
              change:
                'Keep it off; where the answers allow a draft model, measure its acceptance rate before relying on it.',
            },
          ],
    },
    {
      id: 'static',
      title: 'Static batching',
      pros: ['Simple to reason about offline.'],
      cons: ['The longest sequence holds the batch.'],
      unmet: [
        {
          path: 'decisions.D3',
          asked: 'static batching',
          found: 'continuous batching stays on in every server (D5.1)',
          change: 'Send a batch as requests; the server fills its steps with them.',
        },
      ],
    },
  ];
}

function batchingReasons(
  requirements: Requirements,
  volume: Volume,
  choices: CacheChoices,
  draft: Model | undefined,
  model: Model | undefined,
  hosted: HostedModel | undefined,
  chunked: boolean,
): readonly string[] {
  const share = Math.round(volume.cachedShareOfInput * 100);
  const reasons = [
    choices.prefixCaching
      ? `D5.2: ${share}% of input tokens repeat, so prefix caching is on and its hit rate is in the capacity plan.`
      : 'D5.2: no shared prefix, so prefix caching is switched off.',
    draft
      ? `D5.3: outputs of ${count(volume.outputTokensPerRequest)} tokens of low diversity at low batch pay for a draft model; the sizes do not count on it, since its acceptance rate is assumed.`
      : 'D5.3: speculative decoding is off: it needs outputs above 200 tokens, low diversity, a low batch, a dense model and a smaller one of its family. Sizing tries none: the catalogue has no draft whose acceptance rate was measured.',
    choices.responseCache.kind === 'none'
      ? 'D5.4: questions do not repeat, so there is no response cache.'
      : `D5.4: responses are cached (${choices.responseCache.kind} match) for ${count(choices.responseCache.ttlSeconds)} s, invalidated ${choices.invalidation}.`,
  ];
  if (choices.hostedPromptCaching && hosted) {
    const without = hostedUsdPerRequest(hosted, { ...volume, cachedShareOfInput: 0 });
    const saved = (without - hostedUsdPerRequest(hosted, volume)) * volume.requestsPerMonth;
    reasons.push(`D5.4: prompt caching at the provider saves ${usd(saved)} a month.`);
  }
  if (chunked && model) {
    const tokens = Math.min(requirements.model.maxContextTokens, model.maxPositionEmbeddings);
    const gib = kvBytesPerSequence(model, tokens, 1, 1, 'bf16') / 2 ** 30;
    reasons.push(
      `D5.5: one context of ${count(tokens)} tokens holds ${gib.toFixed(1)} GiB of KV cache in 16 bit, half of it in FP8; chunked prefill keeps others moving; retrieval or compression would shorten it.`,
    );
  }
  return reasons;
}

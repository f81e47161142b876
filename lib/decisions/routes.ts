import type { CapacityPlan } from '../capacity/types.ts';
import type { Catalog, HostedModel } from '../catalog/catalog.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { BatchingChoice, Hosting, RouteChoice, RoutingChoice } from './decided.ts';
import { gatewayTarget } from './endpoints.ts';
import { hostedPlace } from './places.ts';
import { presetTargets } from './validation.ts';

export type Strategy = RoutingChoice['strategy'];

export const challengerPercent = 10;

/** A provider’s first token and pace where no source measures them. Assumed. */
export const hostedLatency = { ttftMs: 800, tpotMs: 15 };

/** The adapter’s name at the same server: it shares the base’s GPUs. */
const tunedModelName = 'chat-tuned';

const callBudgetMargin = 2;

export interface RoutePrices {
  readonly ownUsd: number;
  readonly hostedUsd: number;
}

/** Goal at P95 for the whole answer: asked, or first token plus tokens, or predicted. */
export function targetMs(requirements: Requirements, sizing: CapacityPlan | undefined): number {
  const { endToEndMs, ttftMs, tpotMs } = presetTargets(requirements);
  const output = requirements.throughput.outputTokens?.p95 ?? 512;
  if (endToEndMs) return endToEndMs.p95;
  if (ttftMs && tpotMs) return ttftMs.p95 + tpotMs.p95 * output;
  if (sizing && sizing.chosen.prediction.endToEndSeconds.p95 > 0)
    return sizing.chosen.prediction.endToEndSeconds.p95 * 1000;
  return hostedLatency.ttftMs + hostedLatency.tpotMs * output;
}

/**
 * The routes callers name, and one for each hosted model a route falls back to: a gateway falls back from name to name.
 * A self-hosted stand-in is named by its role and needs no route.
 */
export function routesFor(
  requirements: Requirements,
  catalog: Catalog,
  strategy: Strategy,
  hosting: Hosting,
  reachable: HostedModel | undefined,
  hosted: HostedModel | undefined,
  prices: RoutePrices,
  latencyTargetMs: number,
  batching: BatchingChoice,
): readonly [RouteChoice, ...RouteChoice[]] {
  const lastResorts: RouteChoice['lastResorts'] =
    batching.responseCache.kind === 'none' ? ['informative-error'] : ['cached-response', 'informative-error'];
  const hostedRoute = (name: string, model: HostedModel, fallbacks: readonly string[]): RouteChoice => ({
    model: name,
    kind: 'hosted',
    target: gatewayTarget(model),
    fallbacks,
    lastResorts,
    weight: 100,
    ...callLimits(requirements, prices.hostedUsd, latencyTargetMs),
  });
  if (hosting !== 'self-hosted') {
    if (!hosted) throw new Error('hosted without a hosted model');
    if (hosting === 'hosted-with-self-hosted-fallback') return [hostedRoute('chat', hosted, ['chat-fallback'])];
    const sibling = cheaperSibling(catalog, hosted);
    return sibling
      ? [hostedRoute('chat', hosted, ['chat-smaller']), hostedRoute('chat-smaller', sibling, [])]
      : [hostedRoute('chat', hosted, [])];
  }
  const escalates = strategy === 'cascade' || strategy === 'cost-first';
  const secondName = escalates ? 'chat-large' : 'chat-hosted';
  const second = reachable ? [hostedRoute(secondName, reachable, escalates ? ['chat'] : [])] : [];
  const first: RouteChoice = {
    model: 'chat',
    kind: 'self-hosted',
    target: 'chat',
    fallbacks: second.map((route) => route.model),
    lastResorts,
    weight: strategy === 'ab-test' ? 100 - challengerPercent : 100,
    ...callLimits(requirements, prices.ownUsd, latencyTargetMs),
  };
  const tuned = { ...first, model: tunedModelName, fallbacks: ['chat', ...first.fallbacks] };
  if (strategy === 'ab-test') return [first, { ...tuned, weight: challengerPercent }, ...second];
  return strategy === 'semantic' ? [first, tuned, ...second] : [first, ...second];
}

const embeddingTimeoutSeconds = 10;

/** A hosted embedding model is reached through the gateway too, under the name a served one would have. */
export function embeddingRoute(model: HostedModel, maxTokens: number, latencyTargetMs: number): RouteChoice {
  return {
    model: 'embedding',
    kind: 'hosted',
    target: gatewayTarget(model),
    fallbacks: [],
    lastResorts: ['informative-error'],
    weight: 100,
    timeoutSeconds: embeddingTimeoutSeconds,
    maxOutputTokens: maxTokens,
    maxUsdPerCall: (maxTokens * model.inputUsdPerMillionTokens * callBudgetMargin) / 1e6,
    latencyTargetMs,
  };
}

/** V6 from the answers: the longest output, and the dearest call it allows with a margin. */
function callLimits(
  requirements: Requirements,
  usdPerRequest: number,
  latencyTargetMs: number,
): Pick<RouteChoice, 'timeoutSeconds' | 'maxOutputTokens' | 'maxUsdPerCall' | 'latencyTargetMs'> {
  const { throughput, model } = requirements;
  const meanTokens = (throughput.inputTokens?.mean ?? 1155) + (throughput.outputTokens?.mean ?? 211);
  const maxOutputTokens = Math.min(
    Math.floor(model.maxContextTokens / 2),
    Math.ceil((throughput.outputTokens?.p95 ?? 512) * 2),
  );
  const perToken = usdPerRequest / meanTokens;
  return {
    timeoutSeconds: Math.ceil(Math.min(3600, Math.max(10, (latencyTargetMs / 1000) * 3))),
    maxOutputTokens,
    maxUsdPerCall: Math.max(0.001, perToken * model.maxContextTokens * callBudgetMargin),
    latencyTargetMs,
  };
}

/** D10.4: a cheaper model of the same provider with enough context. */
function cheaperSibling(catalog: Catalog, hosted: HostedModel): HostedModel | undefined {
  return catalog.hostedModels
    .filter(
      (row) =>
        row.mode === 'chat' &&
        row.provider === hosted.provider &&
        hostedPlace(row) === hostedPlace(hosted) &&
        row.outputUsdPerMillionTokens > 0 &&
        row.outputUsdPerMillionTokens < hosted.outputUsdPerMillionTokens &&
        (row.contextWindowTokens ?? 0) >= (hosted.contextWindowTokens ?? 0) &&
        hosted.capabilities.every((capability) => row.capabilities.includes(capability)),
    )
    .toSorted((a, b) => b.outputUsdPerMillionTokens - a.outputUsdPerMillionTokens || (a.id < b.id ? -1 : 1))[0];
}

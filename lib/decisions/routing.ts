import type { CapacityPlan } from '../capacity/types.ts';
import type { Catalog, HostedModel } from '../catalog/catalog.ts';
import type { CostLine } from '../catalog/products.ts';
import { infeasible, type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { Adaptation, BatchingChoice, Hosting, RoutingChoice } from './decided.ts';
import { evidence, type Option, type Ruling, recordOf, reference, settle, usd } from './decision.ts';
import { reachedPrivately } from './endpoints.ts';
import { trains } from './fine-tuning.ts';
import { hostedPlace, regionServes } from './places.ts';
import type { Decision } from './record.ts';
import { challengerPercent, hostedLatency, type RoutePrices, routesFor, type Strategy, targetMs } from './routes.ts';
import { callLimitProblems } from './validation.ts';
import { hostedBudgetFactor, hostedUsdPerRequest, type Volume } from './volume.ts';

/** Requests that fail a quality check and go to the larger model. Assumed until measured, 0.1 to 0.3. */
const escalatedShare = 0.2;

const qualityCheckMs = 30;

const classifierMs = 15;

const outageShareOfHosted = 0.05;

/** D10: where a call goes first, when it goes elsewhere, and what it may cost (V6). */
export function chooseRouting(
  requirements: Requirements,
  catalog: Catalog,
  volume: Volume,
  hosting: Hosting,
  adaptation: Adaptation,
  hosted: HostedModel | undefined,
  sizing: CapacityPlan | undefined,
  batching: BatchingChoice,
): Outcome<{ readonly value: RoutingChoice; readonly costLines: readonly CostLine[]; readonly record: Decision }> {
  const prices = routePrices(volume, hosting, hosted, sizing);
  const reachable = hosted && hostedReachable(requirements, catalog, hosted) ? hosted : undefined;
  const pair =
    hosting === 'self-hosted' && reachable && requirements.model.class === 'either' && prices.hostedUsd > prices.ownUsd;
  const options = strategyOptions(Boolean(pair), trains(adaptation), prices, volume);
  const ruling = strategyRuling(requirements, Boolean(pair), adaptation);
  const settled = settle('D10', requirements.pins, options, ruling);
  if (!settled.ok) return settled;
  const strategy = settled.value.choice;
  const latency = targetMs(requirements, sizing);
  const routes = routesFor(requirements, catalog, strategy, hosting, reachable, hosted, prices, latency, batching);
  const chain = [
    ...routes[0].fallbacks.map((name) => routes.find((route) => route.model === name)?.target ?? name),
    ...routes[0].lastResorts,
  ];
  const problems = callLimitProblems(routes);
  const [problem, ...rest] = problems;
  if (problem) return infeasible([problem, ...rest]);
  const escalates = strategy === 'cascade' || strategy === 'cost-first';
  const blendedUsd =
    (hosting === 'self-hosted' ? prices.ownUsd : prices.hostedUsd) +
    (escalates ? escalatedShare * prices.hostedUsd : 0);
  const paidIn =
    hosting !== 'self-hosted' ? 'tokens' : escalates ? 'machines of the model and tokens' : 'machines of the model';
  const value: RoutingChoice = {
    strategy,
    routes,
    retries: { attempts: 3, backoffSeconds: 0.5, breakerFailures: 5 },
    errorMessage: 'The assistant is not available right now. Please try again in a minute.',
    hostedFallbackUsdPerMonth: fallbackCap(volume, hosting, reachable !== undefined, escalates, prices.hostedUsd),
    blendedUsdPerRequest: blendedUsd,
    blendedP95Ms: blendedP95(strategy, latency, volume),
  };
  const record = recordOf(requirements, settled.value, {
    id: 'D10',
    title: 'Routing',
    question: 'Which model takes a call, and what happens when it cannot?',
    reasons: [
      `On failure ${chain.join(', then ')}; three tries with exponential backoff, a breaker after five failures, never a raw exception.`,
      `A thousand requests cost ${usd(value.blendedUsdPerRequest * 1000)} in ${paidIn}; the whole answer is held to ${(value.blendedP95Ms / 1000).toFixed(1)} s at P95.`,
    ],
    reads: [
      'model.class',
      'model.hostedId',
      'model.qualityTolerance',
      'fineTuning.narrowTask',
      'application.shape',
      'compliance.dataMayLeave',
      'application.repeatedQuestions',
      'model.maxContextTokens',
    ],
    evidence: [
      evidence(
        `${Math.round(escalatedShare * 100)}% of calls are assumed to escalate until the evaluation measures it.`,
        'assumed',
        reference,
      ),
      ...(hosted ? [evidence(`Prices of ${hosted.id}.`, 'measured', hosted.sources[0])] : []),
    ],
    parameters: {
      strategy,
      fallbacks: chain,
      maxOutputTokens: routes[0].maxOutputTokens,
      maxUsdPerCall: round(routes[0].maxUsdPerCall, 4),
      timeoutSeconds: routes[0].timeoutSeconds,
      latencyTargetMs: Math.round(routes[0].latencyTargetMs),
      blendedUsdPerThousandRequests: round(value.blendedUsdPerRequest * 1000, 4),
      blendedP95Ms: Math.round(value.blendedP95Ms),
      hostedFallbackUsdPerMonth: Math.round(value.hostedFallbackUsdPerMonth),
      ...(strategy === 'ab-test' ? { challengerPercent, promoteAtP: 0.05 } : {}),
    },
    consequences: ['Each call carries a token limit, a cost budget, a latency target and a fallback (V6).'],
    effort: 'Hours at the gateway; days for a quality check worth trusting.',
    risk: escalates
      ? 'A weak quality signal escalates too much or too little; its rate is on the dashboard.'
      : 'A fallback not exercised is broken when needed; the drill forces one.',
    reversal: 'Set the weight of the first route to one and remove the others.',
    migration: 'Add the new route at zero weight, mirror, then raise the weight in steps.',
  });
  return ok({
    value,
    costLines:
      hosting === 'self-hosted' && reachable
        ? [
            secondaryLine(
              reachable,
              escalates ? escalatedShare : 0,
              volume,
              prices.hostedUsd,
              value.hostedFallbackUsdPerMonth,
            ),
          ]
        : [],
    record,
  });
}

function routePrices(
  volume: Volume,
  hosting: Hosting,
  hosted: HostedModel | undefined,
  sizing: CapacityPlan | undefined,
): RoutePrices {
  const monthly = sizing && hosting !== 'hosted' ? sizing.chosen.usdPerMonth : 0;
  return {
    ownUsd: monthly / Math.max(1, volume.requestsPerMonth),
    hostedUsd: hosted ? hostedUsdPerRequest(hosted, volume) : 0,
  };
}

function hostedReachable({ compliance, infrastructure }: Requirements, catalog: Catalog, hosted: HostedModel): boolean {
  return (
    compliance.dataMayLeave &&
    (!infrastructure.isolated || reachedPrivately(hosted, infrastructure.cloud)) &&
    regionServes(catalog, hostedPlace(hosted), compliance.residency)
  );
}

function strategyRuling(requirements: Requirements, pair: boolean, adaptation: Adaptation): Ruling<Strategy> {
  const { model, application, fineTuning } = requirements;
  const rule = (row: string, admits: readonly Strategy[], because: string): Ruling<Strategy> => ({
    rows: row === 'D10.4' ? ['D10.4'] : [row, 'D10.4'],
    admits,
    because,
    ranking: 'order',
  });
  if (trains(adaptation) && fineTuning.narrowTask && application.shape !== 'single-call')
    return rule(
      'D10.3',
      ['semantic'],
      'the tuned model is a specialist beside the general one; each query is classified.',
    );
  if (trains(adaptation))
    return rule(
      'D10.5',
      ['ab-test'],
      `the tuned model is the challenger on ${challengerPercent}% of traffic and is promoted only at p < 0.05.`,
    );
  if (pair && model.qualityTolerance === 'strict')
    return rule(
      'D10.2',
      ['cascade'],
      'quality is critical, so each fast answer is checked and the doubtful ones go to the larger model.',
    );
  if (pair) return rule('D10.1', ['cost-first'], 'the cheap model answers by default; a low quality signal escalates.');
  return rule('D10.4', ['single'], 'one model answers; what counts is what happens when it cannot.');
}

function strategyOptions(
  pair: boolean,
  tuned: boolean,
  prices: RoutePrices,
  volume: Volume,
): readonly Option<Strategy>[] {
  const needsPair = pair
    ? []
    : [
        {
          path: 'model.class',
          asked: 'a second, larger model',
          found: 'one model only, or none that is dearer and allowed',
          change: 'Answer model.class with either and name a larger hosted model.',
        },
      ];
  const needsTuned = tuned
    ? []
    : [
        {
          path: 'fineTuning.needed',
          asked: 'a second, tuned model',
          found: 'nothing is tuned',
          change: 'Plan a fine-tuning first.',
        },
      ];
  const month = (usdPerRequest: number) => usdPerRequest * volume.requestsPerMonth;
  const own = prices.ownUsd > 0 ? prices.ownUsd : prices.hostedUsd;
  // A second model that is not there has no price.
  const escalating = pair ? { usdPerMonth: month(own + escalatedShare * prices.hostedUsd) } : {};
  return [
    {
      id: 'single',
      title: 'One route with fallbacks',
      pros: ['Simplest to operate and to explain.'],
      cons: ['Every call costs the same.'],
      unmet: [],
      usdPerMonth: month(own),
    },
    {
      id: 'cost-first',
      title: 'Cheap model first, escalate on a quality signal',
      pros: ['Most calls cost little.'],
      cons: ['Escalated calls wait twice.'],
      unmet: needsPair,
      ...escalating,
    },
    {
      id: 'cascade',
      title: 'Cascade with an explicit quality check',
      pros: ['Each answer is checked before it leaves.'],
      cons: ['The check delays every answer.'],
      unmet: needsPair,
      ...escalating,
    },
    {
      id: 'semantic',
      title: 'Classify the query, send to the specialist',
      pros: ['The specialist sees only its task.'],
      cons: ['A classifier to train and to watch.'],
      unmet: needsTuned,
    },
    {
      id: 'ab-test',
      title: 'Champion and challenger',
      pros: ['Promotion rests on business metrics.'],
      cons: ['Two models to run until it ends.'],
      unmet: needsTuned,
    },
  ];
}

/** What a hosted fallback may spend: a share of the volume, or the escalated part with room for a bad week. */
function fallbackCap(
  volume: Volume,
  hosting: Hosting,
  reachable: boolean,
  escalates: boolean,
  hostedUsd: number,
): number {
  const bill = volume.requestsPerMonth * hostedUsd;
  if (hosting !== 'self-hosted') return bill * hostedBudgetFactor;
  if (!reachable) return 0;
  return bill * (escalates ? escalatedShare * hostedBudgetFactor : outageShareOfHosted);
}

function blendedP95(strategy: Strategy, latencyMs: number, volume: Volume): number {
  const hosted = hostedLatency.ttftMs + hostedLatency.tpotMs * volume.outputTokensPerRequest;
  // More than 5% escalate, so the P95 request is an escalated one.
  if (strategy === 'cascade' || strategy === 'cost-first') return latencyMs + qualityCheckMs + hosted;
  return strategy === 'semantic' ? latencyMs + classifierMs : latencyMs;
}

/** Calls that leave to the hosted model: the escalated share, or none until something fails; never above its cap. */
function secondaryLine(
  hosted: HostedModel,
  share: number,
  volume: Volume,
  hostedUsd: number,
  capUsdPerMonth: number,
): CostLine {
  const thousands = (volume.requestsPerMonth * share) / 1000;
  return {
    id: share > 0 ? 'hosted.escalation' : 'hosted.fallback',
    title: share > 0 ? `Escalated calls to ${hosted.id}` : `Fallback to ${hosted.id}, capped by the gateway`,
    group: 'hosted',
    quantity: thousands,
    unit: '1,000 requests',
    usdPerUnit: hostedUsd * 1000,
    usdPerMonth: { minimum: 0, expected: thousands * hostedUsd * 1000, maximum: capUsdPerMonth },
    basis: 'assumed',
    source: hosted.sources[0],
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

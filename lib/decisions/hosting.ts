import type { Candidate, SizingResult } from '../capacity/types.ts';
import type { Catalog, HostedModel } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import type { CostLine } from '../catalog/products.ts';
import { infeasible, type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import { atVolume, curveOf, findBreakEven, standbyUsdPerMonth } from './break-even.ts';
import type { BreakEven, Hosting } from './decided.ts';
import {
  capacityModel,
  count,
  evidence,
  type Option,
  type Ruling,
  recordOf,
  reference,
  settle,
  usd,
} from './decision.ts';
import { hostedEndpoint } from './endpoints.ts';
import { hostedLimits, selfHostedLimits } from './hosting-limits.ts';
import type { Decision } from './record.ts';
import { hostedBudgetFactor, hostedUsdPerRequest, type Volume } from './volume.ts';

export interface HostingChoice {
  readonly hosting: Hosting;
  readonly hostedModel?: HostedModel;
  readonly breakEven?: BreakEven;
  readonly costLines: readonly CostLine[];
  readonly record: Decision;
}

/** D2: whose machines answer. Prices both sides at the expected volume, whichever rule decides. */
export function chooseHosting(
  requirements: Requirements,
  catalog: Catalog,
  volume: Volume,
  model: Model | undefined,
  sizing: SizingResult | undefined,
  sizedRequestsPerMonth: number,
): Outcome<HostingChoice> {
  const hostedModel = catalog.hostedModels.find((row) => row.id === requirements.model.hostedId);
  const candidate = sizing?.feasible ? atVolume(sizing.plan.chosen, volume, sizedRequestsPerMonth) : undefined;
  const hostedUsd = hostedModel ? hostedUsdPerRequest(hostedModel, volume) * volume.requestsPerMonth : undefined;
  const breakEven = hostedModel && candidate ? findBreakEven(hostedModel, candidate, volume) : undefined;
  const options = hostingOptions(requirements, catalog, model, sizing, hostedModel, candidate, hostedUsd);
  const settled = settle('D2', requirements.pins, options, hostingRuling(requirements, options));
  if (!settled.ok)
    return settled.kind === 'infeasible' && !requirements.pins.D2 ? ownLimits(requirements, options) : settled;
  const hosting = settled.value.choice;
  const record = recordOf(requirements, settled.value, {
    id: 'D2',
    title: 'Hosting',
    question: 'Self-hosted, or a provider’s API?',
    reasons: priceReasons(volume, hostedModel, hostedUsd, candidate, breakEven),
    reads: [
      'compliance.dataMayLeave',
      'compliance.residency',
      'compliance.pii',
      'model.class',
      'model.id',
      'model.hostedId',
      'model.iterationSpeedFirst',
      'infrastructure.isolated',
      'throughput.requestsPerSecond.expected',
      'throughput.activeHoursPerMonth',
    ],
    evidence: hostingEvidence(hostedModel, candidate),
    parameters: {
      requestsPerMonth: Math.round(volume.requestsPerMonth),
      ...(hostedModel ? { hostedModel: hostedModel.id, ...endpointParameter(hostedModel, requirements) } : {}),
      ...(hostedUsd === undefined ? {} : { hostedUsdPerMonth: Math.round(hostedUsd) }),
      ...(candidate ? { selfHostedUsdPerMonth: Math.round(candidate.usdPerMonth) } : {}),
      ...(breakEven?.breakEvenRequestsPerMonth === undefined
        ? {}
        : { breakEvenRequestsPerMonth: Math.round(breakEven.breakEvenRequestsPerMonth) }),
    },
    ...(breakEven ? { curve: curveOf(breakEven) } : {}),
    consequences: texts[hosting].consequences,
    effort: texts[hosting].effort,
    risk: texts[hosting].risk,
    reversal: 'Callers speak one OpenAI-compatible endpoint; the route at the gateway changes, no caller does.',
    migration: 'Mirror traffic to the other side, compare on the evaluation set, then move weight in steps.',
  });
  const usesHosted = hosting !== 'self-hosted' && hostedModel !== undefined && hostedUsd !== undefined;
  return ok({
    hosting,
    record,
    ...(hostedModel ? { hostedModel } : {}),
    ...(breakEven ? { breakEven } : {}),
    costLines: usesHosted ? [hostedLine(hostedModel, volume)] : [],
  });
}

function hostingRuling(requirements: Requirements, options: readonly Option<Hosting>[]): Ruling<Hosting> {
  const { compliance, model } = requirements;
  const hosted: Hosting = model.class === 'hosted' && model.id ? 'hosted-with-self-hosted-fallback' : 'hosted';
  if (!compliance.dataMayLeave) {
    return {
      rows: ['D2.1'],
      admits: ['self-hosted'],
      because: 'data may not leave the infrastructure; no exceptions.',
      ranking: 'order',
    };
  }
  if (model.iterationSpeedFirst && options.some((option) => option.id === hosted && option.unmet.length === 0)) {
    return {
      rows: ['D2.2'],
      admits: [hosted],
      because: 'speed of iteration matters more than cost.',
      ranking: 'order',
    };
  }
  const because =
    model.class === 'either'
      ? 'both sides are priced at the expected token volume, and the cheaper one is taken.'
      : `the answers ask for ${model.class === 'hosted' ? 'a hosted model' : 'open weights'}; the other side is priced beside it.`;
  return {
    rows: ['D2.3'],
    admits: model.class === 'hosted' ? [hosted] : ['self-hosted', 'hosted'],
    because,
    ranking: 'cost',
  };
}

/** Only what the answers can act on: the limits of the side they ask for, each path once. */
function ownLimits(requirements: Requirements, options: readonly Option<Hosting>[]): Outcome<never> {
  const { model, compliance } = requirements;
  const side: readonly Hosting[] =
    model.class === 'open-weight' || !compliance.dataMayLeave
      ? ['self-hosted']
      : model.class === 'hosted'
        ? [model.id ? 'hosted-with-self-hosted-fallback' : 'hosted']
        : ['self-hosted', 'hosted'];
  const reasons = options.filter((option) => side.includes(option.id)).flatMap((option) => option.unmet);
  const [first, ...rest] = [...new Map(reasons.map((reason) => [reason.path, reason])).values()];
  if (!first) throw new Error('D2 is infeasible without a limit');
  return infeasible([first, ...rest]);
}

function hostingOptions(
  requirements: Requirements,
  catalog: Catalog,
  model: Model | undefined,
  sizing: SizingResult | undefined,
  hostedModel: HostedModel | undefined,
  candidate: Candidate | undefined,
  hostedUsd: number | undefined,
): readonly Option<Hosting>[] {
  const own = selfHostedLimits(requirements, model, sizing);
  const theirs = hostedLimits(requirements, catalog, hostedModel);
  const ownUsd = candidate ? { usdPerMonth: candidate.usdPerMonth } : {};
  const theirUsd = hostedUsd === undefined ? {} : { usdPerMonth: hostedUsd };
  const fallbackUsd =
    candidate && hostedUsd !== undefined ? { usdPerMonth: hostedUsd + standbyUsdPerMonth(candidate) } : {};
  const asksHosted = requirements.model.class === 'hosted';
  return [
    {
      id: 'self-hosted',
      title: 'Self-hosted on own GPU machines',
      pros: [
        'Prompts stay inside.',
        'Cost does not grow with tokens until the machines are full.',
        'Model and version change only when you say so.',
      ],
      cons: ['GPU capacity must be found, paid and operated.', 'Idle hours are paid.'],
      unmet: asksHosted
        ? [
            {
              path: 'model.class',
              asked: 'a hosted model',
              found: 'self-hosting runs open weights',
              change: 'Answer model.class with either or open-weight.',
            },
            ...own,
          ]
        : own,
      ...ownUsd,
    },
    {
      id: 'hosted',
      title: hostedModel ? `Hosted API (${hostedModel.id})` : 'Hosted API',
      pros: ['Nothing to operate.', 'Paid by the token: idle costs nothing.', 'Newest models first.'],
      cons: ['Prompts leave the infrastructure.', 'The provider retires versions.', 'The bill grows with every token.'],
      unmet:
        requirements.model.class === 'open-weight'
          ? [
              {
                path: 'model.class',
                asked: 'open weights',
                found: 'a provider’s model',
                change: 'Answer model.class with either.',
              },
              ...theirs,
            ]
          : theirs,
      ...theirUsd,
    },
    {
      id: 'hosted-with-self-hosted-fallback',
      title: 'Hosted API with a self-hosted fallback',
      pros: ['Survives an outage of the provider.', 'Callers notice only a smaller model.'],
      cons: ['Two models to evaluate.', 'A standby replica is paid, or its load time waited for.'],
      unmet: [...theirs, ...own],
      ...fallbackUsd,
    },
  ];
}

/** V2: where calls to the hosted model go. */
function endpointParameter(hosted: HostedModel, { infrastructure }: Requirements): Decision['parameters'] {
  const endpoint = hostedEndpoint(hosted, infrastructure.regions[0] ?? 'global');
  return endpoint === undefined ? {} : { endpoint };
}

function priceReasons(
  volume: Volume,
  hosted: HostedModel | undefined,
  hostedUsd: number | undefined,
  candidate: Candidate | undefined,
  breakEven: BreakEven | undefined,
): readonly string[] {
  const reasons: string[] = [];
  if (hosted && hostedUsd !== undefined) {
    const tariff = volume.batch && hosted.batchInputUsdPerMillionTokens !== undefined ? ', batch tariff' : '';
    const cached = Math.round(volume.cachedShareOfInput * 100);
    reasons.push(
      `${hosted.id} would cost ${usd(hostedUsd)} a month for ${count(volume.requestsPerMonth)} requests (${cached}% of input from its cache${tariff}).`,
    );
  }
  if (candidate)
    reasons.push(
      `Own GPU machines of the model cost ${usd(candidate.usdPerMonth)} a month for ${count(candidate.hoursPerMonth)} hours; cluster and gateway are paid either way.`,
    );
  if (breakEven) {
    reasons.push(
      breakEven.breakEvenRequestsPerMonth === undefined
        ? 'The two bills do not cross between 1% and 10,000% of the expected volume.'
        : `The bills cross at ${count(breakEven.breakEvenRequestsPerMonth)} requests a month.`,
    );
  }
  return reasons;
}

function hostingEvidence(hosted: HostedModel | undefined, candidate: Candidate | undefined): Decision['evidence'] {
  return [
    ...(hosted
      ? [
          evidence(
            `${hosted.id}: ${hosted.inputUsdPerMillionTokens} USD in, ${hosted.outputUsdPerMillionTokens} USD out a million tokens.`,
            'measured',
            hosted.sources[0],
          ),
        ]
      : []),
    ...(candidate
      ? [
          evidence(
            `Sized as ${candidate.id}: ${candidate.nodes.expected} machine${candidate.nodes.expected === 1 ? '' : 's'} at ${usd(candidate.usdPerNodeHour)} an hour.`,
            candidate.prediction.basis,
            capacityModel,
          ),
        ]
      : []),
    ...(hosted || candidate
      ? []
      : [
          evidence('Neither side is priced: the model runs on processors that are there anyway.', 'assumed', reference),
        ]),
  ];
}

/** At most what the gateway's budget lets through. */
function hostedLine(hosted: HostedModel, volume: Volume): CostLine {
  const perThousand = hostedUsdPerRequest(hosted, volume) * 1000;
  const thousands = volume.requestsPerMonth / 1000;
  return {
    id: 'hosted.tokens',
    title: `Tokens of ${hosted.id}`,
    group: 'hosted',
    quantity: thousands,
    unit: '1,000 requests',
    usdPerUnit: perThousand,
    usdPerMonth: {
      minimum: 0,
      expected: thousands * perThousand,
      maximum: thousands * perThousand * hostedBudgetFactor,
    },
    basis: 'modelled',
    source: hosted.sources[0],
  };
}

const texts: Record<
  Hosting,
  { readonly consequences: readonly string[]; readonly effort: string; readonly risk: string }
> = {
  'self-hosted': {
    consequences: [
      'GPU node pools, model mirror, serving and autoscaling are raised.',
      'GPU quota must be granted before the first deployment.',
    ],
    effort: 'Two to four weeks to production, most of it capacity and evaluation.',
    risk: 'GPU capacity may be short in a region; at least two instance types and a quota request stand against it.',
  },
  hosted: {
    consequences: [
      'Only gateway, budget and audit run here.',
      'The provider’s terms, region and retention enter the compliance matrix.',
    ],
    effort: 'Days.',
    risk: 'Price, limits and versions are the provider’s; the gateway caps spend and keeps a second route.',
  },
  'hosted-with-self-hosted-fallback': {
    consequences: [
      'The gateway turns to own GPUs when the provider fails.',
      'The fallback is sized for the expected rate at twice the latency goals: a slower answer beats none.',
      'The fallback is evaluated as the primary is.',
    ],
    effort: 'Three to five weeks.',
    risk: 'A fallback that is never used is broken when needed; a drill a month exercises it.',
  },
};

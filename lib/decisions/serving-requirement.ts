import type {
  Commitment,
  KvPrecision,
  LengthDistribution,
  Precision,
  Purchase,
  ServingRequirement,
} from '../capacity/types.ts';
import type { Catalog, Offer, OfferPrice } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import type { Source } from '../catalog/source.ts';
import type { Requirements } from '../requirements/schema.ts';
import { onPremises } from './places.ts';
import { presetTargets } from './validation.ts';
import { monthlyVolume } from './volume.ts';

const answersSource: Source = { ref: 'the answers', date: 'with the answers' };
/** Kept free at peak so that a burst inside the scrape interval does not queue. */
const headroomOf = { prod: 0.2, staging: 0.1, dev: 0, homelab: 0 } as const;
/** Below this goal a lost replica may be missed until it is replaced. */
const spareFromAvailabilityPercent = 99.5;

/** The answers as sizing sees them: load, goals, candidates, limits; nothing of how they were asked. */
export function servingRequirement(
  requirements: Requirements,
  catalog: Catalog,
  model: Model,
  precisions: readonly [Precision, ...Precision[]],
  kvPrecisions: readonly [KvPrecision, ...KvPrecision[]],
  regions: readonly string[],
  otherUsdPerMonth: number,
): ServingRequirement {
  const { throughput, infrastructure, operations } = requirements;
  const allow = infrastructure.gpu.allow;
  const slo = serviceLevels(requirements);
  return {
    models: [model],
    precisions,
    kvPrecisions,
    load: servingLoad(requirements),
    inputTokens: lengths(throughput.inputTokens, monthlyVolume(requirements).inputTokensPerRequest),
    outputTokens: lengths(throughput.outputTokens, monthlyVolume(requirements).outputTokensPerRequest),
    prefixHitRate: monthlyVolume(requirements).cachedShareOfInput,
    maxModelLen: Math.min(requirements.model.maxContextTokens, model.maxPositionEmbeddings),
    slo,
    cloud: infrastructure.cloud,
    regions,
    offers: offersFor(requirements, catalog, regions),
    purchases: purchasesFor(requirements),
    gpuQuota: infrastructure.gpu.quota ?? ownedQuota(requirements),
    spareReplicas: spareReplicas(requirements),
    headroom: throughput.pattern === 'interactive' && !standsIn(requirements) ? headroomOf[operations.environment] : 0,
    ceilingUsdPerMonth: Math.max(1, infrastructure.costCeilingUsdPerMonth - otherUsdPerMonth),
    ...(allow?.length ? { gpuAllowList: allow } : {}),
    ...(infrastructure.reservations.length
      ? { heldTypes: infrastructure.reservations.map(({ instanceType }) => instanceType) }
      : {}),
    seed: 1,
  };
}

/** Latency a fallback may take, as a multiple of the goals. */
const fallbackLatencyFactor = 2;

/**
 * A fallback carries the expected rate at twice the latency goals, neither the peak nor a spare: it stands in for a
 * provider, and a slower answer beats none.
 */
export function standsIn({ model }: Requirements): boolean {
  return model.class === 'hosted';
}

function spareReplicas(requirements: Requirements): number {
  const { throughput, operations } = requirements;
  const needed =
    throughput.pattern === 'interactive' &&
    (operations.environment === 'prod' || operations.environment === 'staging') &&
    operations.availabilityPercent >= spareFromAvailabilityPercent &&
    !standsIn(requirements);
  return needed ? 1 : 0;
}

function servingLoad(requirements: Requirements): ServingRequirement['load'] {
  const { throughput } = requirements;
  const fallback = standsIn(requirements);
  switch (throughput.pattern) {
    case 'batch':
      return {
        kind: 'batch',
        requestsPerRun: throughput.batch?.requestsPerRun ?? 1,
        finishWithinSeconds: (throughput.batch?.finishWithinHours ?? 1) * 3600,
        runsPerMonth: throughput.batch?.runsPerMonth ?? 1,
      };
    case 'single-user':
      return { kind: 'closed-loop', concurrency: throughput.concurrency ?? 1 };
    case 'interactive':
      return {
        kind: 'online',
        expectedRequestsPerSecond: throughput.requestsPerSecond?.expected ?? 1,
        peakRequestsPerSecond:
          (fallback ? throughput.requestsPerSecond?.expected : throughput.requestsPerSecond?.peak) ?? 1,
        burstiness: throughput.burstiness,
      };
  }
}

function lengths(
  tokens: { readonly mean: number; readonly p95: number } | undefined,
  mean: number,
): LengthDistribution {
  if (!tokens) return { kind: 'lognormal', meanTokens: mean, p95Tokens: mean * 3 };
  return tokens.p95 <= tokens.mean
    ? { kind: 'constant', tokens: tokens.mean }
    : { kind: 'lognormal', meanTokens: tokens.mean, p95Tokens: tokens.p95 };
}

/**
 * The goals what we serve ourselves is held to: the answers' own, V7's targets where a preset left them open, and twice
 * that for a fallback. A batch has a finishing time instead.
 */
export function servedLatencyGoals(
  requirements: Requirements,
): Pick<Requirements['latency'], 'ttftMs' | 'tpotMs' | 'endToEndMs'> {
  if (requirements.throughput.pattern === 'batch') return {};
  const { ttftMs, tpotMs, endToEndMs } = presetTargets(requirements);
  const factor = standsIn(requirements) ? fallbackLatencyFactor : 1;
  const scaled = ({ p50, p95 }: { p50: number; p95: number }) => ({ p50: p50 * factor, p95: p95 * factor });
  return {
    ...(ttftMs && { ttftMs: scaled(ttftMs) }),
    ...(tpotMs && { tpotMs: scaled(tpotMs) }),
    ...(endToEndMs && { endToEndMs: scaled(endToEndMs) }),
  };
}

function serviceLevels(requirements: Requirements): ServingRequirement['slo'] {
  const { ttftMs, tpotMs, endToEndMs } = servedLatencyGoals(requirements);
  const seconds = ({ p50, p95 }: { p50: number; p95: number }) => ({ p50: p50 / 1000, p95: p95 / 1000 });
  return {
    ...(ttftMs && { ttftSeconds: seconds(ttftMs) }),
    ...(tpotMs && { tpotSeconds: seconds(tpotMs) }),
    ...(endToEndMs && { endToEndSeconds: seconds(endToEndMs) }),
  };
}

const commitments: readonly Commitment[] = [
  'reserved-1y-no-upfront',
  'reserved-1y-all-upfront',
  'reserved-3y-no-upfront',
  'reserved-3y-all-upfront',
];

const waysToBuy: Record<Requirements['infrastructure']['purchases'][number], readonly Purchase[]> = {
  'on-demand': ['on-demand'],
  spot: ['spot'],
  'reserved-1y': ['reserved-1y-no-upfront', 'reserved-1y-all-upfront'],
  'reserved-3y': ['reserved-3y-no-upfront', 'reserved-3y-all-upfront'],
};

/** Spot is offered to batch work only: no spot for traffic under a latency goal. */
function purchasesFor({ infrastructure, throughput }: Requirements): readonly [Purchase, ...Purchase[]] {
  if (infrastructure.cloud === onPremises || infrastructure.owned.length) return ['owned'];
  const batch = throughput.pattern === 'batch';
  const purchases = infrastructure.purchases
    .filter((purchase) => purchase !== 'spot' || batch)
    .flatMap((purchase) => waysToBuy[purchase]);
  // Where both are allowed, what always runs may be committed and the rest stay on demand.
  const mixed =
    !batch && purchases.includes('on-demand')
      ? commitments
          .filter((commitment) => purchases.includes(commitment))
          .map((commitment): Purchase => `${commitment}+on-demand`)
      : [];
  const [first, ...rest] = [...purchases, ...mixed];
  return first === undefined ? ['on-demand'] : [first, ...rest];
}

type OfferLists = WeakMap<Requirements['infrastructure'], Map<string, readonly Offer[]>>;
const offerLists = new WeakMap<Catalog, OfferLists>();

/**
 * Offers of the cloud in the usable regions, at the answers' own prices, reservations and discount. Remembered for an
 * unchanged answer, since neighbouring answers are decided again many times.
 */
export function offersFor(requirements: Requirements, catalog: Catalog, regions: readonly string[]): readonly Offer[] {
  const { infrastructure } = requirements;
  if (infrastructure.cloud === onPremises || infrastructure.owned.length) return ownedOffers(requirements);
  const lists: OfferLists = offerLists.get(catalog) ?? new WeakMap();
  offerLists.set(catalog, lists);
  const known = lists.get(infrastructure) ?? new Map<string, readonly Offer[]>();
  lists.set(infrastructure, known);
  const key = regions.join(' ');
  const offers = known.get(key) ?? pricedOffers(requirements, catalog, regions);
  known.set(key, offers);
  return offers;
}

function pricedOffers(requirements: Requirements, catalog: Catalog, regions: readonly string[]): readonly Offer[] {
  return catalog.offers
    .filter((offer) => offer.cloud === requirements.infrastructure.cloud && offer.gpu)
    .map((offer) => ({ ...offer, prices: pricesFor(offer, requirements, regions) }))
    .filter((offer) => offer.prices.length > 0);
}

function pricesFor(offer: Offer, { infrastructure }: Requirements, regions: readonly string[]): readonly OfferPrice[] {
  const factor = 1 - infrastructure.discountPercent / 100;
  const reserved = infrastructure.reservations.find((row) => row.instanceType === offer.instanceType);
  const own = (region: string) =>
    reserved ??
    infrastructure.ownPrices.find((row) => row.instanceType === offer.instanceType && row.region === region);
  return regions.flatMap((region): readonly OfferPrice[] => {
    const mine = own(region);
    if (mine) return [{ region, onDemandUsdPerHour: mine.usdPerHour, sources: [answersSource] }];
    const list = offer.prices.find((price) => price.region === region);
    return list ? [discounted(list, factor)] : [];
  });
}

function discounted(price: OfferPrice, factor: number): OfferPrice {
  if (factor === 1) return price;
  const cut = (amount: number | undefined) => (amount === undefined ? undefined : amount * factor);
  return {
    ...price,
    onDemandUsdPerHour: price.onDemandUsdPerHour * factor,
    reserved1yNoUpfrontUsdPerHour: cut(price.reserved1yNoUpfrontUsdPerHour),
    reserved1yAllUpfrontUsdPerHour: cut(price.reserved1yAllUpfrontUsdPerHour),
    reserved3yNoUpfrontUsdPerHour: cut(price.reserved3yNoUpfrontUsdPerHour),
    reserved3yAllUpfrontUsdPerHour: cut(price.reserved3yAllUpfrontUsdPerHour),
  };
}

/** Machines at home: no price, as many as the answers count; CPU and memory are not asked, so eight cores a GPU are assumed. */
function ownedOffers({ infrastructure }: Requirements): readonly Offer[] {
  return infrastructure.owned.map((machine) => ({
    cloud: infrastructure.cloud,
    instanceType: `owned-${machine.gpu}-x${machine.count}`,
    architecture: 'amd64',
    vcpus: 8 * machine.count,
    memoryBytes: 32 * 2 ** 30 * machine.count,
    gpu: { id: machine.gpu, count: machine.count, apiCount: machine.count },
    prices: [{ region: onPremises, onDemandUsdPerHour: 0, sources: [answersSource] }],
    sources: [answersSource],
  }));
}

function ownedQuota({ infrastructure }: Requirements): Readonly<Record<string, number>> {
  const quota: Record<string, number> = {};
  for (const machine of infrastructure.owned) {
    quota[machine.gpu] = (quota[machine.gpu] ?? 0) + machine.count * machine.nodes;
  }
  return quota;
}

import type { Offer } from '../catalog/catalog.ts';
import { commitmentOf, purchasePrice, type Rates } from './cost.ts';
import type { Machine, Purchase, RejectedCandidate, ServingRequirement } from './types.ts';

/** Machines of one GPU type and count in one region, interchangeable in a node pool. Rates are those of the first type, on Spot of the dearest. */
export interface OfferGroup extends Rates {
  readonly gpuId: string;
  readonly gpusPerNode: number;
  readonly region: string;
  readonly purchase: Purchase;
  readonly architecture: Offer['architecture'];
  /** Cheapest first. */
  readonly machines: readonly [Machine, ...Machine[]];
  readonly canSpanNodes: boolean;
}

const mostInstanceTypes = 4;
/** A third and fourth type may be dearer than the first by this factor: each makes more capacity, and a higher maximum. */
const dearestFurtherType = 1.25;

/** Machines the requirement may use, grouped so that each group is interchangeable in a node pool. */
export function offerGroups(requirement: ServingRequirement): { groups: OfferGroup[]; rejected: RejectedCandidate[] } {
  const rejected: RejectedCandidate[] = [];
  const groups: OfferGroup[] = [];
  const byShape = new Map<string, Offer[]>();
  for (const offer of requirement.offers) {
    if (!offer.gpu || offer.cloud !== requirement.cloud) continue;
    const { id, count } = offer.gpu;
    if (requirement.gpuAllowList && !requirement.gpuAllowList.includes(id)) continue;
    if (!Number.isInteger(count) || count < 1) {
      rejected.push({
        id: offer.instanceType,
        limit: 'limit.whole-gpu',
        reason: `${offer.instanceType} has ${count} of a ${id}: a shared card cannot be planned for`,
      });
      continue;
    }
    const shape = `${id}/${count}`;
    const offers = byShape.get(shape);
    if (offers) offers.push(offer);
    else byShape.set(shape, [offer]);
  }
  for (const offers of byShape.values()) {
    const first = offers[0] as Offer;
    const { id, count } = first.gpu as NonNullable<Offer['gpu']>;
    let priced = false;
    for (const region of requirement.regions) {
      for (const purchase of requirement.purchases) {
        if (purchase === 'spot' && requirement.load.kind !== 'batch') continue;
        const group = groupOf(requirement, id, count, offers, region, purchase);
        if (!group) continue;
        priced = true;
        groups.push(group);
      }
    }
    if (!priced) {
      rejected.push({
        id: offers.map(({ instanceType }) => instanceType).join(', '),
        limit: 'limit.price',
        reason: `no ${requirement.purchases.join(' or ')} price for ${count} × ${id} in ${requirement.regions.join(', ')}`,
      });
    }
  }
  return { groups, rejected };
}

function groupOf(
  requirement: ServingRequirement,
  gpuId: string,
  gpusPerNode: number,
  offers: readonly Offer[],
  region: string,
  purchase: Purchase,
): OfferGroup | undefined {
  const commitment = commitmentOf(purchase);
  const types = offers.flatMap((offer) => {
    const price = offer.prices.find((row) => row.region === region);
    const usdPerHour = price && purchasePrice(price, purchase);
    if (!price || usdPerHour === undefined) return [];
    const usdPerHourAtMost = purchase === 'spot' ? Math.max(usdPerHour, price.onDemandUsdPerHour) : usdPerHour;
    const committed = commitment && purchasePrice(price, commitment);
    return [{ offer, committed, machine: { instanceType: offer.instanceType, gpuId, usdPerHour, usdPerHourAtMost } }];
  });
  const byName = (a: Machine, b: Machine): number => (a.instanceType < b.instanceType ? -1 : 1);
  types.sort((a, b) => a.machine.usdPerHour - b.machine.usdPerHour || byName(a.machine, b.machine));
  const [first] = commitment
    ? types
        .filter(({ committed }) => committed !== undefined)
        .sort((a, b) => (a.committed ?? 0) - (b.committed ?? 0) || byName(a.machine, b.machine))
    : types;
  if (!first) return undefined;
  const spans = ({ efaInterfaces }: Offer): boolean => requirement.cloud !== 'aws' || (efaInterfaces ?? 0) > 0;
  const canSpanNodes = spans(first.offer);
  // What is paid for is used: a reservation, or a commitment of all machines, leaves no room for another type.
  const alone = purchase === commitment || requirement.heldTypes?.includes(first.offer.instanceType) === true;
  const others = types.filter(
    (type) =>
      type !== first &&
      type.offer.architecture === first.offer.architecture &&
      (!canSpanNodes || spans(type.offer)) &&
      requirement.heldTypes?.includes(type.offer.instanceType) !== true,
  );
  const further = others.filter(
    ({ machine }, index) =>
      index === 0 || machine.usdPerHourAtMost <= dearestFurtherType * first.machine.usdPerHourAtMost,
  );
  const machines: OfferGroup['machines'] = [
    first.machine,
    ...(alone ? [] : further.slice(0, mostInstanceTypes - 1).map(({ machine }) => machine)),
  ];
  // On demand the first type is preferred; Spot starts whichever type it has more of.
  const priced = purchase === 'spot' ? machines : [first.machine];
  return {
    gpuId,
    gpusPerNode,
    region,
    purchase,
    architecture: first.offer.architecture,
    machines,
    usdPerNodeHour: Math.max(...priced.map(({ usdPerHour }) => usdPerHour)),
    usdPerNodeHourAtMost: Math.max(...priced.map(({ usdPerHourAtMost }) => usdPerHourAtMost)),
    ...(first.committed === undefined ? {} : { committedUsdPerNodeHour: first.committed }),
    canSpanNodes,
  };
}

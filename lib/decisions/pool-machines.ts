import { committedNodes, monthlyCost } from '../capacity/cost.ts';
import type { Candidate, Commitment } from '../capacity/types.ts';
import type { OfferPrice } from '../catalog/catalog.ts';
import { hoursPerMonth } from '../catalog/prices.ts';
import { usd } from './decision.ts';

const hourly = (rate: number): string => `${Number(rate.toFixed(2)).toLocaleString('en-US')} USD`;

/** Which machines may start in the pool, and what the maximum counts them at; or why there is one type. */
export function machineTypesReason(chosen: Candidate): string {
  const { machines, gpuId, oneTypeBecause, purchase, replicas, usdPerNodeHour } = chosen;
  const [first, ...others] = machines;
  if (others.length === 0) {
    return `The pool has one machine type, ${first.instanceType}: ${oneTypeBecause ?? 'no other one is known'}.`;
  }
  const names = others.map((machine) =>
    machine.gpuId === gpuId
      ? machine.instanceType
      : replicas.minimum === 0
        ? `${machine.instanceType} (${machine.gpuId}), which finishes a run in time with as many replicas`
        : `${machine.instanceType} (${machine.gpuId}), which keeps every goal with as many replicas`,
  );
  const dearest = Math.max(...machines.map(({ usdPerHourAtMost }) => usdPerHourAtMost));
  const longer = replicas.minimum === 0 ? ', the longer run of a slower machine counted in' : '';
  if (purchase === 'spot') {
    const most = Math.max(...machines.map(({ usdPerHour }) => usdPerHour));
    const usdPerMonth = (most / usdPerNodeHour) * chosen.usdPerMonth;
    const other =
      most > usdPerNodeHour ? `; where Spot has more of the other, the month costs ${usd(usdPerMonth)}` : '';
    return `The pool starts ${first.instanceType} or ${names.join(', or ')}. The expected cost counts ${hourly(usdPerNodeHour)} an hour${other}. The maximum counts the on-demand price, ${hourly(dearest)} an hour${longer}.`;
  }
  return `Where ${first.instanceType} is sold out the pool may start ${names.join(', or ')}; the expected cost counts the first at ${hourly(first.usdPerHour)} an hour, the maximum counts all at ${hourly(dearest)}${longer}.`;
}

const terms: readonly (readonly [Commitment, keyof OfferPrice, string])[] = [
  ['reserved-1y-no-upfront', 'reserved1yNoUpfrontUsdPerHour', 'a year'],
  ['reserved-3y-no-upfront', 'reserved3yNoUpfrontUsdPerHour', 'three years'],
];

/**
 * What committing only to the machines that always run would cost, for traffic whose machines come and go: the ways of
 * buying that a reader compares, whatever the answers allow.
 */
export function baseCommitmentReasons(chosen: Candidate, price: OfferPrice | undefined): readonly string[] {
  const { nodes, purchase } = chosen;
  if (!price || purchase === 'spot' || purchase === 'owned' || nodes.minimum === 0 || nodes.minimum === nodes.peak) {
    return [];
  }
  return terms.flatMap(([commitment, field, term]) => {
    const committed = price[field];
    const mixed = `${commitment}+on-demand` as const;
    if (typeof committed !== 'number' || purchase === mixed) return [];
    const onDemand = price.onDemandUsdPerHour;
    const rates = { usdPerNodeHour: onDemand, usdPerNodeHourAtMost: onDemand, committedUsdPerNodeHour: committed };
    const { expected } = monthlyCost(nodes, rates, mixed, hoursPerMonth);
    return [
      `The ${committedNodes(mixed, nodes)} machines that always run reserved for ${term} and the rest on demand: ${usd(expected)} a month.`,
    ];
  });
}

/** How the machines are bought, in words. */
export function purchaseText({ purchase, committed, nodes }: Candidate): string {
  const words = purchase
    .replace('+on-demand', '')
    .replace('reserved-1y-', 'reserved for a year, ')
    .replace('reserved-3y-', 'reserved for three years, ')
    .replaceAll('-', ' ');
  return committed && committed.nodes < nodes.peak
    ? `${words}, for the ${committed.nodes} machines that always run; on demand above them. A commitment holds no capacity: reserve those machines too`
    : words;
}

import type { OfferPrice } from '../catalog/catalog.ts';
import { hoursPerMonth } from '../catalog/prices.ts';
import type { Commitment, Purchase } from './types.ts';

const suffix = '+on-demand';

/** What is committed under a way of buying; undefined: nothing. */
export function commitmentOf(purchase: Purchase): Commitment | undefined {
  if (!purchase.startsWith('reserved')) return undefined;
  return (purchase.endsWith(suffix) ? purchase.slice(0, -suffix.length) : purchase) as Commitment;
}

/** USD an hour of one machine that is not committed, or of any where all are; undefined where no source has that price. */
export function purchasePrice(price: OfferPrice, purchase: Purchase): number | undefined {
  switch (purchase) {
    case 'on-demand':
    case 'owned':
    case 'reserved-1y-no-upfront+on-demand':
    case 'reserved-1y-all-upfront+on-demand':
    case 'reserved-3y-no-upfront+on-demand':
    case 'reserved-3y-all-upfront+on-demand':
      return price.onDemandUsdPerHour;
    case 'spot':
      return price.spotUsdPerHour;
    case 'reserved-1y-no-upfront':
      return price.reserved1yNoUpfrontUsdPerHour;
    case 'reserved-1y-all-upfront':
      return price.reserved1yAllUpfrontUsdPerHour;
    case 'reserved-3y-no-upfront':
      return price.reserved3yNoUpfrontUsdPerHour;
    case 'reserved-3y-all-upfront':
      return price.reserved3yAllUpfrontUsdPerHour;
  }
}

/**
 * Machines paid for whether they run or not: all of the peak, or those that always run where on-demand machines come on
 * top. Committing to more than always runs would save only as long as the load keeps to its forecast.
 */
export function committedNodes(purchase: Purchase, nodes: { readonly minimum: number; readonly peak: number }): number {
  if (purchase === 'owned') return nodes.peak;
  if (commitmentOf(purchase) === undefined) return 0;
  return purchase.endsWith(suffix) ? nodes.minimum : nodes.peak;
}

/** USD an hour of one machine. */
export interface Rates {
  readonly usdPerNodeHour: number;
  /** Where the way of buying has none to give: spot falls back to on-demand. */
  readonly usdPerNodeHourAtMost: number;
  /** Of a committed one. Absent: as any other. */
  readonly committedUsdPerNodeHour?: number;
}

export interface MonthlyCost {
  readonly expected: number;
  readonly peak: number;
}

/**
 * Machines by the month: expected nodes all month, and as if the peak never ended and came at the dearest rate (what the
 * ceiling must hold). Committed machines cost the same whatever runs.
 *
 * @param hours - paid in a month for what is not committed: 730, or the hours of batch runs
 */
export function monthlyCost(
  nodes: { readonly minimum: number; readonly expected: number; readonly peak: number },
  rates: Rates,
  purchase: Purchase,
  hours: number,
): MonthlyCost {
  const committed = committedNodes(purchase, nodes);
  const base = committed * (rates.committedUsdPerNodeHour ?? rates.usdPerNodeHour) * hoursPerMonth;
  const above = (running: number, rate: number): number => Math.max(0, running - committed) * rate * hours;
  return {
    expected: base + above(nodes.expected, rates.usdPerNodeHour),
    peak: base + above(nodes.peak, rates.usdPerNodeHourAtMost),
  };
}

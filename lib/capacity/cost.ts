import type { OfferPrice } from '../catalog/catalog.ts';
import type { Purchase } from './types.ts';

/** Hours of the month that every monthly figure means. */
export const hoursPerMonth = 730;

/** USD an hour of one machine; undefined where no source has that price. */
export function purchasePrice(price: OfferPrice, purchase: Purchase): number | undefined {
  switch (purchase) {
    case 'on-demand':
    case 'owned':
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

/** Machines paid for whether they run or not. */
export function isCommitted(purchase: Purchase): boolean {
  return purchase.startsWith('reserved') || purchase === 'owned';
}

export interface MonthlyCost {
  readonly expected: number;
  readonly peak: number;
}

/**
 * Machines by the month: expected nodes all month, and as if the peak never ended (what the ceiling must hold).
 * A commitment covers the peak, so it costs that whatever runs.
 *
 * @param hours - paid in a month: 730, or the hours of batch runs
 */
export function monthlyCost(
  nodes: { readonly expected: number; readonly peak: number },
  usdPerNodeHour: number,
  purchase: Purchase,
  hours: number,
): MonthlyCost {
  const peak = nodes.peak * usdPerNodeHour * (isCommitted(purchase) ? hoursPerMonth : hours);
  const expected = isCommitted(purchase) ? peak : nodes.expected * usdPerNodeHour * hours;
  return { expected, peak };
}

/** Builders of PromQL text. Every rule is made of these, so that a window or a selector has one spelling. */

/** A number as PromQL prints it: no exponent, at most 6 significant digits. */
export function number(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return rounded.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 12 });
}

/** A number as a person reads it: grouped, three significant digits where it is no count of whole things. */
export function figureOf(value: number): string {
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(3));
  return shown.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/**
 * Pairs of windows and the speed of spending at which each fires: 2% and 5% of a 30-day error budget page, 10% in a day
 * or in three opens a ticket. The short window ends the alert soon after the trouble ends.
 */
export const burnWindows = {
  page: [
    { long: '1h', short: '5m', burn: 14.4 },
    { long: '6h', short: '30m', burn: 6 },
  ],
  ticket: [
    { long: '1d', short: '2h', burn: 3 },
    { long: '3d', short: '6h', burn: 1 },
  ],
} as const;

/**
 * Fires when the share of bad events spends the error budget too fast over a long and a short window at once.
 *
 * @param badShare - PromQL of the share of bad events over a window, 0 to 1
 * @param budget - share that may be bad: 0.05 for a P95 goal
 */
export function burnRate(badShare: (window: string) => string, budget: number, kind: 'page' | 'ticket'): string {
  return burnWindows[kind]
    .map(({ long, short, burn }) => {
      const limit = number(Math.min(0.99, budget * burn));
      return `(${badShare(long)} > ${limit} and ${badShare(short)} > ${limit})`;
    })
    .join('\nor\n');
}

/**
 * Share of a histogram's observations above a limit. Works on classic histograms from Prometheus 3.4 on; between two
 * bucket bounds it interpolates, so it errs by less than one bucket.
 */
export function shareAbove(histogram: string, selector: string, limit: number): (window: string) => string {
  return (window) =>
    `1 - histogram_fraction(0, ${number(limit)}, sum by (le) (rate(${histogram}_bucket{${selector}}[${window}])))`;
}

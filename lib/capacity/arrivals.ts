import type { RandomStream } from './random.ts';
import type { Arrivals } from './types.ts';

const daySeconds = 86_400;

/** The open-loop kinds: requests come whether or not earlier ones are done. */
export type OpenArrivals = Exclude<Arrivals, { readonly kind: 'closed-loop' }>;

/**
 * Next arrival time in seconds at each call, never decreasing; `Infinity` when a trace is spent.
 *
 * Gamma arrivals keep the mean rate and draw gaps of the given coefficient of variation (1 is Poisson). Diurnal
 * arrivals follow one smooth peak a day, lowest at 0 and highest at 12 hours, whose mean and peak are the two rates.
 */
export function createArrivals(arrivals: OpenArrivals, random: RandomStream): () => number {
  let clock = 0;
  let index = 0;
  switch (arrivals.kind) {
    case 'all-at-once':
      return () => 0;
    case 'poisson':
      return () => {
        clock += random.exponential() / arrivals.requestsPerSecond;
        return clock;
      };
    case 'gamma': {
      const shape = 1 / arrivals.coefficientOfVariation ** 2;
      return () => {
        clock += random.gamma(shape) / arrivals.requestsPerSecond;
        return clock;
      };
    }
    case 'diurnal': {
      const rate = diurnalRate(arrivals.meanRequestsPerSecond, arrivals.peakRequestsPerSecond);
      return () => {
        do {
          clock += random.exponential() / arrivals.peakRequestsPerSecond;
        } while (random.uniform() * arrivals.peakRequestsPerSecond > rate(clock));
        return clock;
      };
    }
    case 'trace':
      return () => arrivals.arrivalSeconds[index++] ?? Number.POSITIVE_INFINITY;
  }
}

/**
 * Requests a second over one day: peak x ((1 - cos 2 pi t) / 2)^k, with k found so that the day's mean is the mean.
 *
 * @returns the rate at a time in seconds; flat when the mean equals the peak
 */
export function diurnalRate(meanRequestsPerSecond: number, peakRequestsPerSecond: number): (seconds: number) => number {
  const share = Math.min(1, meanRequestsPerSecond / peakRequestsPerSecond);
  const meanOf = (exponent: number): number => {
    let sum = 0;
    for (let step = 0; step < 480; step++) sum += ((1 - Math.cos((2 * Math.PI * (step + 0.5)) / 480)) / 2) ** exponent;
    return sum / 480;
  };
  let low = 0;
  let high = 1;
  while (meanOf(high) > share && high < 1e6) high *= 2;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (meanOf(middle) > share) low = middle;
    else high = middle;
  }
  const exponent = (low + high) / 2;
  return (seconds) => {
    const phase = (1 - Math.cos((2 * Math.PI * seconds) / daySeconds)) / 2;
    return peakRequestsPerSecond * phase ** exponent;
  };
}

/** Mean rate of an open arrival process; undefined where it has none (all at once). */
export function meanRate(arrivals: OpenArrivals): number | undefined {
  switch (arrivals.kind) {
    case 'poisson':
    case 'gamma':
      return arrivals.requestsPerSecond;
    case 'diurnal':
      return arrivals.meanRequestsPerSecond;
    case 'trace': {
      const last = arrivals.arrivalSeconds.at(-1) ?? 0;
      return last > 0 ? arrivals.arrivalSeconds.length / last : undefined;
    }
    case 'all-at-once':
      return undefined;
  }
}

import type { Percentiles } from './types.ts';

/** Values kept one by one; above that they are counted in bins. */
const exactValues = 16_384;
/** Each bin is this much wider than the one before: half of it bounds the relative error of a quantile. */
const binGrowth = 1.005;
const smallestSeconds = 1e-6;
const logGrowth = Math.log(binGrowth);
/** From one microsecond to about eleven days. */
const binCount = Math.ceil(Math.log(1e6 / smallestSeconds) / logGrowth);

/**
 * Counts values of one latency in bounded memory. Mean and maximum are exact; quantiles are exact up to 16,384 values of
 * weight 1, and within 0.25% above.
 */
export interface LatencySketch {
  count: number;
  sum: number;
  maximum: number;
  exact: Float64Array | undefined;
  bins: Float64Array | undefined;
}

export function createSketch(): LatencySketch {
  return { count: 0, sum: 0, maximum: 0, exact: new Float64Array(256), bins: undefined };
}

/** A sketch for weighted values (gaps between tokens), always binned. */
export function createBinnedSketch(): LatencySketch {
  return { count: 0, sum: 0, maximum: 0, exact: undefined, bins: new Float64Array(binCount) };
}

function binOf(value: number): number {
  if (value <= smallestSeconds) return 0;
  return Math.min(binCount - 1, Math.floor(Math.log(value / smallestSeconds) / logGrowth));
}

function spill(sketch: LatencySketch): Float64Array {
  const bins = new Float64Array(binCount);
  const values = sketch.exact as Float64Array;
  for (let index = 0; index < sketch.count; index++) {
    const bin = binOf(values[index] as number);
    bins[bin] = (bins[bin] as number) + 1;
  }
  sketch.exact = undefined;
  sketch.bins = bins;
  return bins;
}

export function addValue(sketch: LatencySketch, value: number, weight = 1): void {
  if (sketch.exact !== undefined) {
    if (sketch.count < exactValues) {
      if (sketch.count === sketch.exact.length) {
        const larger = new Float64Array(sketch.exact.length * 4);
        larger.set(sketch.exact);
        sketch.exact = larger;
      }
      sketch.exact[sketch.count] = value;
    } else {
      spill(sketch);
    }
  }
  if (sketch.bins !== undefined) {
    const bin = binOf(value);
    sketch.bins[bin] = (sketch.bins[bin] as number) + weight;
  }
  sketch.count += weight;
  sketch.sum += value * weight;
  if (value > sketch.maximum) sketch.maximum = value;
}

/** Mean and percentiles; linear between neighbours while exact, as the benchmark clients print them. Empty: all zero. */
export function percentilesOf(sketch: LatencySketch): Percentiles {
  if (sketch.count === 0) return { mean: 0, p50: 0, p90: 0, p95: 0, p99: 0 };
  const mean = sketch.sum / sketch.count;
  if (sketch.exact !== undefined) {
    const sorted = sketch.exact.slice(0, sketch.count).sort();
    const at = (q: number): number => {
      const position = q * (sorted.length - 1);
      const below = Math.floor(position);
      const low = sorted[below] as number;
      const high = sorted[Math.min(sorted.length - 1, below + 1)] as number;
      return low + (high - low) * (position - below);
    };
    return { mean, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) };
  }
  const bins = sketch.bins as Float64Array;
  const at = (q: number): number => {
    const rank = q * sketch.count;
    let seen = 0;
    for (let bin = 0; bin < bins.length; bin++) {
      seen += bins[bin] as number;
      if (seen >= rank) return Math.min(sketch.maximum, smallestSeconds * binGrowth ** (bin + 0.5));
    }
    return sketch.maximum;
  };
  return { mean, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) };
}

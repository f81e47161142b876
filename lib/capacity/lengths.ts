import type { RandomStream } from './random.ts';
import type { LengthDistribution } from './types.ts';

/** Quantile of the standard normal at 0.95. */
const normal95 = 1.6448536269514722;

/**
 * Log-normal parameters through a mean and a 95th percentile:
 * ln(p95 / mean) = z sigma - sigma^2 / 2, the smaller root.
 *
 * A ratio above exp(z^2 / 2) = 3.87 has no log-normal; the widest one is taken then, whose P95 lies below the asked one.
 */
export function lognormalParameters(meanTokens: number, p95Tokens: number): { mu: number; sigma: number } {
  const logRatio = Math.log(Math.max(1, p95Tokens / meanTokens));
  const sigma = normal95 - Math.sqrt(Math.max(0, normal95 ** 2 - 2 * logRatio));
  return { mu: Math.log(meanTokens) - sigma ** 2 / 2, sigma };
}

/** Token count of the next request at each call, a whole number of at least 1. */
export function createLengths(lengths: LengthDistribution, random: RandomStream, inOrder: boolean): () => number {
  switch (lengths.kind) {
    case 'constant': {
      const tokens = Math.max(1, Math.round(lengths.tokens));
      return () => tokens;
    }
    case 'uniform': {
      const low = Math.max(1, Math.round(lengths.minTokens));
      const span = Math.max(0, Math.round(lengths.maxTokens) - low) + 1;
      return () => low + Math.floor(random.uniform() * span);
    }
    case 'normal':
      return () => {
        // Truncated at one token: drawn again, not clipped, so that no heap forms at the edge.
        for (let attempt = 0; attempt < 64; attempt++) {
          const tokens = Math.round(lengths.meanTokens + lengths.stdTokens * random.normal());
          if (tokens >= 1) return tokens;
        }
        return 1;
      };
    case 'lognormal': {
      const { mu, sigma } = lognormalParameters(lengths.meanTokens, lengths.p95Tokens);
      return () => Math.max(1, Math.round(Math.exp(mu + sigma * random.normal())));
    }
    case 'empirical': {
      let index = 0;
      const count = lengths.tokens.length;
      return inOrder
        ? () => Math.max(1, lengths.tokens[index++ % count] ?? 1)
        : () => Math.max(1, lengths.tokens[Math.floor(random.uniform() * count)] ?? 1);
    }
  }
}

/** Mean tokens of a request. */
export function meanTokens(lengths: LengthDistribution): number {
  switch (lengths.kind) {
    case 'constant':
      return lengths.tokens;
    case 'uniform':
      return (lengths.minTokens + lengths.maxTokens) / 2;
    case 'normal':
    case 'lognormal':
      return lengths.meanTokens;
    case 'empirical':
      return lengths.tokens.reduce((sum, tokens) => sum + tokens, 0) / Math.max(1, lengths.tokens.length);
  }
}

/** Tokens of the request at quantile `q` (0 to 1) of the distribution. */
export function quantileTokens(lengths: LengthDistribution, q: number): number {
  switch (lengths.kind) {
    case 'constant':
      return lengths.tokens;
    case 'uniform':
      return lengths.minTokens + q * (lengths.maxTokens - lengths.minTokens);
    case 'normal':
      return Math.max(1, lengths.meanTokens + lengths.stdTokens * normalQuantile(q));
    case 'lognormal': {
      const { mu, sigma } = lognormalParameters(lengths.meanTokens, lengths.p95Tokens);
      return Math.exp(mu + sigma * normalQuantile(q));
    }
    case 'empirical': {
      const sorted = [...lengths.tokens].sort((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 1;
    }
  }
}

/** Quantile of the standard normal by Acklam's rational approximation; relative error below 1.2e-9. */
export function normalQuantile(q: number): number {
  const p = Math.min(1 - 1e-12, Math.max(1e-12, q));
  const tail = (t: number): number =>
    (((((-7.784894002430293e-3 * t - 0.3223964580411365) * t - 2.400758277161838) * t - 2.549732539343734) * t +
      4.374664141464968) *
      t +
      2.938163982698783) /
    ((((7.784695709041462e-3 * t + 0.3224671290700398) * t + 2.445134137142996) * t + 3.754408661907416) * t + 1);
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const x = p - 0.5;
  const r = x * x;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      x) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}

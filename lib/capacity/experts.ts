import type { ExpertShape } from './weights.ts';

/**
 * Experts of a layer that at least one of `tokens` tokens chose. Popularity of experts is taken as gamma-distributed
 * with shape `evenness`, so the count of one expert's tokens is negative binomial:
 *
 *   touched = experts × (1 − (1 + tokens × perToken ÷ (experts × evenness))^(−evenness))
 *
 * A great evenness gives the even router (Poisson); 1 a strongly skewed one. Never above tokens × perToken.
 */
export function expertsTouched(tokens: number, numExperts: number, expertsPerToken: number, evenness: number): number {
  const mean = (tokens * expertsPerToken) / numExperts;
  const touched = numExperts * -Math.expm1(-evenness * Math.log1p(mean / evenness));
  return Math.min(numExperts, Math.max(touched, Math.min(expertsPerToken, tokens * expertsPerToken)));
}

/** The routed experts of one layer as one GPU holds them. */
export interface ExpertLayer {
  readonly numExperts: number;
  readonly expertsPerToken: number;
  readonly shape: ExpertShape;
  readonly weightBytes: number;
  /** Bytes of one activation as the kernel reads it. */
  readonly activationBytes: number;
  /** Share of the experts on this GPU: 1 under tensor parallelism, 1 ÷ ranks under expert parallelism. */
  readonly residentShare: number;
}

/** What the grouped kernel reaches: catalogue rates times the plain kernel's share times its own. */
export interface ExpertRates {
  readonly bytesPerSecond: number;
  readonly flopsPerSecond: number;
  readonly launchSeconds: number;
  /** Depth at which half of the rate is reached: the pipeline of each tile has to fill. */
  readonly halfDepth: number;
}

const tile = { least: 16, most: 128 } as const;

/**
 * Seconds of the routed experts of one layer: two grouped multiplications over the experts touched.
 *
 *   memory  = (experts touched here × bytes of one + activations in and out of each assignment) ÷ bandwidth reached
 *   compute = 2 × rows here × Σ elements × (depth + halfDepth) ÷ depth ÷ rate reached, over the matrices of one,
 *             rows = assignments, each touched expert's rounded up to a tile (16 rows at the least, 128 at the most)
 */
export function expertSeconds(tokens: number, layer: ExpertLayer, rates: ExpertRates, evenness: number): number {
  const touched = expertsTouched(tokens, layer.numExperts, layer.expertsPerToken, evenness) * layer.residentShare;
  const assignments = tokens * layer.expertsPerToken * layer.residentShare;
  const rowsEach = touched > 0 ? assignments / touched : 0;
  const halfTile = Math.min(tile.most, Math.max(tile.least, rowsEach)) / 2;
  const rows = assignments + touched * halfTile;
  const { inputs, width, matrices } = layer.shape;
  const elements = matrices * inputs * width;
  const deep = (matrices - 1) * (inputs + rates.halfDepth) * width + inputs * (width + rates.halfDepth);
  const read = inputs + width;
  const written = (matrices - 1) * width + inputs;
  const bytes = touched * elements * layer.weightBytes + assignments * (read * layer.activationBytes + written * 2);
  return rates.launchSeconds + Math.hypot(bytes / rates.bytesPerSecond, (2 * rows * deep) / rates.flopsPerSecond);
}

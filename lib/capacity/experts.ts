import type { ExpertFactors } from './efficiency.ts';

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
  /** Weights of one expert on this GPU (gate, up and down). */
  readonly elementsPerExpert: number;
  readonly weightBytes: number;
  /** Share of the experts on this GPU: 1 under tensor parallelism, 1 ÷ ranks under expert parallelism. */
  readonly residentShare: number;
}

/**
 * Seconds of the routed experts of one layer.
 *
 *   memory  = experts touched here × bytes of one ÷ (bandwidth × memoryEfficiency)
 *   compute = 2 × rows here × elements of one ÷ (peak × computeEfficiency),
 *             rows = assignments, each touched expert rounded up to a tile of 16
 */
export function expertSeconds(
  tokens: number,
  layer: ExpertLayer,
  bytesPerSecond: number,
  flopsPerSecond: number,
  factors: ExpertFactors,
  evenness: number,
): number {
  const touched = expertsTouched(tokens, layer.numExperts, layer.expertsPerToken, evenness) * layer.residentShare;
  const assignments = tokens * layer.expertsPerToken * layer.residentShare;
  const rows = assignments + touched * 8;
  const memory = (touched * layer.elementsPerExpert * layer.weightBytes) / (bytesPerSecond * factors.memoryEfficiency);
  const compute = (2 * rows * layer.elementsPerExpert) / (flopsPerSecond * factors.computeEfficiency);
  return factors.launchSeconds + Math.hypot(memory, compute);
}

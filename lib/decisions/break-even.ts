import type { Candidate } from '../capacity/types.ts';
import type { HostedModel } from '../catalog/catalog.ts';
import type { BreakEven } from './decided.ts';
import type { Decision } from './record.ts';
import { hostedUsdPerRequest, type Volume } from './volume.ts';

/** One replica kept warm: what a fallback costs while the provider answers. */
export function standbyUsdPerMonth(candidate: Candidate): number {
  return (candidate.usdPerMonth / Math.max(1, candidate.nodes.expected)) * candidate.nodesPerReplica;
}

/**
 * GPU bill at another volume: replicas follow the rate in whole steps and never fall below the planned minimum.
 * Errs low where a much larger load would need another layout.
 */
export function selfHostedUsdAt(candidate: Candidate, factor: number): number {
  const { expected, minimum } = candidate.replicas;
  const replicas = Math.max(Math.min(minimum, expected), 1, Math.ceil(expected * factor - 1e-9));
  return (candidate.usdPerMonth / Math.max(1, expected)) * replicas;
}

/** The candidate with its bill at the volume asked now, where that is not the one it was sized for. */
export function atVolume(candidate: Candidate, volume: Volume, sizedRequestsPerMonth: number): Candidate {
  if (volume.requestsPerMonth === sizedRequestsPerMonth || sizedRequestsPerMonth <= 0) return candidate;
  return { ...candidate, usdPerMonth: selfHostedUsdAt(candidate, volume.requestsPerMonth / sizedRequestsPerMonth) };
}

const curveFactors = [0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 100];

/** The volume from which the hosted bill stays above the infrastructure's, and both bills over the volume. */
export function findBreakEven(hosted: HostedModel, candidate: Candidate, volume: Volume): BreakEven {
  const perRequest = hostedUsdPerRequest(hosted, volume);
  const hostedAt = (factor: number) => perRequest * volume.requestsPerMonth * factor;
  const dearer = (factor: number) => hostedAt(factor) > selfHostedUsdAt(candidate, factor);
  const last = curveFactors.findLastIndex((factor) => !dearer(factor));
  const low = curveFactors[last];
  const high = curveFactors[last + 1];
  const crossing = low !== undefined && high !== undefined ? bisect(low, high, dearer) : undefined;
  return {
    hostedModelId: hosted.id,
    expectedRequestsPerMonth: volume.requestsPerMonth,
    hostedUsdPerMonth: hostedAt(1),
    hostedUsdPerRequest: perRequest,
    selfHostedUsdPerMonth: candidate.usdPerMonth,
    ...(crossing === undefined ? {} : { breakEvenRequestsPerMonth: crossing * volume.requestsPerMonth }),
    curve: curveFactors.map((factor) => ({
      requestsPerMonth: volume.requestsPerMonth * factor,
      hostedUsd: hostedAt(factor),
      selfHostedUsd: selfHostedUsdAt(candidate, factor),
    })),
  };
}

function bisect(low: number, high: number, holds: (value: number) => boolean): number {
  let [from, to] = [low, high];
  for (let step = 0; step < 40; step++) {
    const middle = (from + to) / 2;
    if (holds(middle)) to = middle;
    else from = middle;
  }
  return to;
}

export function curveOf(breakEven: BreakEven): NonNullable<Decision['curve']> {
  const { curve, breakEvenRequestsPerMonth } = breakEven;
  return {
    title: 'Monthly bill over the volume',
    x: { title: 'requests a month', values: curve.map((point) => Math.round(point.requestsPerMonth)) },
    series: [
      { title: `${breakEven.hostedModelId}, USD a month`, values: curve.map((point) => Math.round(point.hostedUsd)) },
      { title: 'own GPU machines, USD a month', values: curve.map((point) => Math.round(point.selfHostedUsd)) },
    ],
    ...(breakEvenRequestsPerMonth === undefined ? {} : { crossing: Math.round(breakEvenRequestsPerMonth) }),
  };
}

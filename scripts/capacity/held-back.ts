import type { EfficiencyFactors } from '../../lib/capacity/efficiency.ts';
import type { ServingPoint } from './points.ts';

/** Factors fitted without one GPU or one model. */
export interface HeldBack {
  readonly by: 'gpu' | 'model';
  readonly value: string;
  readonly serving: EfficiencyFactors['serving'];
  readonly experts: EfficiencyFactors['experts'];
}

/** The value by which a point is left out. */
export function fold(point: ServingPoint, by: HeldBack['by']): string {
  return by === 'gpu' ? point.deployment.gpu.id : point.deployment.model.id;
}

/** Every GPU and every model with points, each left out once, never a row. */
export function splits(points: readonly ServingPoint[]): readonly Pick<HeldBack, 'by' | 'value'>[] {
  const used = points.filter((point) => !point.setAside);
  return (['gpu', 'model'] as const).flatMap((by) =>
    [...new Set(used.map((point) => fold(point, by)))].sort().map((value) => ({ by, value })),
  );
}

/** The points a held-back set of factors has never seen. */
export function heldBackPoints(
  points: readonly ServingPoint[],
  set: Pick<HeldBack, 'by' | 'value'>,
): readonly ServingPoint[] {
  return points.filter((point) => !point.setAside && fold(point, set.by) === set.value);
}

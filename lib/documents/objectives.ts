import type { Prediction } from '../capacity/types.ts';
import { servedLatencyGoals } from '../decisions/serving-requirement.ts';
import { presetTargets } from '../decisions/validation.ts';
import type { Plan } from '../plan/plan.ts';
import { percent, seconds, withBand } from './format.ts';

/** A latency goal of Q1 beside what the plan predicts for it. Seconds. */
export interface Objective {
  /** `ttft.p95`. */
  readonly id: string;
  readonly title: string;
  readonly answer: string;
  readonly goal: number;
  readonly predicted?: number;
}

const measures = [
  { id: 'ttft', title: 'Time to first token', answer: 'ttftMs', field: 'ttftSeconds' },
  { id: 'tpot', title: 'Time per output token', answer: 'tpotMs', field: 'tpotSeconds' },
  { id: 'e2e', title: 'End-to-end time', answer: 'endToEndMs', field: 'endToEndSeconds' },
] as const;

export function predictionOf(plan: Plan): Prediction | undefined {
  return plan.capacity?.chosen.prediction;
}

export function objectivesOf(plan: Plan): readonly Objective[] {
  const prediction = predictionOf(plan);
  // A prediction is held to the goals its model was sized for; a provider's latency to the answers'.
  const latency = prediction ? servedLatencyGoals(plan.requirements) : presetTargets(plan.requirements);
  return measures.flatMap(({ id, title, answer, field }) => {
    const goals = latency[answer];
    if (!goals) return [];
    return (['p50', 'p95'] as const).map((percentile) => ({
      id: `${id}.${percentile}`,
      title: `${title}, ${percentile.toUpperCase()}`,
      answer: `latency.${answer}.${percentile}`,
      goal: goals[percentile] / 1000,
      ...(prediction && { predicted: prediction[field][percentile] }),
    }));
  });
}

/** What a reader may conclude from a prediction and its error band. */
export function verdict(goal: number, predicted: number | undefined, band: number): string {
  if (predicted === undefined) return 'no prediction: the provider’s latency is not modelled';
  if (predicted * (1 + band) <= goal) return 'inside the goal with the whole error band';
  return predicted <= goal ? 'inside the goal; the upper end of the band is above it' : 'above the goal';
}

/** Rows of the table «goal, prediction, verdict», ready to print. */
export function objectiveRows(
  plan: Plan,
): readonly Readonly<Record<'title' | 'goal' | 'predicted' | 'verdict', string>>[] {
  const band = predictionOf(plan)?.errorBand ?? 0;
  return objectivesOf(plan).map(({ title, goal, predicted }) => ({
    title,
    goal: seconds(goal),
    predicted: predicted === undefined ? '—' : withBand(predicted, band, seconds),
    verdict: verdict(goal, predicted, band),
  }));
}

/** Whose predictions these are, where callers also reach a model that nobody predicts; empty otherwise. */
export function predictedFor(plan: Plan): string {
  const own = plan.models.find(({ role }) => role === 'chat' || role === 'chat-fallback');
  const hosted = plan.gateway.routes.filter(({ kind, weight }) => kind === 'hosted' && weight > 0);
  return own && hosted.length > 0
    ? `Predictions are for ${own.role}, which this platform serves itself. The latency of ${hosted[0]?.target} is its provider’s; it is measured at the gateway and not predicted.`
    : '';
}

/** How far the predictions can be trusted, one sentence; empty where there is none. */
export function basisText(plan: Plan): string {
  const prediction = predictionOf(plan);
  if (!prediction) return '';
  const band = percent(prediction.errorBand);
  switch (prediction.basis) {
    case 'measured':
      return `Measured on this GPU; a value lies within ±${band} of the figure in 8 of 10 cases.`;
    case 'modelled':
      return `Modelled: a value lies within ±${band} of the figure in 8 of 10 cases.`;
    case 'assumed':
      return `Uncalibrated: no measurement covers this GPU, so the band is wide (±${band}). Measure once and run \`groundplan calibrate\`.`;
  }
}

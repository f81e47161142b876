import type { Artifact } from '../artifacts/artifact.ts';
import type { Plan } from '../plan/plan.ts';
import type { Page, PageInput } from './document.ts';
import { figure, percent, seconds, usd } from './format.ts';
import { objectivesOf, predictionOf } from './objectives.ts';

/** A figure the platform is judged by: prediction and goal from the plan, the measurement from a test, later (P22). */
interface Figure {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly goal: number | null;
  readonly predicted: number | null;
  readonly filledBy: 'load test' | 'evaluation' | 'bill';
}

function figures(plan: Plan): readonly Figure[] {
  const prediction = predictionOf(plan);
  const latency = [
    { id: 'ttft.p95', title: 'Time to first token, P95', predicted: prediction?.ttftSeconds.p95 },
    { id: 'tpot.p95', title: 'Time per output token, P95', predicted: prediction?.tpotSeconds.p95 },
    { id: 'e2e.p95', title: 'End-to-end time, P95', predicted: prediction?.endToEndSeconds.p95 },
  ];
  const goals = objectivesOf(plan);
  const perThousandTokens = plan.cost.usdPerMillionOutputTokens / 1000;
  return [
    ...latency.map(
      ({ id, title, predicted }): Figure => ({
        id,
        title,
        unit: 's',
        goal: goals.find((objective) => objective.id === id)?.goal ?? null,
        predicted: predicted ?? null,
        filledBy: 'load test',
      }),
    ),
    {
      id: 'errorRate',
      title: 'Share of requests that fail',
      unit: 'share',
      goal: round((100 - plan.requirements.operations.availabilityPercent) / 100),
      predicted: null,
      filledBy: 'load test',
    },
    {
      id: 'outputTokensPerSecond',
      title: 'Output tokens per second at peak',
      unit: 'tokens/s',
      goal: null,
      predicted: prediction?.outputTokensPerSecond ?? null,
      filledBy: 'load test',
    },
    {
      id: 'usdPerThousandOutputTokens',
      title: 'Cost of 1,000 output tokens',
      unit: 'USD',
      goal: null,
      predicted: perThousandTokens > 0 ? round(perThousandTokens) : null,
      filledBy: 'bill',
    },
    ...(plan.retrieval
      ? (['faithfulness', 'answerRelevance', 'contextPrecision', 'contextRecall'] as const).map(
          (id): Figure => ({
            id,
            ...evaluationGoals[id],
            unit: 'share',
            predicted: null,
            filledBy: 'evaluation',
          }),
        )
      : [
          {
            id: 'accuracy',
            title: 'Accuracy on the golden set',
            unit: 'share',
            goal: 0.85,
            predicted: null,
            filledBy: 'evaluation',
          } as const,
        ]),
  ];
}

/** P8. */
const evaluationGoals = {
  faithfulness: { title: 'Faithfulness', goal: 0.85 },
  answerRelevance: { title: 'Answer relevance', goal: 0.8 },
  contextPrecision: { title: 'Context precision', goal: 0.75 },
  contextRecall: { title: 'Context recall', goal: 0.8 },
} as const;

const round = (value: number) => Number(value.toPrecision(6));

function print(value: number | null, unit: string): string {
  if (value === null) return '—';
  if (unit === 's') return seconds(value);
  if (unit === 'USD') return usd(value);
  return unit === 'share' ? percent(value, 2) : `${figure(value)} ${unit}`;
}

/** The file that tests fill in; regenerating leaves a filled one alone, because it was edited since. */
export function statusArtifact(plan: Plan): Artifact {
  const prediction = predictionOf(plan);
  const contents = {
    schemaVersion: 1,
    name: plan.name,
    generator: plan.generator,
    catalogDate: plan.catalogDate,
    basis: prediction?.basis ?? null,
    errorBand: prediction?.errorBand ?? null,
    figures: figures(plan).map((row) => ({ ...row, measured: null, measuredAt: null, source: null })),
  };
  return { path: 'docs/status.json', contents: `${JSON.stringify(contents, null, 2)}\n` };
}

export function statusPage({ plan, render }: PageInput): Page {
  const prediction = predictionOf(plan);
  const context = {
    name: plan.name,
    rows: figures(plan).map((row) => ({
      title: row.title,
      goal: print(row.goal, row.unit),
      predicted: print(row.predicted, row.unit),
      measured: 'not measured yet',
      filledBy: row.filledBy,
    })),
    band: prediction
      ? `Latency and throughput carry an error band of ±${percent(prediction.errorBand)}; basis: ${prediction.basis}.`
      : '',
  };
  return {
    path: 'docs/STATUS.md',
    title: 'Status',
    group: 'Operations',
    markdown: render.markdown('status.md', context),
  };
}

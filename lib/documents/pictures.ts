import type { Artifact } from '../artifacts/artifact.ts';
import type { Candidate, CapacityPlan } from '../capacity/types.ts';
import type { Decision, Plan } from '../plan/plan.ts';
import { architectureDiagram } from './diagram.ts';
import { count, seconds, usd } from './format.ts';
import { objectivesOf, predictionOf } from './objectives.ts';
import { barPlot, curvePlot, scatterPlot } from './plots.ts';
import { escapeMarkdown, Verbatim } from './render.ts';
import { topologyOf } from './topology.ts';

/** Path beneath `docs/`, and what somebody who cannot see it is told. */
export interface Picture {
  readonly path: string;
  /** Its caption. */
  readonly title: string;
  readonly alternative: string;
  readonly svg: string;
}

/** The picture as a page shows it, from a page in `docs/` or, with `../`, from one beneath it. */
export function shown(picture: Picture | undefined, up = ''): Verbatim | null {
  if (!picture) return null;
  const { alternative, path, title } = picture;
  return new Verbatim(`![${escapeMarkdown(alternative)}](${up}${path} "${title.replaceAll('"', '')}")`);
}

export function architecturePicture(plan: Plan): Picture {
  const topology = topologyOf(plan);
  return {
    path: 'images/architecture.svg',
    title: 'Components, trust boundaries and flows',
    alternative: `Components of ${plan.name} within their trust boundaries, and what flows between them`,
    svg: architectureDiagram(topology),
  };
}

/** The dearest lines, and one bar for all the others. */
export function costPicture(plan: Plan): Picture | undefined {
  const lines = [...plan.cost.lines]
    .filter((row) => row.usdPerMonth.maximum > 0)
    .sort((a, b) => b.usdPerMonth.expected - a.usdPerMonth.expected || (a.id < b.id ? -1 : 1));
  if (lines.length === 0) return undefined;
  const shown = lines.length > 10 ? lines.slice(0, 9) : lines;
  const others = lines.slice(shown.length);
  const sum = (of: 'minimum' | 'expected' | 'maximum') => others.reduce((total, row) => total + row.usdPerMonth[of], 0);
  const rows = [
    ...shown.map(({ title, usdPerMonth }) => ({ title, usdPerMonth })),
    ...(others.length > 0
      ? [
          {
            title: `${others.length} smaller lines`,
            usdPerMonth: { minimum: sum('minimum'), expected: sum('expected'), maximum: sum('maximum') },
          },
        ]
      : []),
  ];
  const title = 'Monthly cost by driver';
  return {
    path: 'images/cost.svg',
    title,
    alternative: rows.map((row) => `${row.title}: ${usd(row.usdPerMonth.expected)}`).join('; '),
    svg: barPlot(
      title,
      rows.map((row) => `${row.title}: ${usd(row.usdPerMonth.expected)} a month.`).join(' '),
      [
        {
          title: '',
          printTick: count,
          bars: rows.map((row) => ({
            label: row.title.length > 52 ? `${row.title.slice(0, 51)}…` : row.title,
            value: row.usdPerMonth.expected,
            low: row.usdPerMonth.minimum,
            high: row.usdPerMonth.maximum,
            text: usd(row.usdPerMonth.expected),
          })),
        },
      ],
      'USD a month at expected load; the thin line runs from minimum to maximum load.',
    ),
  };
}

/** Predicted percentiles of each latency that has a goal, with band and goal. */
export function latencyPicture(plan: Plan): Picture | undefined {
  const prediction = predictionOf(plan);
  if (!prediction) return undefined;
  const objectives = objectivesOf(plan);
  const panels = [
    { id: 'ttft', title: 'Time to first token', values: prediction.ttftSeconds },
    { id: 'tpot', title: 'Time per output token', values: prediction.tpotSeconds },
    { id: 'e2e', title: 'End-to-end time', values: prediction.endToEndSeconds },
  ] as const;
  const band = prediction.errorBand;
  return {
    path: 'images/latency.svg',
    title: 'Predicted latency at peak load',
    alternative: panels.map(({ title, values }) => `${title}: P95 ${seconds(values.p95)}`).join('; '),
    svg: barPlot(
      'Predicted latency at peak load',
      panels.map(({ title, values }) => `${title}: P50 ${seconds(values.p50)}, P95 ${seconds(values.p95)}.`).join(' '),
      panels.map(({ id, title, values }) => ({
        title,
        printTick: seconds,
        bars: (['p50', 'p90', 'p95', 'p99'] as const).map((percentile) => {
          const goal = objectives.find((objective) => objective.id === `${id}.${percentile}`)?.goal;
          const value = values[percentile];
          return {
            label: percentile.toUpperCase(),
            value,
            low: value * (1 - band),
            high: value * (1 + band),
            text: goal === undefined ? seconds(value) : `${seconds(value)}, goal ${seconds(goal)}`,
            ...(goal !== undefined && { goal }),
          };
        }),
      })),
      'Bar: prediction at peak. Thin line: error band. Upright red mark: goal.',
    ),
  };
}

/** The chosen candidate on the front; where its batch limits were set later, the one on the same machines. */
export function chosenOnFront({ chosen, paretoFront }: CapacityPlan): Candidate | undefined {
  const machines = ({ gpuId, instanceTypes, layout, precision, purchase, region }: Candidate) =>
    JSON.stringify([gpuId, instanceTypes[0], layout, precision, purchase, region]);
  return (
    paretoFront.find(({ id }) => id === chosen.id) ??
    paretoFront.find((candidate) => machines(candidate) === machines(chosen))
  );
}

/** Cost against P95 of the candidates that no other beats in cost, P95 and throughput. */
export function paretoPicture(plan: Plan): Picture | undefined {
  const capacity = plan.capacity;
  if (!capacity || capacity.paretoFront.length < 2) return undefined;
  const chosen = chosenOnFront(capacity);
  const points = capacity.paretoFront.map((candidate, index) => ({
    x: candidate.usdPerMonth,
    y: candidate.prediction.endToEndSeconds.p95,
    label: String(index + 1),
    chosen: candidate === chosen,
  }));
  return {
    path: 'images/alternatives.svg',
    title: 'Alternatives by cost and latency',
    alternative: `${points.length} ways to serve the load by monthly cost and P95 of the end-to-end time`,
    svg: scatterPlot(
      'Alternatives by cost and latency',
      points.map((point) => `Number ${point.label}: ${usd(point.x)} a month, P95 ${seconds(point.y)}.`).join(' '),
      points,
      { title: 'GPU machines, USD a month', print: count },
      { title: 'End-to-end time, P95', print: seconds },
    ),
  };
}

/** The curve a decision carries: D2.3's two bills over the volume. */
export function curvePicture(decision: Decision): Picture | undefined {
  const curve = decision.curve;
  if (!curve) return undefined;
  const crossing =
    curve.crossing === undefined
      ? 'They do not cross in this range.'
      : `They cross at ${count(curve.crossing)} ${curve.x.title}.`;
  return {
    path: `images/${decision.id.toLowerCase()}-curve.svg`,
    title: curve.title,
    alternative: `${curve.title}: ${curve.series.map(({ title }) => title).join(' and ')}. ${crossing}`,
    svg: curvePlot(
      curve.title,
      crossing,
      curve.series.map(({ title, values }) => ({
        title,
        points: curve.x.values.flatMap((x, index) => {
          const y = values[index];
          return y === undefined ? [] : [{ x, y }];
        }),
      })),
      { title: curve.x.title, print: count },
      { title: '', print: count },
    ),
  };
}

export function pictureArtifacts(plan: Plan): readonly Artifact[] {
  return [
    architecturePicture(plan),
    costPicture(plan),
    latencyPicture(plan),
    paretoPicture(plan),
    ...plan.decisions.map(curvePicture),
  ].flatMap((picture) => (picture ? [{ path: `docs/${picture.path}`, contents: picture.svg }] : []));
}

import type { EfficiencyFactors } from '../../lib/capacity/efficiency.ts';
import type { Gpu } from '../../lib/catalog/gpu.ts';
import {
  type Comparison,
  type ErrorSummary,
  reportedMetrics,
  summarise,
  type View,
  views,
} from './accuracy-figures.ts';
import type { NeverFittedRows } from './compared.ts';
import { kernelGpus, type MeasuredGemm, predictedGemm } from './fit-gemm.ts';
import { servingRanges, subsetOf } from './fit-serving.ts';
import type { MemoryRow } from './memory-rows.ts';
import type { ServingPoint } from './points.ts';

export interface AccuracyInput {
  readonly points: readonly ServingPoint[];
  readonly comparisons: Readonly<Record<View, readonly Comparison[]>>;
  readonly neverFitted: NeverFittedRows;
  readonly gemms: readonly MeasuredGemm[];
  readonly memory: readonly MemoryRow[];
  readonly gpus: readonly Gpu[];
  readonly factors: EfficiencyFactors;
}

const metricNames = {
  tpot: 'time per output token, mean',
  ttft: 'time to first token, mean',
  endToEnd: 'end-to-end, mean',
  endToEndP99: 'end-to-end, P99',
} as const;

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const signed = (share: number) => `${share >= 0 ? '+' : '−'}${(100 * Math.abs(share)).toFixed(1)}%`;

/** The accuracy page as Markdown: every figure comes from the input. */
export function accuracyPage(input: AccuracyInput): string {
  return [
    intro(input),
    summarySection(input),
    subsetSection(input),
    gpuAndModelSection(input),
    neverFittedSection(input),
    missSection(input),
    setAsideSection(input),
    kernelSection(input),
    memorySection(input),
    factorSection(input),
  ].join('\n');
}

function intro({ points }: AccuracyInput): string {
  const used = points.filter((point) => !point.setAside);
  return `# Accuracy of the performance model

Made by \`node scripts/accuracy.ts\` from the published measurements in \`calibration/\`; do not edit. ${used.length} serving points of
vLLM are compared, ${points.length - used.length} more are set aside with the reason given below. Each point is simulated as it was run (same
arrivals, lengths and limits) and compared with the published mean, and with the P99 where one is published.

- **fitted**: with the shipped factors, which saw these points.
- **model left out**: with factors refitted without any point of the model in question.
- **GPU left out**: with factors refitted without any serving point of the GPU in question; for the B200, the only one of its
  architecture, without its kernels too. H100 and H200 keep the kernels of their common architecture, as an A100 or L40S would.

Every fit starts from the priors, not from the shipped factors. A factor that only the left-out points could tell stays at its prior; an
expert kernel that only they show takes what kernels of its make have in common.

Error is |predicted ÷ measured − 1|. Measurements of one system repeated on another day differ by 1 to 5% in token time and by up to
half in the time to first token of small batches; below that no model can be judged.
`;
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ''].join('\n');
}

function cellsOf({ count, median, p90, bias }: ErrorSummary): readonly (string | number)[] {
  return count === 0 ? ['–', '–', '–'] : [percent(median), percent(p90), signed(bias)];
}

function summarySection({ comparisons }: AccuracyInput): string {
  const rows = views.flatMap((view) =>
    reportedMetrics.map((metric) => {
      const summary = summarise(comparisons[view].filter((comparison) => comparison.metric === metric));
      return [view, metricNames[metric], summary.count, ...cellsOf(summary)];
    }),
  );
  const plots = ['tpot', 'ttft', 'endtoend']
    .map((name) => `![](accuracy/${name}-fitted.svg) ![](accuracy/${name}-model-left-out.svg)`)
    .join('\n\n');
  return `## All points\n\n${table(['view', 'figure', 'points', 'median error', 'P90 error', 'bias'], rows)}\n${plots}\n`;
}

function subsetSection({ comparisons }: AccuracyInput): string {
  const names = [...new Set(comparisons.fitted.map(({ point }) => subsetOf(point)))].sort();
  const rows = names.map((name) => {
    const cell = (view: View, metric: Comparison['metric']) => {
      const own = comparisons[view].filter((c) => c.metric === metric && subsetOf(c.point) === name);
      return own.length === 0 ? '–' : percent(summarise(own).median);
    };
    const count = comparisons.fitted.filter((c) => c.metric === 'tpot' && subsetOf(c.point) === name).length;
    return [
      name.replaceAll(' | ', ', '),
      count,
      ...views.map((view) => cell(view, 'tpot')),
      ...views.map((view) => cell(view, 'ttft')),
      ...views.map((view) => cell(view, 'endToEnd')),
    ];
  });
  const head = ['source, model, GPU, precision', 'points'];
  for (const metric of ['TPOT', 'TTFT', 'end-to-end'])
    for (const view of ['fitted', '−model', '−GPU']) head.push(`${metric} ${view}`);
  return `## By subset (median error)\n\n${table(head, rows)}`;
}

function gpuAndModelSection({ comparisons }: AccuracyInput): string {
  const section = (title: string, view: View, keyOf: (point: ServingPoint) => string) => {
    const keys = [...new Set(comparisons[view].map(({ point }) => keyOf(point)))].sort();
    const rows = keys.flatMap((key) =>
      reportedMetrics.flatMap((metric) => {
        const own = comparisons[view].filter((c) => c.metric === metric && keyOf(c.point) === key);
        return own.length === 0 ? [] : [[key, metricNames[metric], own.length, ...cellsOf(summarise(own))]];
      }),
    );
    return `### ${title}\n\n${table(['', 'figure', 'points', 'median error', 'P90 error', 'bias'], rows)}`;
  };
  return [
    '## Held back, by GPU and by model\n',
    section('GPU left out', 'GPU left out', (point) => point.deployment.gpu.id),
    section('Model left out', 'model left out', (point) => point.deployment.model.id),
  ].join('\n');
}

function neverFittedSection({ neverFitted: { figures, setAside } }: AccuracyInput): string {
  const metrics = ['tpot', 'ttft', 'endToEnd'] as const;
  const cells = (members: typeof figures) => {
    const of = (metric: (typeof metrics)[number]) => summarise(members.filter((figure) => figure.metric === metric));
    const pairs = metrics.map(of).flatMap(({ median, bias }) => [percent(median), signed(bias)]);
    return [of('tpot').count, ...pairs];
  };
  const groups = [...Map.groupBy(figures, ({ subset }) => subset)].sort(([a], [b]) => (a < b ? -1 : 1));
  const head = ['model, GPU, precision', 'rows', 'TPOT', 'bias', 'TTFT', 'bias', 'end-to-end', 'bias'];
  const rows = [
    ['**all**', ...cells(figures)],
    ...groups.map(([name, members]) => [name.replaceAll(' | ', ', '), ...cells(members)]),
  ];
  const aside = Object.entries(setAside).map(([why, count]) => `- ${count} rows: ${why}`);
  return `## Never fitted (median error)

\`calibration/compared.csv\` holds published rows that take part in no fit and in no choice of a factor: models and a GPU (B300) the fit
has never seen, and further rows of those it has. They go through \`groundplan predict\` with what the row says and nothing else.

${table(head, rows)}
Set aside:

${aside.join('\n')}
`;
}

function describe({ deployment, arrivals, requests }: ServingPoint): string {
  const { model, gpu, layout, precision } = deployment;
  const load =
    arrivals.kind === 'closed-loop' ? `concurrency ${arrivals.concurrency}` : `${requests} requests, evenly spaced`;
  return `${model.id}, ${precision}, ${layout.tensorParallelSize} × ${gpu.id}, ${load}`;
}

function missSection({ comparisons }: AccuracyInput): string {
  const worst = [...comparisons.fitted]
    .filter(({ metric }) => metric === 'tpot' || metric === 'endToEnd')
    .sort((a, b) => Math.abs(b.error) - Math.abs(a.error))
    .slice(0, 15);
  const rows = worst.map(({ point, metric, measuredMs, predictedMs, error }) => [
    point.id,
    describe(point),
    metricNames[metric],
    measuredMs.toFixed(1),
    predictedMs.toFixed(1),
    signed(error),
  ]);
  return `## Largest misses

${table(['row', 'point', 'figure', 'measured ms', 'predicted ms', 'error'], rows)}
What is known of them:

- gpt-oss-120b on 4 H100 at concurrency 32 and on 8 H100 at 64 (0.18.0) run 60% slower than the rows at half and at twice their load:
  odd runs, not a shape the model could have.
- Llama-3.1-70B on Hopper in FP8 (2025) loses 15 to 20% between 16 and 32 sequences and regains it at 64. The kernels of the present
  engine do not do this; the model draws a straight line through it.
- First tokens of Llama-3.1-70B on 4 and 8 B200 at short prompts are half as long again as predicted and more: those runs captured
  CUDA graphs for decode alone, so prefill launched every kernel from the host.
- First tokens of Kimi-K2.5 on the B200 at short prompts took 140 to 180 ms in March 2026 and 74 to 91 ms in April at nearly equal
  settings. The model predicts the lower figures.
- Qwen3-32B was driven with equal lengths, so requests march in step; how far they drift apart decides the time to first token. The
  simulation spreads the first wave, which fits on the whole and misses single rows by a third.
`;
}

function setAsideSection({ points }: AccuracyInput): string {
  const reasons = Map.groupBy(
    points.filter((point) => point.setAside),
    (point) => `${point.set} | ${point.setAside}`,
  );
  const rows = [...reasons].map(([key, members]) => [...key.split(' | '), members.length]);
  return `## Set aside

${table(['source', 'why', 'rows'], rows)}
Also read into the sources: InferenceMAX draws lengths between 0.8 and 1.0 of nominal and sends ten requests for each one in flight; cache
precision, batch limits and scheduling are those of its launch scripts on the day. The BLIS runs were spaced evenly (the P99 of the first token lies
within one step of its mean at every rate), drew chats from a small pool, so nearly all of a prompt came from the prefix cache.
`;
}

function kernelSection({ gemms, gpus, factors }: AccuracyInput): string {
  const groups = Map.groupBy(gemms, (gemm) => `${gemm.system} | ${gemm.kind}`);
  const rows = [...groups].flatMap(([key, members]) => {
    const [system = '', kind = ''] = key.split(' | ');
    const gpu = gpus.find(({ id }) => id === kernelGpus[system]);
    const own = gpu && factors.gemm[gpu.architecture]?.[kind as MeasuredGemm['kind']];
    if (!gpu || !own) return [];
    const errors = members.map((gemm) => predictedGemm(gemm, gpu, own) / gemm.seconds - 1).sort((a, b) => a - b);
    const sizes = errors.map(Math.abs).sort((a, b) => a - b);
    const at = (list: readonly number[], share: number) => list[Math.floor(share * list.length)] ?? 0;
    return [[gpu.id, kind, members.length, percent(at(sizes, 0.5)), percent(at(sizes, 0.9)), signed(at(errors, 0.5))]];
  });
  return `## Matrix multiplications

One formula, four or five factors for each architecture and arithmetic (H100 and H200 share theirs). Shapes under 25 MB on the L40S
are left out: the benchmark repeats one shape, which that cache keeps, and serving does not.

${table(['GPU', 'arithmetic', 'shapes', 'median error', 'P90 error', 'bias'], rows)}`;
}

function memorySection({ memory }: AccuracyInput): string {
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(2);
  const rows = memory.map(({ name, predicted, measuredBytes, reading }) => [
    name,
    `${gib(measuredBytes.weights)} / ${gib(predicted.weightBytes)}`,
    `${gib(measuredBytes.activation)} / ${gib(predicted.activationBytes)}`,
    `${gib(measuredBytes.nonTorch)} / ${gib(predicted.nonTorchBytes)}`,
    `${gib(measuredBytes.kvCache)} / ${gib(predicted.kvCacheBytes)}`,
    signed(predicted.kvCacheBytes / measuredBytes.kvCache - 1),
    reading ?? '',
  ]);
  return `## Memory

Published ledger of vLLM 0.11 on an H100, GiB, measured / predicted. Nothing here is fitted to a row: the activation peak is the
sampler's scratch for 1,024 sequences and follows the vocabulary.

${table(['model', 'weights', 'activation', 'non-torch', 'KV cache', 'KV error', 'read into the row'], rows)}
The 0.17 GiB by which gpt-oss-120b misses are 0.3% of its weights; its cache is what is left of a nearly full card.
`;
}

function factorSection({ factors }: AccuracyInput): string {
  const rows = Object.entries(servingRanges).map(([name, [, low, high]]) => {
    const value = factors.serving[name as keyof typeof servingRanges];
    const atEdge = value <= low * 1.001 || value >= high * 0.999;
    return [`\`${name}\``, value, `${low} – ${high}`, atEdge ? 'at the edge of its range' : ''];
  });
  const kernels = Object.entries(factors.experts).map(([path, own]) => [
    `\`${path}\``,
    own.launchSeconds,
    own.memoryShare,
    own.computeShare,
    path === 'bf16' ? 'measured nowhere: as its make' : '',
  ]);
  return `## Factors of serving

Meanings are in \`lib/capacity/efficiency.ts\`. A factor at the edge of its range carries something the model does not name.

${table(['factor', 'value', 'range', ''], rows)}
Kernels of experts: launch in seconds a layer, bandwidth and arithmetic as shares of what the plain multiplication reaches.

${table(['kernel', 'launch', 'bandwidth', 'arithmetic', ''], kernels)}`;
}

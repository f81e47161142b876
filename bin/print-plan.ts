import type { Percentiles } from '../lib/capacity/types.ts';
import { servedLatencyGoals, standsIn } from '../lib/decisions/serving-requirement.ts';
import { twoPools } from '../lib/decisions/two-pools.ts';
import type { Plan } from '../lib/plan/plan.ts';
import { paint } from './output.ts';

const usd = (value: number) => `${Math.round(value).toLocaleString('en-US')} USD`;
const ms = (seconds: number) => (seconds < 10 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`);

/** Columns as wide as their widest cell; the last one is not padded. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows
    .map(
      (row) =>
        indent +
        row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
    )
    .join('\n');
}

function heading(text: string): string {
  return `\n${paint('bold', text)}`;
}

function decisions(plan: Plan): string {
  const rows = plan.decisions.map((decision) => [
    decision.id,
    decision.title,
    decision.choiceTitle + (decision.pinned ? ' (pinned)' : ''),
    decision.rows.join(' '),
  ]);
  return `${heading('Decisions')}\n${table(rows)}`;
}

function goal(value: number | undefined): string {
  return value === undefined ? '' : ms(value / 1000);
}

function latency(plan: Plan): string {
  const chosen = plan.capacity?.chosen;
  if (!chosen) return '';
  const asked = servedLatencyGoals(plan.requirements);
  const row = (name: string, predicted: Percentiles, goals?: { p50: number; p95: number }) => [
    name,
    ms(predicted.p50),
    goal(goals?.p50),
    ms(predicted.p95),
    goal(goals?.p95),
    ms(predicted.p99),
  ];
  const { prediction } = chosen;
  const rows = [
    ['', 'P50', 'goal', 'P95', 'goal', 'P99'],
    row('TTFT', prediction.ttftSeconds, asked.ttftMs),
    row('TPOT', prediction.tpotSeconds, asked.tpotMs),
    row('end to end', prediction.endToEndSeconds, asked.endToEndMs),
  ];
  const band = `±${Math.round(prediction.errorBand * 100)}%`;
  const when = standsIn(plan.requirements) ? 'for the fallback, held to twice the goals (D10.4)' : 'at peak';
  return `${heading(`Predicted ${when} (${prediction.basis}, ${band})`)}\n${table(rows)}`;
}

function sizing(plan: Plan): string {
  const rows = plan.models.map((model) => {
    const pool = plan.platform.nodePools.find((row) => row.id === model.nodePool);
    const { minimum, maximum } = model.replicas;
    const gpus = model.gpusPerReplica > 0 ? `${model.gpusPerReplica} × ${pool?.gpuId ?? 'GPU'}` : 'CPU';
    return [
      model.role,
      model.modelId,
      model.precision,
      `${gpus} a replica`,
      `${minimum === maximum ? maximum : `${minimum} to ${maximum}`} ${maximum === 1 ? 'replica' : 'replicas'}`,
      pool ? pool.instanceTypes.join(' or ') : '',
    ];
  });
  return rows.length === 0 ? '' : `${heading('Served models')}\n${table(rows)}`;
}

function cost(plan: Plan): string {
  const { usdPerMonth, lines, gaps, usdPerThousandRequests } = plan.cost;
  const byCost = [...lines].sort((a, b) => b.usdPerMonth.expected - a.usdPerMonth.expected);
  const shown = byCost.slice(0, 8).map((line) => [usd(line.usdPerMonth.expected).padStart(13), line.title]);
  const rest = byCost.slice(8).reduce((sum, line) => sum + line.usdPerMonth.expected, 0);
  if (rest > 0) shown.push([usd(rest).padStart(13), `${byCost.length - 8} smaller lines`]);
  const total = [
    `${usd(usdPerMonth.expected)} a month expected, ${usd(usdPerMonth.minimum)} at minimum, ${usd(usdPerMonth.maximum)} at maximum`,
    `ceiling ${usd(plan.spend.ceilingUsdPerMonth)}`,
    ...(usdPerThousandRequests > 0 ? [`${usdPerThousandRequests.toFixed(2)} USD per 1,000 requests`] : []),
  ];
  const gapLine =
    gaps.length > 0
      ? `\n  not priced: ${gaps.length} ${gaps.length === 1 ? 'item' : 'items'}, listed in docs/cost.md`
      : '';
  return `${heading(`Cost (${plan.cost.priceDate ? `oldest price ${plan.cost.priceDate}` : 'nothing has a price'}; ${plan.platform.region})`)}\n${table(shown)}\n  ${total.join('; ')}${gapLine}`;
}

function rejected(plan: Plan): string {
  const rows = (plan.capacity?.rejected ?? []).slice(0, 5).map((row) => [row.id, row.reason]);
  const more = (plan.capacity?.rejected.length ?? 0) - rows.length;
  return rows.length === 0
    ? ''
    : `${heading('Rejected, nearest first')}\n${table(rows)}${more > 0 ? `\n  and ${more} more` : ''}`;
}

/** One pool is raised; what two would save or cost, and why they are not. */
function pools(plan: Plan): string {
  const ways = plan.capacity ? twoPools(plan.capacity) : [];
  const rows = ways.flatMap(({ title, difference, why, pools: parts, latency }) => [
    [title, difference, why],
    ...[...parts, latency].filter((text) => text !== '').map((text) => ['', '', text]),
  ]);
  return rows.length === 0 ? '' : `${heading('Two pools instead of one, not raised')}\n${table(rows)}`;
}

function skipped(plan: Plan): string {
  const rows = plan.skippedSafeguards.map((row) => [row.what, row.risk]);
  return rows.length === 0 ? '' : `${heading(`Skipped for ${plan.platform.environment}`)}\n${table(rows)}`;
}

/** What a person reads in a terminal: decisions, sizes, percentiles, cost, and what lost. */
export function printPlan(plan: Plan): string {
  const where = [...new Set([plan.platform.cloud, plan.platform.region])].join(', ');
  const title = `${plan.name}: ${where}, ${plan.platform.environment}`;
  const parts = [
    paint('bold', title),
    decisions(plan),
    sizing(plan),
    latency(plan),
    cost(plan),
    pools(plan),
    rejected(plan),
    skipped(plan),
  ];
  return `${parts.filter((part) => part !== '').join('\n')}\n`;
}

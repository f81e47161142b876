import type { CostLine } from '../catalog/products.ts';
import type { Plan } from '../plan/plan.ts';
import { awakeHoursPerMonth, sleepingPools, workingHours } from '../plan/sleep.ts';
import type { Page, PageInput } from './document.ts';
import { count, decimal, figure, list, percent, purchaseName, sentenceCase, usd } from './format.ts';
import { costPicture, curvePicture, shown } from './pictures.ts';
import { link } from './render.ts';

type Load = 'minimum' | 'expected' | 'maximum';

const total = (lines: readonly CostLine[], of: Load) => lines.reduce((sum, line) => sum + line.usdPerMonth[of], 0);

function groupsOf(plan: Plan): readonly { readonly group: string; readonly lines: readonly CostLine[] }[] {
  const groups = [...new Set(plan.cost.lines.map(({ group }) => group))];
  return groups
    .map((group) => ({ group, lines: plan.cost.lines.filter((line) => line.group === group) }))
    .sort((a, b) => total(b.lines, 'expected') - total(a.lines, 'expected') || (a.group < b.group ? -1 : 1));
}

const sourceText = ({ source }: CostLine) => `${source.ref}, ${source.date}`;

const money = (lines: readonly CostLine[]) => ({
  minimum: usd(total(lines, 'minimum')),
  expected: usd(total(lines, 'expected')),
  maximum: usd(total(lines, 'maximum')),
});

function purchaseText(plan: Plan): string {
  const ways = [...new Set(plan.platform.nodePools.map(({ purchase }) => purchaseName(purchase)))];
  const discount = plan.requirements.infrastructure.discountPercent;
  const bought = ways.filter((way) => way !== 'owned');
  const where =
    bought.length > 0
      ? `Region ${plan.platform.region}; machines bought ${list(bought)}`
      : 'Machines of your own, at no price here';
  return `${where}${
    discount > 0 ? `; a discount of ${decimal(discount)}% on list prices` : ''
  }; a month has 730 hours; prices before tax. ${plan.cost.priceDate ? `The oldest price is of ${plan.cost.priceDate}, the` : 'The'} catalogue ${plan.cost.priceDate ? '' : 'is '}of ${plan.catalogDate}.`;
}

/** A part that is paid is never shown as nothing. */
function shareText(share: number): string {
  return share > 0 && share < 0.0005 ? 'below 0.1%' : percent(share);
}

export function costPage({ plan, render }: PageInput): Page {
  const { cost, spend } = plan;
  const picture = costPicture(plan);
  const hosting = plan.decisions.find((decision) => decision.curve !== undefined);
  const curve = hosting ? curvePicture(hosting) : undefined;
  const sources = [...new Set(cost.lines.map(sourceText))].sort();
  const left = spend.proof.ceilingUsd - spend.proof.totalUsd;
  const context = {
    name: plan.name,
    terms: purchaseText(plan),
    total: {
      minimum: usd(cost.usdPerMonth.minimum),
      expected: usd(cost.usdPerMonth.expected),
      maximum: usd(cost.usdPerMonth.maximum),
    },
    ceiling: usd(spend.ceilingUsdPerMonth),
    perThousand: cost.usdPerThousandRequests > 0 ? usd(cost.usdPerThousandRequests) : '',
    perMillionOutput: cost.usdPerMillionOutputTokens > 0 ? usd(cost.usdPerMillionOutputTokens) : '',
    picture: shown(picture),
    groups: groupsOf(plan).map(({ group, lines }) => ({
      group: sentenceCase(group),
      ...money(lines),
      share: cost.usdPerMonth.expected > 0 ? shareText(total(lines, 'expected') / cost.usdPerMonth.expected) : '—',
      lines: lines.map((line) => ({
        title: line.title,
        quantity: `${decimal(line.quantity, 2)} × ${line.unit}`,
        unitPrice: `${figure(line.usdPerUnit)} USD`,
        ...money([line]),
        basis: line.basis,
        source: link(String(sources.indexOf(sourceText(line)) + 1), '#price-sources'),
      })),
    })),
    proof: {
      fixed: usd(spend.proof.fixedUsd),
      gpu: usd(spend.proof.gpuUsdAtMaximum),
      total: usd(spend.proof.totalUsd),
      ceiling: usd(spend.proof.ceilingUsd),
      left: left >= 0 ? `${usd(left)} are left.` : `That is ${usd(-left)} above the ceiling.`,
      holds: left >= 0,
    },
    pools: plan.platform.nodePools
      .filter(({ gpusPerNode }) => gpusPerNode > 0)
      .map((pool) => ({
        id: pool.id,
        limit: count(pool.gpuLimit),
        nodes: `${pool.nodes.maximum} × ${pool.gpusPerNode}`,
        price: usd(pool.usdPerNodeHourAtMost ?? pool.usdPerNodeHour),
      })),
    billed: plan.platform.nodePools.some(({ usdPerNodeHour }) => usdPerNodeHour > 0),
    gatewayBudget: usd(plan.gateway.budgetUsdPerMonth),
    steps: spend.steps.map(({ percent: step, kind }) => ({
      step: `${step}%`,
      amount: usd((spend.ceilingUsdPerMonth * step) / 100),
      kind: kind === 'ACTUAL' ? 'spent' : 'forecast for the month',
    })),
    notify: spend.notify.length > 0 ? list(spend.notify) : 'nobody, because the answers name no on-call channel',
    gpuHours:
      spend.gpuHoursPerMonthLimit > 0
        ? `An alarm goes out above ${count(spend.gpuHoursPerMonthLimit)} GPU hours a month.`
        : '',
    scaleToZero: spend.scaleToZero ? sleepText(plan) : '',
    curve: shown(curve),
    crossing: hosting?.curve ? crossingText(hosting.curve) : '',
    prices: plan.models
      .filter(({ usdPerMillionInputTokens }) => usdPerMillionInputTokens > 0)
      .map((model) => ({
        name: model.servedName,
        input: usd(model.usdPerMillionInputTokens),
        output: model.usdPerMillionOutputTokens > 0 ? usd(model.usdPerMillionOutputTokens) : '—',
      })),
    hasPrices: plan.models.some(({ usdPerMillionInputTokens }) => usdPerMillionInputTokens > 0),
    sources,
    gaps: cost.gaps,
    hasGaps: cost.gaps.length > 0,
  };
  return { path: 'docs/cost.md', title: 'Cost', group: 'Review', markdown: render.markdown('cost.md', context) };
}

function crossingText(curve: NonNullable<Plan['decisions'][number]['curve']>): string {
  return curve.crossing === undefined
    ? 'The two bills do not cross in the range shown.'
    : `The two bills cross at ${count(curve.crossing)} ${curve.x.title}.`;
}

/** Which machines sleep when, and how the bill counts it. */
function sleepText(plan: Plan): string {
  const pools = sleepingPools(plan).map(({ id }) => id);
  const awake = plan.platform.nodePools.map(({ id }) => id).filter((id) => !pools.includes(id));
  const { from, to, daysText } = workingHours;
  return [
    `This is no production environment: the machines of ${list(pools)} run from ${daysText}, ${String(from).padStart(2, '0')}:00 to ${to}:00 UTC, and not at all once the budget is spent.`,
    ...(awake.length > 0
      ? [`Those of ${list(awake)} stay, because they carry the controllers that start the others.`]
      : []),
    `Minimum and expected count ${Math.round(awakeHoursPerMonth)} hours a month for them; the maximum counts them awake all month.`,
  ].join(' ');
}

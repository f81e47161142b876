import type { Plan } from '../plan/plan.ts';
import { purpose } from './architecture.ts';
import { recordName } from './decision-records.ts';
import type { Page, PageInput } from './document.ts';
import { counted, list, percent, seconds, span, usd } from './format.ts';
import { loadText } from './load.ts';
import { objectivesOf, predictionOf, verdict } from './objectives.ts';
import { ownJobs } from './own-jobs.ts';
import { costPicture, latencyPicture, shown } from './pictures.ts';
import { code, join, link } from './render.ts';
import { gpuOf, shortModel } from './topology.ts';

interface KeyFigure {
  readonly what: string;
  readonly value: string;
  readonly note: string;
}

function keyFigures(plan: Plan): readonly KeyFigure[] {
  const prediction = predictionOf(plan);
  const band = prediction?.errorBand ?? 0;
  const { minimum, expected, maximum } = plan.cost.usdPerMonth;
  const hosted = plan.gateway.routes.filter(({ kind }) => kind === 'hosted').map(({ target }) => target);
  return [
    {
      what: 'Monthly cost',
      value: usd(expected),
      note: `${usd(minimum)} at minimum, ${usd(maximum)} at maximum load; ceiling ${usd(plan.spend.ceilingUsdPerMonth)}${plan.cost.priceDate ? `; oldest price of ${plan.cost.priceDate}` : ''}`,
    },
    ...(plan.cost.usdPerThousandRequests > 0
      ? [
          {
            what: 'Cost of 1,000 requests',
            value: usd(plan.cost.usdPerThousandRequests),
            note: 'all lines of the bill over the expected volume',
          },
        ]
      : []),
    ...plan.models.map((model) => ({
      what: model.role,
      value: `${span(model.replicas.minimum, model.replicas.maximum, 'replica')}, ${
        model.gpusPerReplica === 0
          ? 'on CPUs'
          : `${model.gpusPerReplica} × ${gpuOf(plan, model) ?? 'GPU'}${model.replicas.maximum > 1 ? ' each' : ''}`
      }`,
      note: `${shortModel(model.modelId)}, ${model.precision}`,
    })),
    ...(hosted.length > 0
      ? [{ what: 'Hosted models', value: list([...new Set(hosted)]), note: 'reached through the gateway' }]
      : []),
    ...objectivesOf(plan)
      .filter(({ id }) => id.endsWith('.p95'))
      .map(({ title, goal, predicted }) => ({
        what: title,
        value: predicted === undefined ? 'no prediction' : `${seconds(predicted)} predicted, goal ${seconds(goal)}`,
        note:
          predicted === undefined
            ? verdict(goal, predicted, band)
            : `${verdict(goal, predicted, band)} (±${percent(band)}, ${prediction?.basis ?? 'assumed'})`,
      })),
    {
      what: 'Alerts',
      value: counted(plan.alerts.length, 'rule'),
      note: `${plan.alerts.filter(({ severity }) => severity === 'page').length} of them page`,
    },
  ];
}

/** The first page: what it is, what it costs, how sure that is, and where to read on. */
export function overviewPage({ plan, render }: PageInput, pages: readonly Page[]): Page {
  const cost = costPicture(plan);
  const latency = latencyPicture(plan);
  const context = {
    name: plan.name,
    purpose: purpose(plan),
    load: loadText(plan),
    preset: plan.preset ?? '',
    figures: keyFigures(plan),
    latency: shown(latency),
    cost: shown(cost),
    decisions: plan.decisions.map((decision) => ({
      id: link(decision.id, `decisions/${recordName(decision)}.md`),
      question: decision.question,
      choice: `${decision.choiceTitle}${decision.pinned ? ' (pinned)' : ''}`,
      reason: decision.reasons[0] ?? '',
    })),
    pages: pages
      .filter(({ group }) => group !== 'Decisions' && group !== 'Runbooks')
      .map(({ path, title }) => ({ link: link(title, path.replace(/^docs\//, '')) })),
    runbooks: pages
      .filter(({ group }) => group === 'Runbooks')
      .map(({ path, title }) => ({ link: link(title, `../${path}`) })),
    ownJobs: ownJobs(plan).map(({ what, name, namespace }) =>
      join([`${what}. A CronJob `, code(name), ' in the namespace ', code(namespace), '.']),
    ),
    hasOwnJobs: ownJobs(plan).length > 0,
    gaps: plan.cost.gaps,
    hasGaps: plan.cost.gaps.length > 0,
    skipped: plan.skippedSafeguards,
    hasSkipped: plan.skippedSafeguards.length > 0,
    generator: plan.generator,
    catalogDate: plan.catalogDate,
  };
  return { path: 'docs/index.md', title: 'Overview', group: 'Start', markdown: render.markdown('index.md', context) };
}

import type { Decision, Plan } from '../plan/plan.ts';
import type { Page, PageInput } from './document.ts';
import { asSentence, decimal, list, sentenceCase, usd } from './format.ts';
import { curvePicture, shown } from './pictures.ts';
import { cellCode, code, link, list as listOf, type Verbatim } from './render.ts';

/** `07-vector-store`: sorts as the decisions do. */
export function recordName(decision: Pick<Decision, 'id' | 'title'>): string {
  const words = decision.title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${decision.id.replace(/^D/, '').padStart(2, '0')}-${words}`;
}

const rejections = {
  limit: 'breaks a limit',
  cost: 'costs more',
  rule: 'the rule chooses otherwise',
  advice: 'advised against',
} as const;

function parameterText(value: Decision['parameters'][string]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return decimal(value, 4);
  return Array.isArray(value) ? value.join('; ') || 'none' : value;
}

/** A page is read from `docs/decisions/`; `all.md` shares its folder. */
function recordContext(plan: Plan, decision: Decision): object {
  const { pinned } = decision;
  const curve = curvePicture(decision);
  const alerts = plan.links
    .filter((edge) => edge.from === `decision:${decision.id}` && edge.to.startsWith('alert:'))
    .map((edge) => edge.to.slice('alert:'.length));
  const resources = plan.links.filter(
    (edge) => edge.from === `decision:${decision.id}` && /^(resource|flag):/.test(edge.to),
  );
  return {
    id: decision.id,
    title: decision.title,
    question: decision.question,
    choice: decision.choiceTitle,
    status: pinned ? 'pinned in the answers' : 'decided from the answers',
    rows: list(decision.rows),
    answers: decision.answers.map(({ path, value }) => ({
      path: cellCode(path),
      value: value === '[]' ? 'none' : value,
    })),
    hasAnswers: decision.answers.length > 0,
    options: decision.options.map((option) => ({
      title: option.title,
      chosen: option.rejectedBecause === undefined,
      pros: option.pros.map(asSentence),
      cons: option.cons.map(asSentence),
      cost: option.usdPerMonth === undefined ? '' : `${usd(option.usdPerMonth)} a month`,
      rejected: option.rejectedBecause
        ? `${rejections[option.rejectedBecause.kind]}: ${asSentence(option.rejectedBecause.text)}`
        : '',
    })),
    reasons: decision.reasons.map(asSentence),
    curve: shown(curve, '../'),
    pinned: pinned
      ? {
          reason: asSentence(pinned.reason),
          against: pinned.against ? asSentence(pinned.against) : '',
          cost:
            pinned.costUsdPerMonth === undefined
              ? ''
              : `${usd(pinned.costUsdPerMonth)} a month more than the advised option`,
        }
      : null,
    parameters: Object.entries(decision.parameters).map(([name, value]) => ({
      name: cellCode(name),
      value: parameterText(value),
    })),
    hasParameters: Object.keys(decision.parameters).length > 0,
    consequences: decision.consequences.map(asSentence),
    effort: asSentence(decision.effort),
    risk: asSentence(decision.risk),
    reversal: asSentence(decision.reversal),
    migration: asSentence(decision.migration),
    changes: decision.wouldChange.map(({ path, from, to, choice }) => ({
      path: cellCode(path),
      from,
      to,
      choice: titleOf(decision, choice),
    })),
    hasChanges: decision.wouldChange.length > 0,
    evidence: decision.evidence.map(({ text, basis, source }) => ({
      text: sentenceCase(asSentence(text)),
      basis,
      ref: sourceText(source.ref),
      date: source.date,
      note: source.note && source.note !== text ? sentenceCase(asSentence(source.note)) : '',
    })),
    alerts: alerts.map((id): Verbatim => link(id, `../slo.md#${id.toLowerCase()}`)),
    hasAlerts: alerts.length > 0,
    resources: [...new Set(resources.map(({ because }) => because))].map((because) => ({
      to: listOf(
        [...new Set(resources.filter((edge) => edge.because === because).map(({ to }) => to))].map((to) =>
          code(to.replace(/^[a-z]+:/, '')),
        ),
      ),
      because: asSentence(because),
    })),
    hasResources: resources.length > 0,
  };
}

/** A page becomes a link; a path in a repository stays text. */
function sourceText(ref: string): Verbatim | string {
  return /^https?:\/\//.test(ref) ? link(ref.replace(/^https?:\/\//, ''), ref) : ref;
}

const titleOf = (decision: Decision, choice: string) =>
  decision.options.find(({ id }) => id === choice)?.title ?? choice;

/** One record a decision, their index, and all of them on one page. */
export function decisionPages({ plan, render }: PageInput): readonly Page[] {
  const records = plan.decisions.map((decision): Page => {
    const context = recordContext(plan, decision);
    return {
      path: `docs/decisions/${recordName(decision)}.md`,
      title: `${decision.id} ${decision.title}`,
      group: 'Decisions',
      markdown: render.markdown('decision.md', context),
    };
  });
  const index: Page = {
    path: 'docs/decisions/index.md',
    title: 'All decisions',
    group: 'Decisions',
    markdown: render.markdown('decisions.md', {
      name: plan.name,
      decisions: plan.decisions.map((decision) => ({
        id: link(decision.id, `${recordName(decision)}.md`),
        question: decision.question,
        choice: decision.choiceTitle,
        rows: list(decision.rows),
        status: decision.pinned ? 'pinned' : 'decided',
      })),
      hasPins: plan.decisions.some(({ pinned }) => pinned !== undefined),
    }),
  };
  return [index, ...records];
}

/** Every record on one page, for printing; not part of the site, which has them one by one. */
export function allDecisions(records: readonly Page[], name: string): string {
  const body = records.slice(1).map(({ markdown }) => markdown.replace(/^(#+) /gm, '#$1 '));
  return [`# Decisions of ${name}\n`, ...body].join('\n');
}

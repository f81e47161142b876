import { practice } from '../decisions/practice.ts';
import { findRow, rowsOf } from '../decisions/rows.ts';
import type { Plan } from '../plan/plan.ts';
import { answerAt } from '../requirements/path.ts';
import { type Link, questionSections } from './links.ts';
import { rowText } from './why.ts';

/** What `explain` found: the node, what it says, and the chain both ways. */
export interface Explanation {
  /** `decision:D7`, `row:D7.1`, `answer:retrieval.updates`, `resource:aws/…`, `flag:…`, `alert:…`. */
  readonly node: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** Edges that lead here, farthest first. */
  readonly because: readonly Link[];
  /** Edges that start here, nearest first. */
  readonly leadsTo: readonly Link[];
}

/**
 * The chain of one decision, row, answer, resource, flag or alert. Every subject that the plan or the reference knows
 * has one; undefined for anything else.
 */
export function explain(plan: Plan, subject: string): Explanation | undefined {
  const nodes = new Set([
    ...plan.links.flatMap((link) => [link.from, link.to]),
    ...plan.alerts.map((alert) => `alert:${alert.id}`),
  ]);
  const node = findNode(plan, nodes, subject.trim());
  if (node === undefined) return undefined;
  const because = ancestors(plan.links, node);
  return { node, ...describe(plan, node), because, leadsTo: descendants(plan.links, node) };
}

/** Names that are near a subject nobody knows, for the message. */
export function nearSubjects(plan: Plan, subject: string): readonly string[] {
  const wanted = subject.toLowerCase();
  const names = new Set(
    plan.links.flatMap((link) => [link.from, link.to]).map((node) => node.slice(node.indexOf(':') + 1)),
  );
  return [...names]
    .filter((name) => name.toLowerCase().includes(wanted))
    .toSorted()
    .slice(0, 5);
}

function findNode(plan: Plan, nodes: ReadonlySet<string>, subject: string): string | undefined {
  if (nodes.has(subject)) return subject;
  if (/^D([1-9]|1[01])$/.test(subject)) return `decision:${subject}`;
  if (findRow(subject)) return `row:${subject}`;
  for (const kind of ['answer', 'alert', 'flag', 'resource']) {
    if (nodes.has(`${kind}:${subject}`)) return `${kind}:${subject}`;
  }
  if (answerAt(plan.requirements, subject) !== undefined) return `answer:${subject}`;
  const ending = [...nodes].filter((node) => node.endsWith(`/${subject}`) || node.endsWith(`:${subject}`)).toSorted();
  return ending[0];
}

function ancestors(links: readonly Link[], node: string): readonly Link[] {
  return walk(links, node, 'to', 'from').toReversed();
}

function descendants(links: readonly Link[], node: string): readonly Link[] {
  return walk(links, node, 'from', 'to');
}

/** Breadth first; each edge once. */
function walk(links: readonly Link[], start: string, near: 'from' | 'to', far: 'from' | 'to'): readonly Link[] {
  const seen = new Set([start]);
  const found: Link[] = [];
  for (const node of seen) {
    for (const link of links) {
      if (link[near] !== node) continue;
      found.push(link);
      seen.add(link[far]);
    }
  }
  return found;
}

function describe(plan: Plan, node: string): { readonly title: string; readonly lines: readonly string[] } {
  const [kind = '', ...rest] = node.split(':');
  const id = rest.join(':');
  switch (kind) {
    case 'decision':
      return describeDecision(plan, id);
    case 'row':
      return describeRow(plan, id);
    case 'answer':
      return {
        title: `Answer ${id}`,
        lines: [`Answered: ${JSON.stringify(answerAt(plan.requirements, id)) ?? 'nothing'}`, ...changesBy(plan, id)],
      };
    case 'alert': {
      const alert = plan.alerts.find((row) => row.id === id);
      if (!alert) return { title: `Alert ${id}`, lines: [] };
      const lines = [alert.because, `Rule: ${alert.expression}`, `Runbook: runbooks/${alert.runbook}.md`];
      return { title: `Alert ${id}: ${alert.title}`, lines };
    }
    default:
      return { title: `${kind === 'flag' ? 'Flag' : 'Resource'} ${id}`, lines: [] };
  }
}

function describeDecision(plan: Plan, id: string): { readonly title: string; readonly lines: readonly string[] } {
  const record = plan.decisions.find((row) => row.id === id);
  if (!record) {
    return { title: `${id}: not asked by these answers`, lines: rowsOf(id).map((row) => rowText(row.id)) };
  }
  const rejected = record.options.filter((option) => option.rejectedBecause);
  return {
    title: `${id} ${record.title}: ${record.choiceTitle}`,
    lines: [
      ...record.reasons,
      ...rejected.map((option) => `Not ${option.title}: ${option.rejectedBecause?.text}`),
      ...record.rows.map(rowText),
    ],
  };
}

function describeRow(plan: Plan, id: string): { readonly title: string; readonly lines: readonly string[] } {
  const row = findRow(id);
  const fired = plan.decisions.filter((record) => record.rows.includes(id));
  const section = questionSections[id];
  const answers = section
    ? Object.entries(answerAt(plan.requirements, section) as object).map(
        ([name, value]) => `${section}.${name} = ${JSON.stringify(value)}`,
      )
    : [];
  const state = /^D\d/.test(id)
    ? [
        fired.length
          ? `Fired in ${fired.map((record) => `${record.id} (${record.choiceTitle})`).join(', ')}.`
          : 'Did not fire for these answers.',
      ]
    : [];
  return {
    title: `Row ${id}, ${row?.section ?? ''}`,
    lines: [
      rowText(id),
      ...(practice[id] ?? []).map((note) => `Today: ${note.text} (${note.source.ref}, ${note.source.date})`),
      ...state,
      ...answers,
    ],
  };
}

function changesBy(plan: Plan, path: string): readonly string[] {
  return plan.decisions.flatMap((record) =>
    record.wouldChange
      .filter((change) => change.path === path)
      .map(
        (change) =>
          `${record.id} would be ${record.options.find(({ id }) => id === change.choice)?.title ?? change.choice} with ${change.to}.`,
      ),
  );
}

/** The explanation as text: what it is, why it is there, and what follows from it. */
export function explanationText(explanation: Explanation): string {
  const edge = (link: Link) => `    ${link.from} → ${link.to}: ${link.because}`;
  return [
    explanation.title,
    ...explanation.lines.map((line) => `  ${line}`),
    ...(explanation.because.length ? ['  because', ...explanation.because.map(edge)] : []),
    ...(explanation.leadsTo.length ? ['  leads to', ...explanation.leadsTo.map(edge)] : []),
    '',
  ].join('\n');
}

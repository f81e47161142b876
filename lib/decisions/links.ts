import type { Plan } from '../plan/plan.ts';

export type Link = Plan['links'][number];

/**
 * The edges answer → row → decision and answer → alert, beside those the plan has already. The emitters add decision →
 * resource and flag, since only they know what they raise.
 */
export function decisionLinks(plan: Plan): Link[] {
  const edges = [
    ...plan.links,
    ...plan.decisions.flatMap(recordEdges),
    ...plan.alerts.flatMap((alert) =>
      alert.answers.map((path) => edge(`answer:${path}`, `alert:${alert.id}`, alert.because)),
    ),
  ];
  const unique = new Map(edges.map((link) => [`${link.from} ${link.to}`, link]));
  return [...unique.values()].toSorted((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function edge(from: string, to: string, because: string): Link {
  return { from, to, because };
}

function recordEdges(record: Plan['decisions'][number]): readonly Link[] {
  const [row = record.id] = record.rows;
  return [
    ...record.answers.map((answer) => edge(`answer:${answer.path}`, `row:${row}`, `${answer.path} is ${answer.value}`)),
    ...record.rows.map((id) => edge(`row:${id}`, `decision:${record.id}`, record.reasons[0] ?? record.choiceTitle)),
  ];
}

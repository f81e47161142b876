import type { Plan } from '../plan/plan.ts';

export type Link = Plan['links'][number];

/**
 * The edges answer → row → decision → flag, alert, route, store and pool, from the plan alone. Resources of stacks and
 * charts hang below these by name: `explain` takes the longest one that a resource's path starts with.
 */
export function decisionLinks(plan: Plan): Link[] {
  const edges = [
    ...plan.links,
    ...plan.decisions.flatMap(recordEdges),
    ...plan.models.flatMap((model) => modelEdges(plan, model)),
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

/** Flags of the server and the decision each follows from. */
const flagDecisions: Readonly<Record<string, string>> = {
  '--quantization': 'D4',
  '--dtype': 'D4',
  '--kv-cache-dtype': 'D5',
  '--max-num-seqs': 'D5',
  '--max-num-batched-tokens': 'D5',
  '--max-model-len': 'D5',
  '--enable-prefix-caching': 'D5',
  '--no-enable-prefix-caching': 'D5',
  '--speculative-config': 'D5',
  '--gpu-memory-utilization': 'D5',
  '--tool-call-parser': 'D9',
  '--enable-auto-tool-choice': 'D9',
  '--tensor-parallel-size': 'D3',
  '--pipeline-parallel-size': 'D3',
  '--data-parallel-size': 'D3',
  '--enable-expert-parallel': 'D3',
};

function modelEdges(plan: Plan, model: Plan['models'][number]): readonly Link[] {
  const decided = new Set(plan.decisions.map((record) => record.id));
  const home = model.role === 'embedding' || model.role === 'reranker' ? 'D8' : 'D3';
  return Object.entries(flagDecisions).map(([flag, id]) => {
    const decision = decided.has(id) && home === 'D3' ? id : home;
    return edge(
      `decision:${decision}`,
      `flag:${model.role}/${flag}`,
      `${flag} of ${model.role} follows from ${decision}`,
    );
  });
}

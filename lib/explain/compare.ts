import { usd } from '../decisions/decision.ts';
import { twoPools } from '../decisions/two-pools.ts';
import { withAnswer } from '../decisions/would-change.ts';
import type { Plan } from '../plan/plan.ts';

/** One thing that differs between two plans. */
export interface Difference {
  readonly kind: 'decision' | 'size' | 'cost' | 'setting';
  /** `D7`, `nodePools.chat.nodes.expected`, `cost.data.vector-store.instances`, … */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Paths of the changed answers that move it alone; all of them where only together they do. */
  readonly causes: readonly string[];
}

export interface AnswerChange {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface Comparison {
  readonly answers: readonly AnswerChange[];
  readonly differences: readonly Difference[];
}

/** Answers that name the plan and decide nothing. */
const nameOnly = new Set(['name', 'preset', '$schema']);
/** Above this many changed answers single ones are not planned again; each difference then names them all. */
const replanLimit = 12;

/**
 * What differs between two plans and the answers that caused it: each changed answer is planned alone, and a difference
 * it makes alone is its own. `replan` may refuse; then that answer alone cannot be the cause.
 */
export function comparePlans(
  a: Plan,
  b: Plan,
  replan: (requirements: Plan['requirements']) => Plan | undefined,
): Comparison {
  const answers = changedAnswers(a.requirements, b.requirements);
  const deciding = answers.filter((change) => !nameOnly.has(change.path));
  const differences = differencesOf(a, b);
  const paths = deciding.map((change) => change.path);
  if (deciding.length < 2 || deciding.length > replanLimit) {
    return { answers, differences: differences.map((difference) => ({ ...difference, causes: paths })) };
  }
  const alone = deciding.map((change) => {
    const plan = replan(withAnswer(a.requirements, change.path, change.to));
    return { path: change.path, moved: new Set(plan ? differencesOf(a, plan).map(keyOf) : []) };
  });
  return {
    answers,
    differences: differences.map((difference) => {
      const causes = alone.filter((one) => one.moved.has(keyOf(difference))).map((one) => one.path);
      return { ...difference, causes: causes.length ? causes : paths };
    }),
  };
}

function keyOf({ kind, id }: Omit<Difference, 'causes'>): string {
  return `${kind} ${id}`;
}

/** Leaves that differ, by path; a list counts as one leaf. */
function changedAnswers(a: unknown, b: unknown, path = ''): readonly AnswerChange[] {
  if (isRecord(a) && isRecord(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();
    return keys.flatMap((key) => changedAnswers(a[key], b[key], path ? `${path}.${key}` : key));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ path, from: a, to: b }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Uncaused = Omit<Difference, 'causes'>;

function differencesOf(a: Plan, b: Plan): readonly Uncaused[] {
  return [
    ...decisionDifferences(a, b),
    ...leafDifferences('size', sizesOf(a), sizesOf(b)),
    ...leafDifferences('setting', settingsOf(a), settingsOf(b)),
    ...leafDifferences('cost', costsOf(a), costsOf(b)),
  ];
}

function decisionDifferences(a: Plan, b: Plan): readonly Uncaused[] {
  const choices = (plan: Plan) => new Map(plan.decisions.map((record) => [record.id, record.choice]));
  return leafDifferences('decision', choices(a), choices(b));
}

function leafDifferences(
  kind: Difference['kind'],
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): readonly Uncaused[] {
  return [...new Set([...a.keys(), ...b.keys()])].toSorted(byNumber).flatMap((id) => {
    const [from, to] = [a.get(id) ?? 'none', b.get(id) ?? 'none'];
    return from === to ? [] : [{ kind, id, from, to }];
  });
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function sizesOf(plan: Plan): ReadonlyMap<string, string> {
  const { platform, models, vectorStore } = plan;
  return leaves({
    platform: {
      region: platform.region,
      availabilityZones: platform.availabilityZones,
      natGateways: platform.natGateways,
      recoveryRegion: platform.recoveryRegion,
    },
    nodePools: byId(
      platform.nodePools,
      (pool) => pool.id,
      ({ gpuId, instanceTypes, purchase, nodes }) => ({ gpuId, instanceTypes, purchase, nodes }),
    ),
    models: byId(
      models,
      (model) => model.role,
      ({ modelId, server, precision, layout, replicas }) => ({ modelId, server, precision, layout, replicas }),
    ),
    twoPools: byId(
      plan.capacity ? twoPools(plan.capacity) : [],
      ({ kind }) => kind,
      ({ savesUsdPerMonth }) => (savesUsdPerMonth > 0 ? `would save ${usd(savesUsdPerMonth)} a month` : 'does not pay'),
    ),
    vectorStore: vectorStore && {
      target: vectorStore.target,
      vectors: vectorStore.vectors,
      dimension: vectorStore.dimension,
      size: vectorStore.size,
    },
  });
}

function settingsOf(plan: Plan): ReadonlyMap<string, string> {
  const { audit, retrieval, gateway, models, vectorStore, compliance } = plan;
  return leaves({
    audit,
    retrieval,
    routes: gateway.routes,
    cache: gateway.cache,
    rateLimitPerUser: gateway.rateLimitPerUser,
    limits: byId(
      models,
      (model) => model.role,
      (model) => model.limits,
    ),
    backup: vectorStore?.backup,
    controls: compliance.controls.map((control) => control.id),
    skippedSafeguards: plan.skippedSafeguards.map((item) => item.what),
    alerts: byId(
      plan.alerts,
      (alert) => alert.id,
      ({ expression, severity }) => ({ expression, severity }),
    ),
  });
}

function costsOf(plan: Plan): ReadonlyMap<string, string> {
  const lines = plan.cost.lines.map((line): [string, string] => [line.id, `${usd(line.usdPerMonth.expected)} a month`]);
  return new Map([...lines, ['total', `${usd(plan.cost.usdPerMonth.expected)} a month`]]);
}

function byId<T, V>(items: readonly T[], id: (item: T) => string, value: (item: T) => V): Record<string, V> {
  return Object.fromEntries(items.map((item) => [id(item), value(item)]));
}

/** Dotted paths of all leaves with their text; lists are one leaf. */
function leaves(value: unknown, path = '', into = new Map<string, string>()): ReadonlyMap<string, string> {
  if (isRecord(value)) {
    for (const [key, child] of Object.entries(value)) leaves(child, path ? `${path}.${key}` : key, into);
  } else if (value !== undefined) {
    into.set(path, leafText(value));
  }
  return into;
}

/** Large numbers lose their fraction: a byte more or less is no difference. */
function leafText(value: unknown): string {
  if (typeof value === 'number' && Math.abs(value) >= 1000) return String(Math.round(value));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What moved in words: members that came or went of a list, «changed» for long texts. */
function moveText({ from, to }: Difference): string {
  if (from.startsWith('[') && to.startsWith('[')) {
    const [before, after] = [JSON.parse(from), JSON.parse(to)] as [unknown[], unknown[]];
    const missing = (list: unknown[], other: unknown[]) =>
      list
        .map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
        .filter((item) => !other.some((one) => (typeof one === 'string' ? one : JSON.stringify(one)) === item));
    const moves = [
      ...missing(before, after).map((item) => `− ${item}`),
      ...missing(after, before).map((item) => `+ ${item}`),
    ];
    const text = moves.join(', ');
    return text.length > longestText ? `changed (${moves.length} entries)` : text;
  }
  return from.length + to.length > longestText ? 'changed' : `${from} → ${to}`;
}

const longestText = 160;

/** The comparison as text, differences grouped by kind. */
export function comparisonText({ answers, differences }: Comparison): string {
  if (answers.length === 0) return 'The answers are the same.\n';
  const text = (value: unknown) =>
    value === undefined ? 'not answered' : typeof value === 'string' ? value : JSON.stringify(value);
  const group = (kind: Difference['kind'], title: string) => {
    const rows = differences.filter((difference) => difference.kind === kind);
    return rows.length
      ? [title, ...rows.map((row) => `  ${row.id}: ${moveText(row)}  (${row.causes.join(', ')})`)]
      : [];
  };
  return [
    'Answers',
    ...answers.map((change) => `  ${change.path}: ${text(change.from)} → ${text(change.to)}`),
    ...group('decision', 'Decisions'),
    ...group('size', 'Sizes'),
    ...group('setting', 'Settings'),
    ...group('cost', 'Cost'),
    ...(differences.length ? [] : ['Nothing else moves.']),
    '',
  ].join('\n');
}

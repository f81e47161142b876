import type { Basis, Source } from '../catalog/source.ts';
import { infeasible, invalid, type Outcome, ok, type Reason, sentence } from '../outcome.ts';
import { answerAt } from '../requirements/path.ts';
import type { Requirements } from '../requirements/schema.ts';
import { practice } from './practice.ts';
import type { Decision } from './record.ts';
import { findRow } from './rows.ts';

export type Evidence = Decision['evidence'][number];
export type Parameters = Decision['parameters'];

/** One way a decision could go, before anything is chosen. */
export interface Option<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  readonly pros: readonly string[];
  readonly cons: readonly string[];
  /** Hard limits only; an empty list means it can be chosen, by the rule or by a pin. */
  readonly unmet: readonly Reason[];
  readonly usdPerMonth?: number;
  /** Rows of the reference that name it: a rejection says under which condition it would have been taken. */
  readonly rows?: readonly string[];
}

/** What the reference says for these answers: the row that fired and the options it admits. */
export interface Ruling<Id extends string = string> {
  /** First the row that decides, then rows consulted on the way. */
  readonly rows: readonly [string, ...string[]];
  readonly admits: readonly Id[];
  /** One sentence: why this row. */
  readonly because: string;
  /** `order`: the first admitted option wins (first match wins); `cost`: the cheapest, ties by id. */
  readonly ranking: 'order' | 'cost';
}

/** The outcome of one question: an option, and why no other. */
export interface Settled<Id extends string = string> {
  readonly choice: Id;
  readonly ruling: Ruling<Id>;
  readonly options: Decision['options'];
  readonly pinned?: Decision['pinned'];
}

const byCost = (a: Option, b: Option): number =>
  (a.usdPerMonth ?? Number.POSITIVE_INFINITY) - (b.usdPerMonth ?? Number.POSITIVE_INFINITY) || (a.id < b.id ? -1 : 1);

/**
 * Choosing: drop what has an unmet limit, then what the ruling does not admit, then rank. If limits leave none of the
 * admitted options, the cheapest of the others that meets every limit is taken. A pin wins over the ruling, never over
 * a limit.
 */
export function settle<Id extends string>(
  decisionId: string,
  pins: Requirements['pins'],
  options: readonly Option<Id>[],
  ruling: Ruling<Id>,
): Outcome<Settled<Id>> {
  const possible = options.filter((option) => option.unmet.length === 0);
  const admitted = possible.filter((option) => ruling.admits.includes(option.id));
  const ranked =
    ruling.ranking === 'cost'
      ? admitted.toSorted(byCost)
      : admitted.toSorted((a, b) => ruling.admits.indexOf(a.id) - ruling.admits.indexOf(b.id));
  const advised = ranked[0] ?? possible.toSorted(byCost)[0];
  const pin = pins[decisionId];
  if (pin) return settlePin(decisionId, pin, options, ruling, advised);
  if (!advised) return infeasible(everyLimit(decisionId, options));
  return ok({ choice: advised.id, ruling, options: explainOptions(options, advised, ruling) });
}

function settlePin<Id extends string>(
  decisionId: string,
  pin: Requirements['pins'][string],
  options: readonly Option<Id>[],
  ruling: Ruling<Id>,
  advised: Option<Id> | undefined,
): Outcome<Settled<Id>> {
  const pinned = options.find((option) => option.id === pin.choice);
  if (!pinned) {
    return invalid([
      {
        path: `pins.${decisionId}.choice`,
        asked: pin.choice,
        found: `no such option; there are ${options.map((option) => option.id).join(', ')}`,
        change: 'Name one of these, or remove the pin.',
      },
    ]);
  }
  if (pinned.unmet.length > 0) {
    const [first, ...rest] = pinned.unmet.map((reason) => ({
      ...reason,
      path: `pins.${decisionId}.choice`,
      asked: `${pinned.id} (pinned), which meets ${reason.path}: ${reason.asked}`,
    }));
    return infeasible([first as Reason, ...rest]);
  }
  const against = advised && advised.id !== pinned.id ? advised.id : undefined;
  const extra =
    advised?.usdPerMonth !== undefined && pinned.usdPerMonth !== undefined
      ? { costUsdPerMonth: pinned.usdPerMonth - advised.usdPerMonth }
      : {};
  return ok({
    choice: pinned.id,
    ruling,
    options: explainOptions(options, pinned, ruling, advised),
    pinned: { reason: pin.reason, ...(against ? { against, ...extra } : {}) },
  });
}

function everyLimit(decisionId: string, options: readonly Option[]): readonly [Reason, ...Reason[]] {
  const reasons = options.flatMap((option) =>
    option.unmet.map((reason) => ({ ...reason, found: `${option.title}: ${reason.found}` })),
  );
  const [first, ...rest] = reasons;
  if (!first) throw new Error(`${decisionId}: no option at all`);
  return [first, ...rest];
}

/** Options as the record prints them: chosen first, then by cost; each rejected one says by what it lost. */
function explainOptions<Id extends string>(
  options: readonly Option<Id>[],
  chosen: Option<Id>,
  ruling: Ruling<Id>,
  advised?: Option<Id>,
): Decision['options'] {
  const others = options.filter((option) => option.id !== chosen.id).toSorted(byCost);
  return [
    optionRecord(chosen),
    ...others.map((option) => ({
      ...optionRecord(option),
      rejectedBecause: rejection(option, chosen, ruling, advised?.id === option.id),
    })),
  ];
}

function optionRecord(option: Option): Decision['options'][number] {
  const { id, title, usdPerMonth } = option;
  const cost = usdPerMonth === undefined ? {} : { usdPerMonth };
  return { id, title, pros: [...option.pros], cons: [...option.cons], ...cost };
}

function rejection(
  option: Option,
  chosen: Option,
  ruling: Ruling,
  advised: boolean,
): NonNullable<Decision['options'][number]['rejectedBecause']> {
  if (option.unmet.length > 0) return { kind: 'limit', text: option.unmet.map(sentence).join(' ') };
  if (advised) return { kind: 'advice', text: `Advised by ${ruling.rows[0]}; the answers pin ${chosen.id}.` };
  if (!ruling.admits.includes(option.id)) return { kind: 'rule', text: ruleText(option, chosen, ruling) };
  if (option.usdPerMonth !== undefined && chosen.usdPerMonth !== undefined && option.usdPerMonth > chosen.usdPerMonth) {
    const more = option.usdPerMonth - chosen.usdPerMonth;
    return { kind: 'cost', text: `${usd(more)} a month dearer than ${chosen.title}.` };
  }
  if (ruling.ranking === 'order') return { kind: 'rule', text: `${ruling.rows[0]} names ${chosen.title} before it.` };
  if (option.usdPerMonth === undefined) {
    return { kind: 'cost', text: 'No price in any source; an unpriced option loses to a priced one.' };
  }
  return { kind: 'cost', text: `Costs the same as ${chosen.title}; of equals the first by name is taken.` };
}

/** The condition under which the reference would have named an option, and what it would cost more or less. */
function ruleText(option: Option, chosen: Option, ruling: Ruling): string {
  const others = (option.rows ?? []).filter((id) => id !== ruling.rows[0] && findRow(id)?.when);
  const conditions = others.map((id) => `${id} names it for «${findRow(id)?.when}»`);
  const rule = conditions.length
    ? `${conditions.join('; ')}. Here ${ruling.rows[0]} decides.`
    : `${ruling.rows[0]} decides here and does not name it.`;
  if (option.usdPerMonth === undefined || chosen.usdPerMonth === undefined) return rule;
  const more = option.usdPerMonth - chosen.usdPerMonth;
  if (Math.abs(more) <= 0.5) return rule;
  return `${rule} It would cost ${usd(Math.abs(more))} a month ${more > 0 ? 'more' : 'less'}.`;
}

/** What a record needs beside the settled question. */
export interface RecordText {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly choiceTitle?: string;
  readonly reasons: readonly string[];
  /** Paths of the answers it read. */
  readonly reads: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly parameters?: Parameters;
  readonly curve?: Decision['curve'];
  readonly consequences: readonly string[];
  readonly effort: string;
  readonly risk: string;
  readonly reversal: string;
  readonly migration: string;
}

/** The record of a settled question. `wouldChange` stays empty here: `would-change.ts` fills it by deciding again. */
export function recordOf(requirements: Requirements, settled: Settled, text: RecordText): Decision {
  const chosen = settled.options[0];
  const [row] = settled.ruling.rows;
  const from = requirements.preset ? [`Answers start from preset ${requirements.preset}.`] : [];
  return {
    id: text.id,
    title: text.title,
    question: text.question,
    choice: settled.choice,
    choiceTitle: text.choiceTitle ?? chosen?.title ?? settled.choice,
    rows: [...new Set(settled.ruling.rows)],
    reasons: [
      `${row}: ${settled.ruling.because}`,
      ...text.reasons,
      ...(settled.pinned ? [`Held by hand: ${settled.pinned.reason}`] : []),
      ...from,
    ],
    options: settled.options,
    answers: text.reads.map((path) => ({ path, value: answerText(requirements, path) })),
    evidence: [...text.evidence, ...settled.ruling.rows.flatMap((id) => practice[id] ?? [])],
    wouldChange: [],
    parameters: text.parameters ?? {},
    ...(text.curve ? { curve: text.curve } : {}),
    consequences: [...text.consequences],
    effort: text.effort,
    risk: text.risk,
    reversal: text.reversal,
    migration: text.migration,
    ...(settled.pinned ? { pinned: settled.pinned } : {}),
  };
}

/** Value at a dotted path of the answers, as the record prints it. */
export function answerText(requirements: Requirements, path: string): string {
  const value = answerAt(requirements, path);
  if (value === undefined) return 'not answered';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function evidence(text: string, basis: Basis, source: Source): Evidence {
  return { text, basis, source };
}

/** Sizes, times and memory that the planner computes. */
export const capacityModel: Source = { ref: 'groundplan capacity model', date: '2026-11-21' };

/** The reference itself, as the source of a row. */
export const reference: Source = { ref: 'groundplan reference rows', date: '2026-11-01' };

const money = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `1,234 USD`; below 10 USD with cents. */
export function usd(amount: number): string {
  return `${amount !== 0 && Math.abs(amount) < 10 ? cents.format(amount) : money.format(amount)} USD`;
}

export function count(value: number): string {
  return money.format(value);
}

import { usd } from '../decisions/decision.ts';
import { findRow } from '../decisions/rows.ts';
import type { Decision, Plan } from '../plan/plan.ts';

/** The whole chain, answer to rule to decision to what follows, as `groundplan plan --why` prints it. */
export function whyText(plan: Plan): string {
  const skipped = plan.skippedSafeguards.map((item) => `  - ${item.what}: ${item.risk} (${item.row})`);
  return [
    ...plan.decisions.map((record) => decisionText(plan, record)),
    ...(skipped.length ? [`Skipped safeguards (${plan.requirements.operations.environment})`, ...skipped] : []),
    '',
  ].join('\n');
}

function decisionText(plan: Pick<Plan, 'links'>, record: Decision): string {
  const rejected = record.options.filter((option) => option.rejectedBecause);
  return [
    `${record.id} ${record.title}: ${record.choiceTitle}`,
    ...section(
      'answers',
      record.answers.map((answer) => `${answer.path} = ${answer.value}`),
    ),
    ...section('rows', record.rows.map(rowText)),
    ...section('because', record.reasons),
    ...section(
      'rejected',
      rejected.map(
        (option) =>
          `${option.title}${price(option.usdPerMonth)}: ${option.rejectedBecause?.kind}. ${option.rejectedBecause?.text}`,
      ),
    ),
    ...section(
      'would change',
      record.wouldChange.map((change) => `${change.path} from ${change.from} to ${change.to} → ${change.choice}`),
    ),
    ...section(
      'settings',
      Object.entries(record.parameters).map(
        ([name, value]) => `${name}: ${Array.isArray(value) ? value.join('; ') : value}`,
      ),
    ),
    ...section(
      'evidence',
      record.evidence.map((row) => `${row.text} [${row.basis}; ${row.source.ref}, ${row.source.date}]`),
    ),
    ...section(
      'leads to',
      plan.links.filter((link) => link.from === `decision:${record.id}`).map((link) => link.to),
    ),
    '',
  ].join('\n');
}

export function rowText(id: string): string {
  const row = findRow(id);
  if (!row) return id;
  return row.when ? `${id}: if ${row.when}, then ${row.rule}` : `${id}: ${row.rule}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length ? [`  ${title}`, ...lines.map((line) => `    ${line}`)] : [];
}

function price(usdPerMonth: number | undefined): string {
  return usdPerMonth === undefined ? '' : ` (${usd(usdPerMonth)} a month)`;
}

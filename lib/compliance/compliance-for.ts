import type { FrameworkId, Requirements } from '../requirements/schema.ts';
import { type Control, type ControlId, controlIds, controls } from './controls.ts';
import type { Framework, FrameworkParameters } from './framework.ts';
import { frameworks } from './frameworks/index.ts';

export interface RequiredControl {
  readonly id: ControlId;
  readonly title: string;
  /** Empty on a baseline control that no chosen framework names. */
  readonly clauses: readonly { readonly framework: FrameworkId; readonly clause: string }[];
}

/** Something that stays with the customer, by clause. */
export interface Duty {
  readonly framework: FrameworkId;
  readonly clause: string;
  readonly asks: string;
  readonly duty: string;
}

/** A figure of the plan and every reason that pushes it up, the deciding one first. */
export interface Because {
  readonly parameter: string;
  readonly value: string;
  readonly reason: string;
}

/** What the answers' regimes ask of the platform, as data. */
export interface Compliance {
  readonly frameworks: readonly FrameworkId[];
  readonly controls: readonly RequiredControl[];
  /** Asked for, and pointless here: with the reason. */
  readonly notApplicable: readonly { readonly id: ControlId; readonly because: string }[];
  /** Days audit records are kept: the longest of the answers and every regime. */
  readonly auditRetentionDays: number;
  /** Days logs are kept: the longest of every regime. */
  readonly logRetentionDays: number;
  readonly backupRetentionDays: number;
  readonly promptAudit: boolean;
  readonly writeOnce: boolean;
  readonly redactPii: boolean;
  readonly fips: boolean;
  readonly crossRegionBackup: boolean;
  /** Residency ids: a region must carry every one of the inner list's alternatives at least once. Empty: any region. */
  readonly jurisdictions: readonly (readonly string[])[];
  readonly duties: readonly Duty[];
  readonly because: readonly Because[];
}

/** Kept where no regime and no answer asks for more. */
const defaults = { auditRetentionDays: 90, logRetentionDays: 30, backupRetentionDays: 7 } as const;

/**
 * The controls, figures and duties that follow from the answers: every chosen framework, residency, personal data and
 * the audit answer. Where several ask for a figure the strictest wins: the longest retention, FIPS if one asks for it.
 */
export function complianceFor(requirements: Requirements): Compliance {
  const chosen = [...requirements.compliance.frameworks].sort();
  const wanted = new Map<ControlId, RequiredControl['clauses'][number][]>();
  const want = (id: ControlId) => {
    const clauses = wanted.get(id) ?? [];
    wanted.set(id, clauses);
    return clauses;
  };
  const duties: Duty[] = [];
  for (const framework of chosen) {
    for (const clause of (frameworks[framework] as Framework).clauses) {
      for (const id of clause.controls) want(id).push({ framework, clause: clause.id });
      if (clause.duty) duties.push({ framework, clause: clause.id, asks: clause.asks, duty: clause.duty });
    }
  }

  const parameters = chosen.map((id) => [id, (frameworks[id] as Framework).parameters] as const);
  const any = (key: 'fips' | 'writeOnce' | 'promptAudit' | 'crossRegionBackup') =>
    parameters.some(([, figures]) => figures[key] === true);
  const { auditLog, pii, residency } = requirements.compliance;
  const promptAudit = auditLog.required || any('promptAudit');
  const writeOnce = auditLog.required || any('writeOnce');
  const crossRegionBackup = requirements.operations.crossRegionCopies || any('crossRegionBackup');
  const fips = any('fips') || residency === 'us-gov';

  for (const id of controlIds) if (controls[id].scope === 'baseline') want(id);
  if (promptAudit) for (const id of ['prompt-audit', 'audit-retention'] as const) want(id);
  if (writeOnce) want('audit-write-once');
  if (promptAudit && pii !== 'none') want('pii-redaction');
  if (residency !== 'none') want('region-in-residency');
  if (crossRegionBackup) want('backup-cross-region');
  if (fips) want('tls-in-transit-fips');
  if (requirements.application.exposure === 'public') want('waf-on-entry');

  const required: RequiredControl[] = [];
  const notApplicable: { id: ControlId; because: string }[] = [];
  for (const id of controlIds) {
    const clauses = wanted.get(id);
    if (!clauses) continue;
    const control: Control = controls[id];
    const because = reasonItDoesNotApply(id, control, requirements, { promptAudit, residency });
    if (because) notApplicable.push({ id, because });
    else required.push({ id, title: control.title, clauses });
  }

  const audit = longest('auditRetentionDays', parameters, auditLog.retentionDays ?? defaults.auditRetentionDays);
  const logs = longest('logRetentionDays', parameters, defaults.logRetentionDays);
  const backups = longest('backupRetentionDays', parameters, defaults.backupRetentionDays);
  return {
    frameworks: chosen,
    controls: required,
    notApplicable,
    auditRetentionDays: audit.days,
    logRetentionDays: logs.days,
    backupRetentionDays: backups.days,
    promptAudit,
    writeOnce,
    redactPii: promptAudit && pii !== 'none',
    fips,
    crossRegionBackup,
    jurisdictions: [
      ...(residency === 'none' ? [] : [[residency]]),
      ...parameters.flatMap(([, figures]) => (figures.jurisdictions ? [figures.jurisdictions] : [])),
    ],
    duties,
    because: [
      ...[audit, logs, backups].map(({ parameter, days, reason }) => ({ parameter, value: `${days} days`, reason })),
      ...flagReasons(parameters),
    ],
  };
}

function reasonItDoesNotApply(
  id: ControlId,
  control: Control,
  requirements: Requirements,
  context: { readonly promptAudit: boolean; readonly residency: string },
): string | undefined {
  if (control.applies && !control.applies(requirements)) return control.otherwise;
  if (!context.promptAudit && (id === 'prompt-audit' || id === 'pii-redaction'))
    return 'No answer or regime asks for a log of prompts, so none is written.';
  if (id === 'region-in-residency' && context.residency === 'none') return 'The answers name no residency.';
  return undefined;
}

type RetentionKey = 'auditRetentionDays' | 'logRetentionDays' | 'backupRetentionDays';

function longest(
  parameter: RetentionKey,
  parameters: readonly (readonly [FrameworkId, FrameworkParameters])[],
  answered: number,
): { readonly parameter: RetentionKey; readonly days: number; readonly reason: string } {
  let best = { parameter, days: answered, reason: 'From the answers, or the default where they are silent.' };
  for (const [id, figures] of parameters) {
    const days = figures[parameter];
    if (days !== undefined && days > best.days)
      best = { parameter, days, reason: `${frameworks[id].title}: ${figures.because[parameter] ?? 'its figure'}` };
  }
  return best;
}

function flagReasons(parameters: readonly (readonly [FrameworkId, FrameworkParameters])[]): Because[] {
  const keys = ['fips', 'writeOnce', 'promptAudit', 'crossRegionBackup', 'jurisdictions'] as const;
  return parameters.flatMap(([id, figures]) =>
    keys.flatMap((parameter) => {
      const value = figures[parameter];
      if (!value) return [];
      const printed = value === true ? 'yes' : value.join(' or ');
      return [{ parameter, value: printed, reason: `${frameworks[id].title}: ${figures.because[parameter] ?? ''}` }];
    }),
  );
}

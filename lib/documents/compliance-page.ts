import { type ControlId, controls, frameworks } from '../compliance/index.ts';
import type { Plan } from '../plan/plan.ts';
import type { FrameworkId } from '../requirements/schema.ts';
import type { Page, PageInput, Suppression } from './document.ts';
import { asSentence, count, counted, list, sentenceCase, slug } from './format.ts';
import { cellCode, code, codeBlock, join, link, list as listOf, type Verbatim } from './render.ts';

const isFramework = (id: string): id is FrameworkId => id in frameworks;
const isControl = (id: string): id is ControlId => id in controls;
const shortTitle = (id: string) => frameworkTitle(id).replace(/ \(.*\)/, '');
const frameworkTitle = (id: string) => (isFramework(id) ? frameworks[id].title : id);

/** `HIPAA Security Rule 164.312(b); SOC 2 CC6.1`: titles without what stands in brackets. */
function clausesText(clauses: readonly { readonly framework: string; readonly clause: string }[]): string {
  const ids = [...new Set(clauses.map(({ framework }) => framework))];
  const named = (id: string) => clauses.filter(({ framework }) => framework === id).map(({ clause }) => clause);
  return ids.length === 0 ? 'baseline' : ids.map((id) => `${shortTitle(id)} ${list(named(id))}`).join('; ');
}

/** Resources by stack: `audit: PromptLog and Trail`. Names of stacks start with the platform's own. */
function resourcesText(plan: Plan, resources: readonly string[]): Verbatim {
  const parts = resources.map((resource) => {
    const slash = resource.lastIndexOf('/');
    const stack = slash < 0 ? '' : resource.slice(0, slash);
    return { stack: stack.replace(`${plan.name}-`, ''), name: resource.slice(slash + 1) };
  });
  const stacks = [...new Set(parts.map(({ stack }) => stack))];
  return join(
    stacks.map((stack) => {
      const names = parts.filter((part) => part.stack === stack).map(({ name }) => code(name));
      return stack === '' ? listOf(names) : join([`${stack}: `, listOf(names)]);
    }),
    '; ',
  );
}

/** Findings of one rule that were set aside for one reason, with every resource they touch. */
function grouped(suppressions: readonly Suppression[]) {
  const keys = [...new Set(suppressions.map(({ rule, reason }) => JSON.stringify([rule, reason])))].sort();
  return keys.map((key) => {
    const same = suppressions.filter(({ rule, reason }) => JSON.stringify([rule, reason]) === key);
    const resources = [...new Set(same.map(({ resource }) => resource))].sort();
    return { rule: same[0]?.rule ?? '', reason: same[0]?.reason ?? '', resources };
  });
}

const states = { met: 'met', unmet: 'not met', 'not-applicable': 'not applicable', duty: 'yours' } as const;

/** Control → clause → resource → evidence, the duties that stay with people, and what was set aside. */
export function compliancePage({ plan, extras, render }: PageInput): Page {
  const { compliance } = plan;
  const matrix = extras.complianceMatrix;
  const suppressions = extras.suppressions ?? [];
  const context = {
    name: plan.name,
    frameworks: compliance.frameworks.map((id) => ({
      title: frameworkTitle(id),
      source: isFramework(id) ? `${frameworks[id].source.ref}, ${frameworks[id].source.date}` : '',
    })),
    hasFrameworks: compliance.frameworks.length > 0,
    because: compliance.because.map(({ parameter, value, reason }) => ({
      parameter: parameterTitle(parameter),
      value: retentionText(value),
      reason,
    })),
    hasBecause: compliance.because.length > 0,
    checked: matrix !== undefined,
    summary: matrix
      ? `${counted(matrix.filter(({ state }) => state === 'met').length, 'guarantee')} met, ${matrix.filter(({ state }) => state === 'unmet').length} not met, ${
          matrix.filter(({ state }) => state === 'duty').length
        } left to you, ${matrix.filter(({ state }) => state === 'not-applicable').length} not applicable.`
      : '',
    matrix: (matrix ?? []).map((control) => ({
      title: control.title,
      link: link(control.title, `#${slug(control.title)}`),
      guarantee: controls[control.id].guarantee,
      clauses: clausesText(control.clauses),
      state: states[control.state],
      note: control.note === '' ? '' : asSentence(sentenceCase(control.note)),
      resources: control.resources.length > 0 ? resourcesText(plan, control.resources) : '',
      count: control.resources.length > 0 ? count(control.resources.length) : '—',
      offenders: control.offenders.length > 0 ? resourcesText(plan, control.offenders) : '',
      evidence: control.evidence === '' ? '' : codeBlock(control.evidence, 'sh'),
    })),
    controls: compliance.controls.map((control) => ({
      title: control.title,
      guarantee: isControl(control.id) ? controls[control.id].guarantee : '',
      clauses: clausesText(control.clauses),
    })),
    hasControls: compliance.controls.length > 0,
    notApplicable: compliance.notApplicable.map(({ id, because }) => ({
      title: isControl(id) ? controls[id].title : id,
      because,
    })),
    hasNotApplicable: compliance.notApplicable.length > 0,
    duties: compliance.duties.map(({ framework, clause, asks, duty }) => ({
      clause: `${shortTitle(framework)} ${clause}`,
      asks,
      duty,
    })),
    hasDuties: compliance.duties.length > 0,
    suppressions: grouped(suppressions).map(({ rule, resources, reason }) => ({
      rule: cellCode(rule),
      resources: listOf(resources.map(cellCode)),
      reason,
    })),
    reviewed: extras.suppressions !== undefined,
    hasSuppressions: suppressions.length > 0,
    skipped: plan.skippedSafeguards,
    hasSkipped: plan.skippedSafeguards.length > 0,
  };
  return {
    path: 'docs/compliance.md',
    title: 'Compliance',
    group: 'Review',
    markdown: render.markdown('compliance.md', context),
  };
}

/** `2,192 days (6 years)`; whole years alone are named, a leap day more or less. */
function retentionText(value: string): string {
  const days = Number(/^(\d+) days$/.exec(value)?.[1] ?? Number.NaN);
  if (Number.isNaN(days)) return value;
  const years = days / 365.25;
  const whole = years > 0.99 && Math.abs(years - Math.round(years)) * 365.25 < 3;
  return whole ? `${counted(days, 'day')} (${counted(Math.round(years), 'year')})` : counted(days, 'day');
}

const titles: Readonly<Record<string, string>> = {
  auditRetentionDays: 'Audit records are kept',
  logRetentionDays: 'Logs are kept',
  backupRetentionDays: 'Backups are kept',
  fips: 'FIPS endpoints',
  writeOnce: 'Write-once audit store',
  promptAudit: 'Audit log of prompts',
  crossRegionBackup: 'Copies in a second region',
  jurisdictions: 'Region inside',
};

const parameterTitle = (parameter: string) => titles[parameter] ?? parameter;

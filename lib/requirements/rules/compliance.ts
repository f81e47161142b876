import type { HostedModel } from '../../catalog/catalog.ts';
import { findHostedModel } from '../../catalog/find.ts';
import type { Reason } from '../../outcome.ts';
import { missing, type Rule, reason } from './rule.ts';

/** Regimes under which inputs and outputs must be on record. */
const auditing = new Set(['hipaa', 'pci-dss', 'fedramp-moderate']);

/** Q7: what a regime means for the other answers. */
const frameworksAgree: Rule = ({ compliance }) => {
  if (!compliance) return [];
  const { frameworks, residency, pii, auditLog } = compliance;
  const reasons: Reason[] = [];
  for (const [index, framework] of frameworks.entries()) {
    if (frameworks.indexOf(framework) < index)
      reasons.push(
        reason(`compliance.frameworks[${index}]`, 'each framework once', `«${framework}» again`, 'Remove it.'),
      );
  }
  if (frameworks.includes('fedramp-moderate') && residency !== 'us' && residency !== 'us-gov')
    reasons.push(
      reason(
        'compliance.residency',
        'us or us-gov for fedramp-moderate',
        residency,
        'Set it to us-gov (or us), or remove the framework.',
      ),
    );
  for (const framework of ['hipaa', 'pci-dss'] as const) {
    if (frameworks.includes(framework) && pii !== 'sensitive')
      reasons.push(
        reason(
          'compliance.pii',
          `sensitive: ${framework === 'hipaa' ? 'hipaa protects health data' : 'pci-dss protects card data'}`,
          pii,
          `Set it to sensitive, or remove ${framework}.`,
        ),
      );
  }
  const demands = frameworks.filter((framework) => auditing.has(framework));
  if (demands.length > 0 && !auditLog.required)
    reasons.push(
      reason(
        'compliance.auditLog.required',
        `true under ${demands.join(', ')}`,
        'false',
        'Set it to true and give retentionDays.',
      ),
    );
  if (auditLog.required && auditLog.retentionDays === undefined)
    reasons.push(
      missing(
        'compliance.auditLog.retentionDays',
        'how long the audit log is kept (Q7)',
        'Add it: 365 is usual, HIPAA asks for 2190.',
      ),
    );
  if (!auditLog.required && auditLog.retentionDays !== undefined)
    reasons.push(
      reason(
        'compliance.auditLog.retentionDays',
        'nothing: no audit log is required',
        `${auditLog.retentionDays} days`,
        'Remove it, or set auditLog.required to true.',
      ),
    );
  return reasons;
};

/** D2.1: sensitive data stays inside; a provider outside the residency is refused. */
const dataStays: Rule = ({ compliance, model }, catalog) => {
  if (!compliance) return [];
  const reasons: Reason[] = [];
  if (compliance.pii === 'sensitive' && compliance.dataMayLeave)
    reasons.push(
      reason(
        'compliance.dataMayLeave',
        'false for sensitive personal data (D2.1)',
        'true',
        'Set it to false, or pii to present where prompts are redacted before they leave.',
      ),
    );
  if (model?.hostedId !== undefined && compliance.dataMayLeave && compliance.residency !== 'none' && catalog) {
    const hosted = findHostedModel(catalog, model.hostedId);
    const place = hosted.ok ? placeOf(hosted.value) : undefined;
    if (hosted.ok && place !== undefined && !withinResidency(place, compliance.residency))
      reasons.push(
        reason(
          'model.hostedId',
          `a model answered inside ${compliance.residency}`,
          `${hosted.value.id}, answered in ${place}`,
          `Name one of an inference profile or region inside ${compliance.residency}, or change the residency.`,
        ),
      );
  }
  return reasons;
};

/**
 * Where a hosted model answers: its inference profile's area, or its region. Undefined: in the caller's own region. A
 * provider that names no place cannot promise one.
 */
function placeOf({ scope, region }: HostedModel): string | undefined {
  if (scope?.startsWith('base model')) return undefined;
  const profile = /^(global|us-gov|us|eu|apac|au|jp) inference profile$/.exec(scope ?? '')?.[1];
  return profile ?? region ?? 'a place that no source names';
}

function withinResidency(place: string, residency: string): boolean {
  if (residency === 'us-gov') return place.startsWith('us-gov');
  const starts: Readonly<Record<string, readonly string[]>> = {
    eu: ['eu'],
    us: ['us'],
    uk: ['eu-west-2'],
    ca: ['ca'],
    au: ['au', 'ap-southeast-2', 'ap-southeast-4'],
    jp: ['jp', 'ap-northeast-1', 'ap-northeast-3'],
    in: ['ap-south'],
  };
  return (starts[residency] ?? []).some(
    (start) => place === start || place.startsWith(`${start}-`) || place === `${start}-1`,
  );
}

export const complianceRules: readonly Rule[] = [frameworksAgree, dataStays];

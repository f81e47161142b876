import type { FrameworkId } from '../../../../lib/requirements/schema.ts';

/** Published packs of cdk-nag by the name they report under. */
export type PackName = 'AwsSolutions' | 'HIPAA.Security' | 'NIST.800.53.R5' | 'PCI.DSS.321';

const byFramework: Readonly<Partial<Record<FrameworkId, PackName>>> = {
  hipaa: 'HIPAA.Security',
  'fedramp-moderate': 'NIST.800.53.R5',
  'pci-dss': 'PCI.DSS.321',
};

/**
 * Packs a plan is held against: AwsSolutions always, and the regime's where cdk-nag has one. SOC 2, GDPR, ISO 27001 and
 * the EU AI Act have none: our own rules and the compliance matrix stand for them.
 */
export function packsFor(frameworks: readonly string[]): readonly PackName[] {
  const regimes = frameworks.flatMap((id) => byFramework[id as FrameworkId] ?? []);
  return ['AwsSolutions', ...new Set(regimes)];
}

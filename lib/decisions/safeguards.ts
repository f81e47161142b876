import { complianceFor } from '../compliance/index.ts';
import type { Requirements } from '../requirements/schema.ts';

export interface SkippedSafeguard {
  readonly what: string;
  readonly risk: string;
  readonly row: string;
}

interface Safeguard extends SkippedSafeguard {
  readonly skippedWhen: (requirements: Requirements) => boolean;
}

const light = ({ operations }: Requirements) =>
  operations.environment === 'homelab' || operations.environment === 'dev';
const notProduction = ({ operations }: Requirements) => operations.environment !== 'prod';
const homelab = ({ operations }: Requirements) => operations.environment === 'homelab';

/** Ceremony a production platform has, with the risk of going without. */
const safeguards: readonly Safeguard[] = [
  {
    what: 'Change tickets and approvals',
    risk: 'A change has no second pair of eyes and no record of who agreed.',
    row: 'Q9',
    skippedWhen: light,
  },
  {
    what: 'On-call rota',
    risk: 'Alarms wait until somebody looks.',
    row: 'Q9',
    skippedWhen: (r) => !r.operations.onCall,
  },
  {
    what: 'Several availability zones',
    risk: 'The loss of one zone stops the platform until it is rebuilt.',
    row: 'Q9',
    skippedWhen: light,
  },
  {
    what: 'Spare replica (N+1)',
    risk: 'The loss of one replica breaks the latency goal until another has loaded.',
    row: 'P4',
    skippedWhen: (r) => r.operations.availabilityPercent < 99.5 || r.throughput.pattern !== 'interactive',
  },
  {
    what: 'Cross-region copies',
    risk: 'The loss of the region loses everything since the last copy kept elsewhere.',
    row: 'P15',
    // A regime may ask for them where the answers do not.
    skippedWhen: (r) => !complianceFor(r).crossRegionBackup,
  },
  {
    what: 'Restore drill on a schedule',
    risk: 'A backup nobody has restored may not restore.',
    row: 'P15',
    skippedWhen: light,
  },
  {
    what: 'Canary and staged promotion',
    risk: 'A bad model or prompt reaches everybody at once.',
    row: 'P20',
    skippedWhen: light,
  },
  {
    what: 'Load test at twice the peak before release',
    risk: 'The first real peak is the test.',
    row: 'P18',
    skippedWhen: light,
  },
  {
    what: 'Prompt audit log',
    risk: 'What was asked and answered cannot be shown afterwards.',
    row: 'P13',
    skippedWhen: (r) => !complianceFor(r).promptAudit,
  },
  {
    what: 'Always-on capacity',
    risk: 'The budget stop and the evening scale the platform to zero; the first request waits for a load.',
    row: 'P11',
    skippedWhen: notProduction,
  },
  {
    what: 'Threat detection and account-wide findings',
    risk: 'An intrusion shows only in raw logs.',
    row: 'P14',
    skippedWhen: homelab,
  },
];

/** The environment adapts the ceremony (Q9): what these answers go without, never blocking for it. */
export function skippedSafeguards(requirements: Requirements): readonly SkippedSafeguard[] {
  return safeguards
    .filter((safeguard) => safeguard.skippedWhen(requirements))
    .map(({ what, risk, row }) => ({ what, risk, row }));
}

import type { Framework } from '../framework.ts';

/** GDPR: articles with a technical side, and those that stay with the controller. */
export const gdpr = {
  title: 'GDPR',
  source: { ref: 'Regulation (EU) 2016/679', date: '2016-04-27' },
  parameters: {
    logRetentionDays: 90,
    because: {
      logRetentionDays:
        'No figure in the regulation: ninety days covers the search after a breach and keeps storage limited.',
    },
  },
  clauses: [
    {
      id: 'Art. 5(1)(c)',
      asks: 'Process only the personal data that the purpose needs.',
      controls: ['pii-redaction'],
      duty: 'Decide which personal data may enter prompts and the corpus.',
    },
    {
      id: 'Art. 5(1)(e)',
      asks: 'Keep personal data no longer than needed.',
      controls: ['data-expiry', 'log-retention'],
      duty: 'State the purpose of each retention; a longer period of another regime needs its own reason.',
    },
    {
      id: 'Art. 5(2)',
      asks: 'Be able to show compliance.',
      controls: ['change-record', 'audit-trail', 'access-to-log-logged'],
    },
    {
      id: 'Art. 6 and 9',
      asks: 'Have a lawful basis.',
      controls: [],
      duty: 'Record the basis of each processing, with the condition for special categories.',
    },
    {
      id: 'Art. 12–14',
      asks: 'Tell people how their data is used.',
      controls: [],
      duty: 'Write the notice; the data-flow page names recipients and regions.',
    },
    {
      id: 'Art. 15–22',
      asks: 'Answer people’s requests: access, correction, erasure, objection.',
      controls: [],
      duty: 'Run the request process. Erasure must reach documents, vectors, caches, traces and backups; hashed user ids find the records.',
    },
    {
      id: 'Art. 25',
      asks: 'Protect data by design and by default.',
      controls: [
        'private-api-endpoint',
        'network-private-subnets',
        'network-default-deny',
        'network-no-open-ingress',
        'pod-security-restricted',
        'least-privilege-roles',
      ],
    },
    {
      id: 'Art. 28',
      asks: 'Bind processors by contract.',
      controls: [],
      duty: 'Sign data-processing agreements with the cloud and any hosted model provider.',
    },
    { id: 'Art. 30', asks: 'Keep records of processing.', controls: [], duty: 'Add the platform to the record.' },
    {
      id: 'Art. 32(1)(a)',
      asks: 'Encrypt and pseudonymise.',
      controls: [
        'encryption-at-rest-cmk',
        'key-rotation',
        'cluster-secrets-encryption',
        'tls-in-transit',
        'secrets-in-store',
        'node-hardening',
      ],
    },
    {
      id: 'Art. 32(1)(b)',
      asks: 'Keep confidentiality, integrity, availability and resilience.',
      controls: ['multi-zone', 'versioned-storage', 'workload-identity', 'network-endpoints', 'threat-detection'],
    },
    {
      id: 'Art. 32(1)(c)',
      asks: 'Restore access in good time.',
      controls: ['backup-schedule'],
    },
    {
      id: 'Art. 32(1)(d)',
      asks: 'Test the measures regularly.',
      controls: ['image-scanning'],
      duty: 'Plan and record the tests.',
    },
    {
      id: 'Art. 33',
      asks: 'Report a breach within 72 hours.',
      controls: ['alarms-to-on-call', 'control-plane-logs', 'network-flow-logs'],
      duty: 'Keep the notification procedure; the safety-incident runbook starts the clock.',
    },
    {
      id: 'Art. 35',
      asks: 'Assess the impact of risky processing.',
      controls: [],
      duty: 'Carry out the impact assessment before go-live.',
    },
    {
      id: 'Art. 44–46',
      asks: 'Transfer personal data abroad only with safeguards.',
      controls: ['region-in-residency'],
      duty: 'Where a hosted provider or a region lies outside, name the transfer instrument.',
    },
  ],
} as const satisfies Framework;

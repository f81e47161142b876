import type { Framework } from '../framework.ts';

/** SOC 2: security, availability and confidentiality criteria. */
export const soc2 = {
  title: 'SOC 2 (security, availability, confidentiality)',
  source: {
    ref: 'AICPA TSP Section 100, 2017 Trust Services Criteria',
    date: '2022-10-01',
    note: 'With the revised points of focus of 2022.',
  },
  parameters: {
    auditRetentionDays: 366,
    logRetentionDays: 365,
    backupRetentionDays: 35,
    because: {
      backupRetentionDays: 'A1.2 asks for backups and gives no figure: thirty-five days outlast a month end.',
      auditRetentionDays: 'No figure in the criteria: evidence must span the audit period, usually twelve months.',
      logRetentionDays: 'As the audit records: a type 2 examination samples across its period.',
    },
  },
  clauses: [
    {
      id: 'CC1–CC5',
      asks: 'Run the organisation with integrity, communication, risk assessment and monitoring.',
      controls: [],
      duty: 'Policies, training, board oversight and risk assessment are the organisation’s.',
    },
    {
      id: 'CC6.1',
      asks: 'Restrict logical access to information assets.',
      controls: [
        'least-privilege-roles',
        'workload-identity',
        'cluster-access-entries',
        'encryption-at-rest-cmk',
        'key-rotation',
        'cluster-secrets-encryption',
        'secrets-in-store',
      ],
    },
    {
      id: 'CC6.2–CC6.3',
      asks: 'Register, change and remove users’ access.',
      controls: [],
      duty: 'Review people’s access periodically and keep the record.',
    },
    {
      id: 'CC6.4',
      asks: 'Restrict physical access.',
      controls: [],
      duty: 'Inherited from the cloud; keep its report on file.',
    },
    {
      id: 'CC6.5',
      asks: 'Dispose of data before protection ends.',
      controls: ['data-expiry'],
    },
    {
      id: 'CC6.6',
      asks: 'Protect against threats from outside the boundary.',
      controls: [
        'private-api-endpoint',
        'network-private-subnets',
        'network-no-open-ingress',
        'network-default-deny',
        'waf-on-entry',
      ],
    },
    {
      id: 'CC6.7',
      asks: 'Protect information while it moves.',
      controls: ['tls-in-transit', 'network-endpoints'],
    },
    {
      id: 'CC6.8',
      asks: 'Prevent or detect unauthorised or malicious software.',
      controls: ['image-digest', 'image-scanning', 'pod-security-restricted', 'model-provenance', 'node-hardening'],
    },
    {
      id: 'CC7.1',
      asks: 'Detect configuration changes and new weaknesses.',
      controls: ['config-recording', 'image-scanning', 'posture-findings'],
    },
    {
      id: 'CC7.2',
      asks: 'Monitor for anomalies.',
      controls: ['threat-detection', 'audit-trail', 'control-plane-logs', 'network-flow-logs', 'alarms-to-on-call'],
    },
    {
      id: 'CC7.3–CC7.5',
      asks: 'Evaluate events, respond and recover.',
      controls: ['alarms-to-on-call'],
      duty: 'Keep and exercise the incident procedure; runbooks cover the platform’s part.',
    },
    {
      id: 'CC8.1',
      asks: 'Authorise, test and approve changes.',
      controls: ['change-record'],
      duty: 'Require review on the repository’s main branch.',
    },
    {
      id: 'CC9.2',
      asks: 'Assess vendors.',
      controls: [],
      duty: 'Keep the reports of the cloud and of hosted model providers.',
    },
    {
      id: 'A1.2',
      asks: 'Back up data and protect the recovery infrastructure.',
      controls: ['backup-schedule', 'multi-zone', 'versioned-storage'],
    },
    {
      id: 'A1.3',
      asks: 'Test recovery.',
      controls: [],
      duty: 'Drill the restore runbook at least yearly and keep the result.',
    },
    {
      id: 'C1.1',
      asks: 'Identify and keep confidential information.',
      controls: ['audit-retention', 'log-retention', 'access-to-log-logged', 'pii-redaction'],
    },
    { id: 'C1.2', asks: 'Dispose of confidential information.', controls: ['data-expiry'] },
  ],
} as const satisfies Framework;

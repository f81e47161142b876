import type { Framework } from '../framework.ts';

/** ISO/IEC 27001:2022, Annex A controls with a technical side; the management system stays with the organisation. */
export const iso27001 = {
  title: 'ISO/IEC 27001:2022',
  source: { ref: 'ISO/IEC 27001:2022, Annex A', date: '2022-10-25' },
  parameters: {
    auditRetentionDays: 366,
    logRetentionDays: 365,
    backupRetentionDays: 35,
    because: {
      auditRetentionDays: 'No figure in the standard: one surveillance cycle of twelve months.',
      logRetentionDays: 'As the audit records.',
    },
  },
  clauses: [
    {
      id: '4–10',
      asks: 'Run an information-security management system.',
      controls: [],
      duty: 'Scope, leadership, risk treatment, internal audit and the statement of applicability.',
    },
    { id: 'A.5.9', asks: 'Keep an inventory of assets.', controls: ['change-record', 'config-recording'] },
    { id: 'A.5.15', asks: 'Control access by rules.', controls: ['least-privilege-roles', 'cluster-access-entries'] },
    { id: 'A.5.17', asks: 'Protect authentication information.', controls: ['secrets-in-store', 'workload-identity'] },
    {
      id: 'A.5.18',
      asks: 'Review access rights.',
      controls: [],
      duty: 'Review people’s rights at planned intervals.',
    },
    {
      id: 'A.5.19–A.5.22',
      asks: 'Manage suppliers.',
      controls: [],
      duty: 'Assess the cloud and hosted model providers.',
    },
    {
      id: 'A.5.23',
      asks: 'Manage the use of cloud services.',
      controls: ['region-in-residency', 'posture-findings'],
      duty: 'Define responsibilities and the way out.',
    },
    {
      id: 'A.5.24–A.5.27',
      asks: 'Prepare for incidents and learn from them.',
      controls: ['alarms-to-on-call'],
      duty: 'Keep the procedure and its records.',
    },
    {
      id: 'A.5.28',
      asks: 'Collect evidence.',
      controls: ['audit-trail', 'audit-write-once', 'access-to-log-logged'],
    },
    { id: 'A.5.30', asks: 'Be ready to continue.', controls: ['multi-zone', 'backup-schedule'], duty: 'Drill it.' },
    { id: 'A.5.33', asks: 'Protect records.', controls: ['audit-retention', 'audit-write-once'] },
    { id: 'A.5.34', asks: 'Protect personal data.', controls: ['pii-redaction', 'encryption-at-rest-cmk'] },
    { id: 'A.6', asks: 'Screen, train and bind people.', controls: [], duty: 'The organisation’s.' },
    { id: 'A.7', asks: 'Protect places and equipment.', controls: [], duty: 'Inherited from the cloud for its sites.' },
    {
      id: 'A.8.2',
      asks: 'Restrict privileged rights.',
      controls: ['least-privilege-roles', 'pod-security-restricted'],
    },
    {
      id: 'A.8.5',
      asks: 'Authenticate securely.',
      controls: ['cluster-access-entries'],
      duty: 'Several factors for people.',
    },
    { id: 'A.8.7', asks: 'Protect against malware.', controls: ['threat-detection', 'image-scanning'] },
    { id: 'A.8.8', asks: 'Manage technical weaknesses.', controls: ['image-scanning', 'posture-findings'] },
    { id: 'A.8.9', asks: 'Manage configurations.', controls: ['config-recording', 'change-record', 'node-hardening'] },
    { id: 'A.8.10', asks: 'Delete information no longer needed.', controls: ['data-expiry'] },
    { id: 'A.8.11', asks: 'Mask data.', controls: ['pii-redaction'] },
    { id: 'A.8.12', asks: 'Prevent data leakage.', controls: ['network-default-deny', 'network-endpoints'] },
    { id: 'A.8.13', asks: 'Back up information.', controls: ['backup-schedule', 'versioned-storage'] },
    { id: 'A.8.14', asks: 'Have redundancy.', controls: ['multi-zone'] },
    {
      id: 'A.8.15',
      asks: 'Produce, keep and protect logs.',
      controls: ['audit-trail', 'control-plane-logs', 'network-flow-logs', 'log-retention'],
    },
    { id: 'A.8.16', asks: 'Monitor for anomalies.', controls: ['threat-detection', 'alarms-to-on-call'] },
    {
      id: 'A.8.20–A.8.22',
      asks: 'Secure and separate networks.',
      controls: [
        'network-private-subnets',
        'network-no-open-ingress',
        'private-api-endpoint',
        'network-default-deny',
        'waf-on-entry',
      ],
    },
    {
      id: 'A.8.24',
      asks: 'Use cryptography by rule.',
      controls: ['encryption-at-rest-cmk', 'key-rotation', 'tls-in-transit', 'cluster-secrets-encryption'],
    },
    {
      id: 'A.8.28–A.8.31',
      asks: 'Develop securely and keep environments apart.',
      controls: ['image-digest', 'model-provenance'],
      duty: 'Keep development and production in separate accounts.',
    },
    { id: 'A.8.32', asks: 'Manage changes.', controls: ['change-record'], duty: 'Record approvals.' },
  ],
} as const satisfies Framework;

import type { Framework } from '../framework.ts';

/** PCI DSS 4.0.1, requirements that reach a platform whose prompts or documents may hold card data. */
export const pciDss = {
  title: 'PCI DSS 4.0.1',
  source: { ref: 'PCI Security Standards Council, PCI DSS v4.0.1', date: '2024-06-01' },
  parameters: {
    auditRetentionDays: 366,
    logRetentionDays: 365,
    backupRetentionDays: 35,
    writeOnce: true,
    because: {
      backupRetentionDays: 'No figure in the standard: thirty-five days outlast a month end.',
      auditRetentionDays: '10.5.1: audit history of at least twelve months.',
      logRetentionDays: '10.5.1: three months at hand at once; a year kept searchable covers it.',
      writeOnce: '10.3.2 and 10.3.4: audit files are protected from change and their integrity is watched.',
    },
  },
  clauses: [
    {
      id: '1.3',
      asks: 'Restrict traffic to and from the card-data environment.',
      controls: ['network-private-subnets', 'network-default-deny', 'network-no-open-ingress'],
    },
    {
      id: '1.4',
      asks: 'Control connections between trusted and untrusted networks.',
      controls: ['private-api-endpoint', 'network-endpoints', 'waf-on-entry'],
    },
    {
      id: '2.2',
      asks: 'Configure components securely.',
      controls: ['node-hardening', 'pod-security-restricted', 'posture-findings', 'config-recording'],
    },
    {
      id: '3.2.1',
      asks: 'Keep as little account data for as short a time as possible.',
      controls: ['pii-redaction', 'data-expiry'],
      duty: 'Keep card data out of prompts and the corpus; state the retention you need.',
    },
    {
      id: '3.5.1',
      asks: 'Make stored card numbers unreadable.',
      controls: ['encryption-at-rest-cmk', 'pii-redaction'],
      duty: 'Disk-level encryption alone does not satisfy 3.5.1.2: tokenise card numbers before they reach the platform.',
    },
    {
      id: '3.6–3.7',
      asks: 'Manage keys through their life.',
      controls: ['key-rotation', 'cluster-secrets-encryption', 'least-privilege-roles'],
      duty: 'Name the key custodians.',
    },
    { id: '4.2.1', asks: 'Use strong cryptography on open networks.', controls: ['tls-in-transit'] },
    { id: '5.2', asks: 'Detect malicious software.', controls: ['threat-detection', 'image-scanning'] },
    {
      id: '6.3.3',
      asks: 'Install critical patches within a month.',
      controls: ['image-digest', 'image-scanning'],
      duty: 'Upgrade the generated project when a new version fixes a weakness.',
    },
    {
      id: '6.4.2',
      asks: 'Put an automated protection before public web applications.',
      controls: ['waf-on-entry'],
    },
    {
      id: '6.5.1',
      asks: 'Follow a change procedure.',
      controls: ['change-record'],
      duty: 'Record approval and a way back for each change.',
    },
    {
      id: '7.2',
      asks: 'Define and assign access by need.',
      controls: ['least-privilege-roles', 'cluster-access-entries'],
    },
    {
      id: '8.4',
      asks: 'Use several factors for access to the card-data environment.',
      controls: [],
      duty: 'Enforce it at the identity provider.',
    },
    {
      id: '8.6',
      asks: 'Control system and application accounts.',
      controls: ['workload-identity', 'secrets-in-store'],
    },
    {
      id: '9',
      asks: 'Restrict physical access.',
      controls: [],
      duty: 'Inherited from the cloud for its data centres.',
    },
    {
      id: '10.2',
      asks: 'Log access and administrative actions.',
      controls: ['audit-trail', 'control-plane-logs', 'network-flow-logs', 'prompt-audit'],
    },
    {
      id: '10.3',
      asks: 'Protect audit logs from destruction and change.',
      controls: ['audit-write-once', 'access-to-log-logged', 'versioned-storage'],
    },
    {
      id: '10.4',
      asks: 'Review audit logs.',
      controls: ['threat-detection', 'alarms-to-on-call'],
      duty: 'Review daily what the tools do not review.',
    },
    { id: '10.5.1', asks: 'Keep audit logs twelve months.', controls: ['audit-retention', 'log-retention'] },
    {
      id: '11.3',
      asks: 'Scan for weaknesses inside and outside.',
      controls: [],
      duty: 'Run quarterly scans by an approved vendor, and penetration tests (11.4).',
    },
    {
      id: '11.5',
      asks: 'Detect intrusions and unexpected changes.',
      controls: ['threat-detection', 'config-recording'],
    },
    {
      id: '12.5.2',
      asks: 'Document and confirm the scope.',
      controls: [],
      duty: 'Confirm the scope yearly; the data-flow page is its input.',
    },
    {
      id: '12.8',
      asks: 'Manage service providers.',
      controls: [],
      duty: 'Keep agreements and attestations of the cloud and of hosted model providers.',
    },
    {
      id: '12.10',
      asks: 'Be ready to respond to incidents.',
      controls: ['alarms-to-on-call'],
      duty: 'Keep a tested plan.',
    },
  ],
} as const satisfies Framework;

import type { Framework } from '../framework.ts';

/** HIPAA Security Rule, technical and administrative safeguards that reach an LLM platform. */
export const hipaa = {
  title: 'HIPAA Security Rule',
  source: {
    ref: '45 CFR Part 164, Subparts C and E',
    date: '2013-03-26',
    note: 'As amended by the Omnibus Rule; the amendments proposed in January 2025 are not in force.',
  },
  parameters: {
    auditRetentionDays: 2192,
    logRetentionDays: 365,
    backupRetentionDays: 35,
    writeOnce: true,
    promptAudit: true,
    because: {
      backupRetentionDays:
        '164.308(a)(7)(ii)(A) asks for a backup plan and gives no figure: thirty-five days outlast a month end.',
      auditRetentionDays:
        '164.316(b)(2)(i): documentation of actions is kept six years; audit records are read as such.',
      logRetentionDays: 'No figure in the rule: one year at hand lets a yearly activity review search it.',
      promptAudit: '164.312(b): a prompt or an answer can hold health information, so its use is recorded.',
      writeOnce: '164.312(c)(1): records are protected from improper change.',
    },
  },
  clauses: [
    {
      id: '164.308(a)(1)(ii)(A)',
      asks: 'Find and assess the risks to health information.',
      controls: [],
      duty: 'Carry out and document the risk analysis; the failure-mode and data-flow pages are its input.',
    },
    {
      id: '164.308(a)(1)(ii)(D)',
      asks: 'Review records of system activity regularly.',
      controls: ['audit-trail', 'control-plane-logs', 'threat-detection', 'alarms-to-on-call'],
      duty: 'Name who reviews the records and how often.',
    },
    {
      id: '164.308(a)(3)',
      asks: 'Give access only to people who need it and end it when they leave.',
      controls: [],
      duty: 'Run the process that grants, reviews and ends people’s access.',
    },
    {
      id: '164.308(a)(4)',
      asks: 'Authorise access by role.',
      controls: ['least-privilege-roles', 'cluster-access-entries'],
    },
    {
      id: '164.308(a)(5)(ii)(B)',
      asks: 'Guard against malicious software.',
      controls: ['threat-detection', 'image-scanning', 'image-digest'],
    },
    { id: '164.308(a)(5)(ii)(C)', asks: 'Watch log-in attempts.', controls: ['audit-trail', 'control-plane-logs'] },
    {
      id: '164.308(a)(6)(ii)',
      asks: 'Respond to incidents and record their outcome.',
      controls: ['alarms-to-on-call'],
      duty: 'Keep an incident procedure; the safety-incident runbook is a start.',
    },
    {
      id: '164.308(a)(7)(ii)(A)',
      asks: 'Keep retrievable exact copies of health information.',
      controls: ['backup-schedule', 'versioned-storage'],
    },
    {
      id: '164.308(a)(7)(ii)(B)',
      asks: 'Be able to restore lost data.',
      controls: ['backup-schedule', 'multi-zone'],
      duty: 'Drill the restore runbook and keep the result.',
    },
    {
      id: '164.308(b)(1)',
      asks: 'Have a contract with every business associate.',
      controls: [],
      duty: 'Sign the business associate addendum with the cloud and with any hosted model provider.',
    },
    {
      id: '164.310',
      asks: 'Protect facilities and devices physically.',
      controls: [],
      duty: 'Inherited from the cloud for its data centres; your own offices and devices stay yours.',
    },
    {
      id: '164.312(a)(1)',
      asks: 'Let in only people and programs with rights.',
      controls: [
        'least-privilege-roles',
        'private-api-endpoint',
        'network-default-deny',
        'network-no-open-ingress',
        'pod-security-restricted',
      ],
    },
    {
      id: '164.312(a)(2)(iv)',
      asks: 'Encrypt stored health information.',
      controls: ['encryption-at-rest-cmk', 'cluster-secrets-encryption', 'key-rotation', 'node-hardening'],
    },
    {
      id: '164.312(b)',
      asks: 'Record and examine activity in systems that hold health information.',
      controls: ['audit-trail', 'prompt-audit', 'access-to-log-logged', 'network-flow-logs', 'config-recording'],
    },
    {
      id: '164.312(c)(1)',
      asks: 'Protect health information from improper change or destruction.',
      controls: ['audit-write-once', 'versioned-storage', 'model-provenance'],
    },
    {
      id: '164.312(d)',
      asks: 'Verify who asks for access.',
      controls: ['workload-identity', 'cluster-access-entries', 'secrets-in-store'],
      duty: 'Require a second factor for people at the identity provider.',
    },
    {
      id: '164.312(e)(1)',
      asks: 'Guard health information on the network.',
      controls: ['tls-in-transit', 'network-endpoints', 'network-private-subnets'],
    },
    {
      id: '164.316(b)(2)(i)',
      asks: 'Keep the documentation six years.',
      controls: ['audit-retention', 'log-retention'],
      duty: 'Keep policies and procedures, which live outside the platform, as long.',
    },
    {
      id: '164.502(b)',
      asks: 'Use the least information that serves the purpose.',
      controls: ['pii-redaction'],
      duty: 'Decide which fields may enter prompts and the corpus.',
    },
  ],
} as const satisfies Framework;

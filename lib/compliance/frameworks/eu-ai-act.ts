import type { Framework } from '../framework.ts';

/** EU AI Act: what a provider or deployer of an AI system needs from its platform. */
export const euAiAct = {
  title: 'EU AI Act',
  source: {
    ref: 'Regulation (EU) 2024/1689',
    date: '2024-06-13',
    note: 'Obligations start in steps; check which apply on your date and to your risk class.',
  },
  parameters: {
    auditRetentionDays: 184,
    logRetentionDays: 184,
    writeOnce: true,
    promptAudit: true,
    because: {
      auditRetentionDays: 'Art. 19(1) and 26(6): logs of a high-risk system are kept at least six months.',
      logRetentionDays: 'As the audit records.',
      promptAudit: 'Art. 12: events are recorded automatically over the life of the system.',
      writeOnce: 'Art. 12 and 19: a record that anybody can change traces nothing.',
    },
  },
  clauses: [
    { id: 'Art. 4', asks: 'See that staff understand AI.', controls: [], duty: 'Train the people who operate it.' },
    {
      id: 'Art. 5',
      asks: 'Keep away from prohibited practices.',
      controls: [],
      duty: 'Check the purpose and record it.',
    },
    {
      id: 'Art. 6 and Annex III',
      asks: 'Classify the system by risk.',
      controls: [],
      duty: 'Record the class; most clauses below bind high-risk systems only.',
    },
    {
      id: 'Art. 9',
      asks: 'Manage risks over the life cycle.',
      controls: [],
      duty: 'Run and document the risk process.',
    },
    {
      id: 'Art. 10',
      asks: 'Govern training, validation and test data.',
      controls: [],
      duty: 'Document origin, gaps and bias of data; the data gates help where you fine-tune.',
    },
    {
      id: 'Art. 11 and Annex IV',
      asks: 'Draw up technical documentation.',
      controls: ['change-record', 'model-provenance'],
      duty: 'Complete the generated documents with purpose, performance by group and oversight.',
    },
    {
      id: 'Art. 12',
      asks: 'Record events automatically.',
      controls: ['prompt-audit', 'audit-write-once', 'audit-trail'],
    },
    { id: 'Art. 13', asks: 'Inform deployers.', controls: [], duty: 'Write the instructions for use.' },
    { id: 'Art. 14', asks: 'Allow human oversight.', controls: [], duty: 'Name who can stop or override the system.' },
    {
      id: 'Art. 15',
      asks: 'Reach accuracy, robustness and cybersecurity.',
      controls: [
        'model-provenance',
        'image-digest',
        'image-scanning',
        'least-privilege-roles',
        'workload-identity',
        'network-default-deny',
        'network-no-open-ingress',
        'pod-security-restricted',
        'encryption-at-rest-cmk',
        'tls-in-transit',
        'multi-zone',
        'waf-on-entry',
      ],
      duty: 'Declare accuracy from the evaluation runs.',
    },
    { id: 'Art. 17', asks: 'Run a quality-management system.', controls: [], duty: 'The provider’s.' },
    {
      id: 'Art. 18',
      asks: 'Keep documentation ten years.',
      controls: [],
      duty: 'Archive each release’s plan and documents for ten years.',
    },
    {
      id: 'Art. 19 and 26(6)',
      asks: 'Keep logs at least six months.',
      controls: ['audit-retention', 'log-retention', 'access-to-log-logged'],
    },
    {
      id: 'Art. 26(5)',
      asks: 'Monitor operation and report.',
      controls: ['alarms-to-on-call'],
      duty: 'Suspend use and inform the provider when a risk shows.',
    },
    {
      id: 'Art. 27',
      asks: 'Assess the effect on fundamental rights.',
      controls: [],
      duty: 'Where the deployer is bound.',
    },
    {
      id: 'Art. 50',
      asks: 'Tell people that they talk to a machine and mark synthetic content.',
      controls: [],
      duty: 'Show the notice in the application.',
    },
    {
      id: 'Art. 53 and 55',
      asks: 'Meet the duties of general-purpose model providers.',
      controls: [],
      duty: 'Keep the model provider’s documentation; a substantial fine-tune can make you a provider.',
    },
    {
      id: 'Art. 72–73',
      asks: 'Monitor after release and report serious incidents.',
      controls: ['alarms-to-on-call', 'prompt-audit'],
      duty: 'Keep the monitoring plan and the reporting deadlines.',
    },
  ],
} as const satisfies Framework;

import type { Plan } from '../../plan/plan.ts';
import { counted } from '../format.ts';
import { kubectl, type Runbook } from './runbook.ts';

/** Deadlines that start with the discovery, by regime; who must be told is in the clause. */
const notificationDuties: Readonly<Record<string, string>> = {
  gdpr: 'GDPR Art. 33: the supervisory authority within 72 hours of becoming aware; Art. 34: the people concerned, where the risk to them is high.',
  hipaa:
    'HIPAA 45 CFR 164.404 to 164.410: the people concerned without delay and within 60 days of discovery; a business associate tells its covered entity.',
  'pci-dss': 'PCI DSS 12.10: the payment brands and the acquirer, by the incident response plan.',
  'fedramp-moderate': 'FedRAMP (IR-6): report to the agency and to CISA (US-CERT) within one hour of identification.',
  soc2: 'SOC 2 CC7.4 and CC7.5: follow the incident response plan and tell those it names.',
  iso27001: 'ISO 27001 A.5.24 to A.5.28: follow the incident process and keep the evidence.',
  'eu-ai-act':
    'EU AI Act Art. 73: a serious incident of a high-risk system goes to the market surveillance authority within 15 days at the latest.',
};

export function safetyIncident(plan: Plan): Runbook {
  const { audit } = plan;
  const duties = plan.compliance.frameworks.flatMap((id) => notificationDuties[id] ?? []);
  const hosted = plan.gateway.routes.some(({ kind }) => kind === 'hosted');
  return {
    title: 'Safety incident',
    symptoms: [
      'Harmful, false or private content reached a user, or left through a prompt injection.',
      ...(audit.promptLog ? ['Or: requests are served without an audit record.'] : []),
    ],
    firstMinutes: [
      { text: 'Write down the time, who reported it and the request id. From here on, note every step.' },
      {
        text: 'Save what the gateway knows, before it is stopped: it takes seconds, and logs are lost with the pods.',
        command: kubectl('gateway', 'logs deployment/gateway --all-pods --since=2h > incident-gateway.log'),
        expect: 'a file that holds the request id',
      },
      {
        text: 'Stop the source: block the key or user at the gateway. If many are concerned, stop the gateway.',
        command: kubectl('gateway', 'scale deployment/gateway --replicas=0'),
        expect: 'no pod of the gateway runs; callers get an error',
      },
      audit.promptLog
        ? {
            text: `Find the records in the prompt audit log by request id and time. They are kept for ${counted(audit.retentionDays, 'day')}${
              audit.writeOnce ? ' and cannot be changed' : ''
            }. Reading them is logged.`,
          }
        : {
            text: 'This platform keeps no log of prompts. Ask the reporter for the text, and keep it where access is limited.',
          },
    ],
    decisions: [
      {
        when: 'Personal data was shown to the wrong person',
        act: `Call the data protection officer now.${
          duties.length > 0 ? ' The duties under «Afterwards» run from this moment.' : ''
        }`,
      },
      ...(plan.platform.cloud === 'aws'
        ? [
            {
              when: 'A key or password of the gateway may have leaked',
              act: `Put a new value into its secret in the secret store, have the cluster fetch it (\`${kubectl(
                'gateway',
                'annotate externalsecret --all force-sync=$(date +%s) --overwrite',
              )}\`), restart the gateway, and hand new keys to its users.`,
            },
          ]
        : []),
      { when: 'It began with a new model, prompt or filter', act: 'Go to the runbook model-rollback.' },
      {
        when: 'A prompt injection reached a tool or a document',
        act: 'Take the tool out of the route, and the document out of the index, before traffic comes back.',
      },
      ...(hosted
        ? [
            {
              when: 'A hosted model gave the answer',
              act: 'Report it to the provider with the request id; take the route out meanwhile.',
            },
          ]
        : []),
      ...(audit.promptLog
        ? [
            {
              when: 'Requests are served without audit records',
              act: 'The duty to log is broken. Stop the gateway unless the owner of that duty decides otherwise, in writing.',
            },
          ]
        : []),
    ],
    verify: [
      { text: 'Send the prompt that caused it again, in a test session.', expect: 'it is refused or answered safely' },
      {
        text: 'Bring the gateway back.',
        command: kubectl('gateway', `scale deployment/gateway --replicas=${plan.gateway.replicas}`),
        expect: `${counted(plan.gateway.replicas, 'pod')} ready`,
      },
    ],
    afterwards: [
      ...duties,
      'Add the case to the adversarial cases of the prompt, so that the evaluation fails without the fix.',
      'Hold a review without blame within five working days; record what detection missed.',
    ],
  };
}

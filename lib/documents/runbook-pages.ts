import type { Plan } from '../plan/plan.ts';
import type { DocumentExtras, Page, PageInput } from './document.ts';
import { asSentence } from './format.ts';
import { code, codeBlock, join, link, prose, type Verbatim } from './render.ts';
import { runbookIds, runbooks } from './runbooks/index.ts';
import type { Step } from './runbooks/runbook.ts';
import { placeOf } from './topology.ts';

function stepContext({ text, command, expect }: Step, index: number): object {
  return {
    number: String(index + 1),
    text: asSentence(text),
    command: command === undefined ? '' : codeBlock(command, 'sh'),
    expect: expect === undefined ? '' : asSentence(expect),
  };
}

const runbookName = new RegExp(`(${runbookIds.join('|')})`);

/** Names of other runbooks become links to them. */
function withLinks(text: string): Verbatim {
  return join(text.split(runbookName).map((part) => (runbookName.test(part) ? link(part, `${part}.md`) : prose(part))));
}

/** Whom to call, from the answers; nobody where none is named. */
function escalation(plan: Plan): readonly string[] {
  const { onCall } = plan.requirements.operations;
  return onCall
    ? [
        `${onCall.pages} is paged through ${onCall.channel}.`,
        'Not better after 15 minutes, or data or money is being lost: call a second person. One works, one writes and informs.',
      ]
    : [
        'The answers name no on-call: whoever reads this decides. Put somebody into the answers (operations.onCall) before others depend on the platform.',
      ];
}

/** One file a runbook, each with the alerts that lead to it and the rows its products add. */
export function runbookPages({ plan, extras, render }: PageInput): readonly Page[] {
  return runbookIds.map((id): Page => {
    const runbook = runbooks[id](plan);
    const alerts = plan.alerts.filter((alert) => alert.runbook === id);
    const rows = extras.runbookRows.filter((row) => row.runbook === id);
    const context = {
      title: runbook.title,
      name: plan.name,
      where: `${placeOf(plan)}, cluster ${plan.platform.existing.clusterName ?? plan.name}`,
      symptoms: runbook.symptoms.map(asSentence),
      alerts: alerts.map((alert) => ({
        id: link(alert.id, `../docs/slo.md#${alert.id.toLowerCase()}`),
        title: alert.title,
        severity: alert.severity === 'page' ? 'pages on-call' : 'opens a ticket',
      })),
      hasAlerts: alerts.length > 0,
      access: clusterAccess(plan, extras),
      firstMinutes: runbook.firstMinutes.map(stepContext),
      decisions: runbook.decisions.map(({ when, act }) => ({ when: prose(when), act: withLinks(asSentence(act)) })),
      rows: rows.map((row) => ({
        product: row.product ?? '',
        symptom: asSentence(row.symptom),
        check: asSentence(row.check),
        action: asSentence(row.action),
      })),
      hasRows: rows.length > 0,
      escalation: escalation(plan),
      verify: runbook.verify.map(stepContext),
      afterwards: runbook.afterwards.map((text) => withLinks(asSentence(text))),
    };
    return {
      path: `runbooks/${id}.md`,
      title: runbook.title,
      group: 'Runbooks',
      markdown: render.markdown('runbook.md', context),
    };
  });
}

function clusterAccess(plan: Plan, extras: DocumentExtras): object {
  const cluster = plan.platform.existing.clusterName ?? plan.name;
  return extras.clusterAccess === undefined
    ? { text: join(['Use the kubectl context of cluster ', code(cluster)]), command: '' }
    : {
        text: join([
          `Log in to the cluster ${extras.clusterAccess.from} (`,
          link('from where, and how', `../${extras.clusterAccess.page}`),
          ')',
        ]),
        command: codeBlock(extras.clusterAccess.command, 'sh'),
      };
}

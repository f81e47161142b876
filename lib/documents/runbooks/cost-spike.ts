import type { Plan } from '../../plan/plan.ts';
import { replicaUsdPerHour } from '../../plan/workloads.ts';
import { count, list, span, usd } from '../format.ts';
import { kubectl, type Runbook, servingObjects } from './runbook.ts';

export function costSpike(plan: Plan): Runbook {
  const { spend, cost, gateway } = plan;
  const hosted = gateway.routes.filter(({ kind }) => kind === 'hosted');
  const dearest = [...plan.models]
    .map((model) => ({ model, usdPerHour: replicaUsdPerHour(plan, model) }))
    .sort((a, b) => b.usdPerHour - a.usdPerHour)[0];
  return {
    title: 'Cost spike',
    symptoms: [
      'A budget step was reached early, a request costs more than a week ago, or GPUs stand idle.',
      `The plan expects ${usd(cost.usdPerMonth.expected)} a month; the ceiling is ${usd(spend.ceilingUsdPerMonth)}.`,
    ],
    firstMinutes: [
      ...(plan.models.length > 0
        ? [
            {
              text: 'How many replicas run?',
              command: kubectl('serving', `get ${servingObjects(plan)}`),
              expect: list(
                plan.models.map(
                  ({ role, replicas }) => `${span(replicas.minimum, replicas.maximum, 'replica')} of ${role}`,
                ),
              ),
            },
          ]
        : []),
      {
        text: 'How many nodes run, and of which pool?',
        command: 'kubectl get nodes -L groundplan/pool,node.kubernetes.io/instance-type',
        expect: list(
          plan.platform.nodePools.map(({ id, nodes }) => `${span(nodes.minimum, nodes.maximum, 'node')} in pool ${id}`),
        ),
      },
      {
        text: 'Which key or team sends more than before?',
        command: kubectl('gateway', 'logs deployment/gateway --since=1h --tail=200'),
        expect: 'no single key sends most of the requests',
      },
      {
        text: 'Are there pods nobody planned?',
        command: 'kubectl get pods -A -o wide --field-selector=status.phase=Running',
        expect: 'GPU nodes run the models of the plan and nothing else',
      },
    ],
    decisions: [
      {
        when: 'One key is the cause',
        act: `Lower its budget or rate at the gateway; the plan allows ${count(gateway.rateLimitPerUser.tokensPerMinute)} tokens a minute for each user.`,
      },
      ...(hosted.length > 0
        ? [
            {
              when: 'A hosted model is the cause',
              act: `Take its route out of the gateway. ${
                gateway.hostedFallbackUsdPerMonth > 0
                  ? `The fallback may spend ${usd(gateway.hostedFallbackUsdPerMonth)} a month.`
                  : 'One call may cost what the route allows.'
              }`,
            },
          ]
        : []),
      ...(dearest
        ? [
            {
              when: 'Replicas run without load',
              act: `Look at what the autoscaler counts (\`kubectl -n serving describe hpa\`); it undoes what you scale by hand. Each replica of ${dearest.model.role} costs ${usd(dearest.usdPerHour)} an hour.`,
            },
          ]
        : []),
      {
        when: 'The load has grown and is wanted',
        act: 'Raise the ceiling in the answers, with the approval of its owner, and generate again. Never by hand.',
      },
      ...(spend.scaleToZero
        ? [
            {
              when: 'The budget is spent',
              act: 'This environment scales to zero by itself; do not start it again before the month ends.',
            },
          ]
        : []),
    ],
    verify: [
      {
        text: 'The forecast of the month is back below the ceiling.',
        expect: `at most ${usd(spend.ceilingUsdPerMonth)}; expected ${usd(cost.usdPerMonth.expected)}`,
      },
    ],
    afterwards: [
      'Write down the driver, the amount and the day it began.',
      'If prices changed, take a release of Groundplan with a newer catalogue, generate again and read what changed in docs/cost.md.',
      'If the volume changed, change the answers: whether to host or to buy may come out differently.',
    ],
  };
}

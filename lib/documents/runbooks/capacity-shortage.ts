import type { Plan } from '../../plan/plan.ts';
import { counted, list, usd } from '../format.ts';
import { loadText } from '../load.ts';
import { standIns } from '../topology.ts';
import { firstModel, kubectl, type Runbook } from './runbook.ts';

export function capacityShortage(plan: Plan): Runbook {
  const model = firstModel(plan);
  const pools = plan.platform.nodePools.filter(({ gpusPerNode }) => gpusPerNode > 0);
  const owned = plan.platform.provisioning === 'existing';
  const fallbacks = standIns(plan);
  const hostedFallback = plan.gateway.routes.some(
    ({ kind, model, target }) => kind === 'hosted' && (fallbacks.includes(model) || fallbacks.includes(target)),
  );
  const scaled = plan.models.filter(({ replicas }) => replicas.maximum > replicas.minimum);
  const batch = plan.requirements.throughput.pattern === 'batch';
  return {
    title: 'Capacity shortage',
    symptoms: [
      batch
        ? 'The run falls behind its time, or pods wait for a node.'
        : 'Requests wait, the queue grows, or pods wait for a node.',
      `The plan is made for ${loadText(plan)}.`,
    ],
    firstMinutes: [
      {
        text: 'Do pods wait, and for what?',
        command: kubectl('serving', 'get events --field-selector=reason=FailedScheduling --sort-by=.lastTimestamp'),
        expect: 'no recent event',
      },
      ...(scaled.length > 0
        ? [
            {
              text: 'Is the autoscaler at its maximum?',
              command: kubectl('serving', 'get scaledobjects,hpa'),
              expect: list(scaled.map(({ role, replicas }) => `${role} below ${replicas.maximum}`)),
            },
          ]
        : []),
      ...(model
        ? [
            {
              text: 'How many GPU nodes are there?',
              command: 'kubectl get nodes -L groundplan/pool,node.kubernetes.io/instance-type',
              expect:
                pools
                  .map(
                    ({ id, nodes, gpuLimit }) =>
                      `at most ${counted(nodes.maximum, 'node')} with ${counted(gpuLimit, 'GPU')} in pool ${id}`,
                  )
                  .join('; ') || 'the nodes of the plan',
            },
          ]
        : []),
      {
        text: 'Who sends the load?',
        command: kubectl('gateway', 'logs deployment/gateway --since=15m --tail=200'),
        expect: 'no single key sends most of it',
      },
    ],
    decisions: [
      {
        when: 'One key sends most of the load',
        act: 'Lower its limit at the gateway. That helps at once; everything else takes minutes.',
      },
      ...(fallbacks.length > 0
        ? [
            {
              when: 'Users wait now',
              act: `Send part of the traffic to ${list(fallbacks)}${
                hostedFallback && plan.gateway.hostedFallbackUsdPerMonth > 0
                  ? `; it may spend ${usd(plan.gateway.hostedFallbackUsdPerMonth)} a month`
                  : ''
              }.`,
            },
          ]
        : []),
      ...(owned
        ? [
            {
              when: 'Every GPU you own is busy',
              act: 'Nothing more starts here. Lower the output limit of the routes, or turn away the least urgent callers.',
            },
          ]
        : pools.map((pool) => ({
            when: `Pool ${pool.id}: the provider has no ${pool.instanceTypes[0]}`,
            act:
              pool.instanceTypes.length > 1
                ? `The pool may also use ${list(pool.instanceTypes.slice(1), 'or')}. If none comes, try another zone, then a reservation.`
                : `There is one machine type: ${pool.oneTypeBecause ?? 'no other has the same number of GPUs'}. Try another zone, then a reservation.`,
          }))),
      ...(owned || pools.length === 0
        ? []
        : [
            {
              when: 'A quota stops new nodes',
              act: 'Ask for the increase that the list of quotas in the project names. It takes hours to days: bridge with the steps above.',
            },
            {
              when: 'All limits of the plan are reached',
              act: 'The load is above the plan. Raising a limit by hand breaks the proof that the ceiling holds: change the answers and generate.',
            },
          ]),
      {
        when: 'Nothing helps in time',
        act: 'Protect those who are served: refuse new requests early (status 429) rather than let all of them time out.',
      },
    ],
    verify: [
      {
        text: 'No pod waits, and the queue is empty or shrinks.',
        command: kubectl('serving', 'get pods'),
        expect: 'every pod Running and ready',
      },
      { text: 'The alert is resolved for 30 minutes.' },
    ],
    afterwards: [
      'Write down the highest load seen. If it will come again, change the peak in the answers.',
      ...(owned ? [] : ['If the provider had no capacity, put a reservation into the answers and compare its price.']),
    ],
  };
}

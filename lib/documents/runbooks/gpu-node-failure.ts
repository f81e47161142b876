import type { Plan } from '../../plan/plan.ts';
import { seconds } from '../format.ts';
import { isFirstChoice } from '../topology.ts';
import { firstModel, kubectl, podsOf, type Runbook } from './runbook.ts';

export function gpuNodeFailure(plan: Plan): Runbook {
  const model = firstModel(plan);
  const pools = plan.platform.nodePools.filter(({ gpusPerNode }) => gpusPerNode > 0);
  const owned = plan.platform.provisioning === 'existing';
  if (!model || pools.length === 0) {
    return {
      title: 'Node failure',
      symptoms: ['A node is not ready, and pods on it are gone. This platform runs no GPU of its own.'],
      firstMinutes: [
        { text: 'Which node is it?', command: 'kubectl get nodes', expect: 'every node Ready' },
        {
          text: 'What is missing?',
          command: 'kubectl get pods -A --field-selector=status.phase!=Running',
          expect: 'no pod waits',
        },
      ],
      decisions: [
        { when: 'A node stays NotReady for 5 minutes', act: 'Drain and delete it; its pool brings another one.' },
      ],
      verify: [
        {
          text: 'The gateway is complete.',
          command: kubectl('gateway', 'get deployment/gateway'),
          expect: `${plan.gateway.replicas} of ${plan.gateway.replicas} ready`,
        },
      ],
      afterwards: ['Write down the node, its zone and what its last events say.'],
    };
  }
  const gang = model.nodesPerReplica > 1;
  return {
    title: 'GPU node failure',
    symptoms: [
      'The driver reports an Xid error, a node is not ready, or a replica restarts again and again.',
      model.replicas.minimum > 1
        ? `The other replicas of ${model.role} carry the load meanwhile.`
        : isFirstChoice(plan, model)
          ? `${model.role} may run on one replica only: answers can be gone until another one has loaded.`
          : `${model.role} may run on one replica only: nothing stands in until another one has loaded.`,
    ],
    firstMinutes: [
      {
        text: 'Which node, and which pods?',
        command: kubectl('serving', `get pods ${podsOf(model.role)} -o wide`),
        expect: 'the pod that is not Ready names its node',
      },
      {
        text: 'What does the node say?',
        command: 'kubectl describe node <node>',
        expect: `conditions Ready; nvidia.com/gpu allocatable: ${pools.map(({ id, gpusPerNode }) => `${gpusPerNode} in pool ${id}`).join(', ')}`,
      },
      {
        text: 'Keep new pods away from it.',
        command: 'kubectl cordon <node>',
        expect: 'node cordoned',
      },
      {
        text: 'Move what still runs there. Requests in flight are finished first.',
        command: `kubectl drain <node> --ignore-daemonsets --delete-emptydir-data --grace-period=${Math.ceil(model.longestGenerationSeconds + 60)}`,
        expect: 'node drained',
      },
    ],
    decisions: [
      {
        when: 'Xid 48, 64, 74, 79, 95, 119 or 120',
        act: owned
          ? 'The board or its link has failed. Keep the node out, restart it once; if the error returns, exchange the board.'
          : 'The board or its link has failed. Delete the node (`kubectl delete node <node>`): its pool starts another one. Report the machine to the provider.',
      },
      {
        when: 'Xid 13, 31 or 43, once',
        act: 'A program did it, not the board. Put the node back (`kubectl uncordon <node>`) and keep the log.',
      },
      ...(gang
        ? [
            {
              when: 'One machine of a replica is gone',
              act: `The whole group of ${model.nodesPerReplica} machines starts again together; one machine alone cannot join a running group.`,
            },
          ]
        : []),
      { when: 'No new node comes within 10 minutes', act: 'Go to the runbook capacity-shortage.' },
    ],
    verify: [
      {
        text: 'All replicas are ready again.',
        command: kubectl('serving', `get pods ${podsOf(model.role)} --watch`),
        expect: `${model.replicas.minimum} ready; a replica loads in ${seconds(model.loadSeconds)} by the plan`,
      },
      { text: 'The alert is resolved, and no other GPU of the same node shows errors.' },
    ],
    afterwards: [
      'Write down node, GPU, Xid and time. Three on one machine type in a month: ask the provider.',
      ...(model.replicas.minimum < 2
        ? ['An outage from one node was to be expected: a higher availability goal adds a spare replica.']
        : []),
    ],
  };
}

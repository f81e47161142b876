import type { Plan } from '../../plan/plan.ts';
import { count, counted, list, percent, seconds } from '../format.ts';
import { objectivesOf, predictionOf } from '../objectives.ts';
import { firstModel, kubectl, podsOf, type Runbook, revisions, servingObjects } from './runbook.ts';

export function latencyDegradation(plan: Plan): Runbook {
  const model = firstModel(plan);
  const prediction = predictionOf(plan);
  const goals = objectivesOf(plan).filter(({ id }) => id.endsWith('.p95'));
  return {
    title: 'Latency degradation',
    symptoms: [
      'Answers start late or come slowly.',
      ...goals.map(({ title, goal }) => `${title} is above ${seconds(goal)}.`),
    ],
    firstMinutes: [
      ...(model
        ? [
            {
              text: 'Are all replicas there?',
              command: kubectl('serving', `get ${servingObjects(plan)} -o wide`),
              expect: `${list(plan.models.map(({ role, replicas }) => `${replicas.minimum} or more of ${role}`))} ready`,
            },
            {
              text: 'Do pods restart or wait?',
              command: kubectl('serving', 'get pods --sort-by=.status.startTime'),
              expect: 'every pod Running, no restart in the last hour',
            },
            {
              text: `What does ${model.role} say?`,
              command: kubectl('serving', `logs ${podsOf(model.role)} --tail=100 --since=10m`),
              expect: `no errors; at most ${count(model.limits.maxNumSeqs)} requests running on a replica and none waiting for long`,
            },
          ]
        : []),
      {
        text: 'Is it the gateway?',
        command: kubectl('gateway', 'logs deployment/gateway --tail=100 --since=10m'),
        expect: 'no timeouts and no refused connections',
      },
      {
        text: 'Did anything change in the last two hours?',
        command: model ? revisions(model) : kubectl('gateway', 'rollout history deployment/gateway'),
        expect: 'no new revision since the trouble began',
      },
    ],
    decisions: [
      {
        when: 'Something changed just before it began',
        act: 'Go to the runbook model-rollback now; look for the cause later.',
      },
      ...(model
        ? [
            {
              when: 'Replicas are missing or pods are pending',
              act: 'Go to gpu-node-failure where a node is sick, to capacity-shortage where no node comes.',
            },
            {
              when: 'All replicas are there, requests wait, and the load is higher than planned',
              act: `Go to capacity-shortage. The plan is made for ${counted(model.replicas.maximum, 'replica')} of ${model.role} at most.`,
            },
            {
              when: 'Few requests wait but the KV cache is full',
              act: `Requests are longer than planned${
                prediction
                  ? ` (the plan expects a cache ${percent(prediction.kvCacheUtilizationPeak, 0)} full at peak)`
                  : ''
              }. Lower the output limit of the route, or add a replica.`,
            },
          ]
        : []),
      ...(plan.retrieval
        ? [
            {
              when: 'The model server is fast and callers still wait',
              act: 'Retrieval is slow: look at the vector store and at the embedding server.',
            },
          ]
        : []),
      {
        when: 'One key sends most of the load',
        act: `Lower its limit at the gateway; the plan allows ${count(plan.gateway.rateLimitPerUser.requestsPerMinute)} requests a minute for each user.`,
      },
    ],
    verify: [
      {
        text: 'The alert is resolved, and the P95 of the last 30 minutes is inside its goal.',
        expect:
          goals.map(({ title, goal }) => `${title}: ${seconds(goal)}`).join('; ') ||
          'requests finish in the usual time',
      },
    ],
    afterwards: [
      'Write down when it began, what was changed, and the P95 before and after.',
      'If the load was higher than planned, change a copy of the answers and run `groundplan compare groundplan.yaml copy.yaml` before generating.',
      'If the load was as planned, the prediction is wrong here: run the load test and `groundplan calibrate`.',
    ],
  };
}

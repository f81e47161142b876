import type { Plan, ServedModel } from '../../plan/plan.ts';
import { servingObject } from '../../plan/workloads.ts';
import { list, seconds } from '../format.ts';
import { standIns } from '../topology.ts';
import { firstModel, kubectl, type Runbook, revisions, type Step } from './runbook.ts';

/** P17: a rollback must be done within this time. */
const limitSeconds = 300;

const undoGateway: readonly Step[] = [
  {
    text: 'Go back to the gateway’s configuration before the change.',
    command: kubectl('gateway', 'rollout undo deployment/gateway'),
    expect: 'rolled back',
  },
];

function undoModel(model: ServedModel): readonly Step[] {
  const { loadSeconds, nodesPerReplica, role } = model;
  const timeout = Math.max(limitSeconds, loadSeconds * 2);
  const back: readonly Step[] =
    nodesPerReplica > 1
      ? [
          {
            text: 'Apply the manifests before the change. Groups of machines have no undo of their own.',
            command: `git checkout HEAD~1 -- kubernetes/ && kubectl apply -R -f kubernetes/`,
            expect: `leaderworkerset ${role} configured`,
          },
          {
            text: 'Wait for it.',
            command: kubectl('serving', `wait ${servingObject(model)} --for=condition=Available --timeout=${timeout}s`),
            expect: `condition met; one replica loads in ${seconds(loadSeconds)} by the plan`,
          },
        ]
      : [
          {
            text: 'Go back to the one before.',
            command: kubectl('serving', `rollout undo ${servingObject(model)}`),
            expect: 'rolled back',
          },
          {
            text: 'Wait for it.',
            command: kubectl('serving', `rollout status ${servingObject(model)} --timeout=${timeout}s`),
            expect: `successfully rolled out; one replica loads in ${seconds(loadSeconds)} by the plan`,
          },
        ];
  return [
    {
      text: 'Which revisions are there?',
      command: revisions(model),
      expect: 'the revision before the change is listed',
    },
    ...back,
  ];
}

export function modelRollback(plan: Plan): Runbook {
  const model = firstModel(plan);
  const fallbacks = standIns(plan);
  const load = model?.loadSeconds ?? 0;
  const inTime = load + 60 <= limitSeconds;
  const undo = model ? undoModel(model) : undoGateway;
  return {
    title: 'Model rollback',
    symptoms: [
      'Answers are worse, wrong in form, or fail since a change of model, prompt, adapter or engine.',
      'The evaluation of a production sample is overdue or has dropped by more than 5 points.',
    ],
    firstMinutes: [
      { text: 'Start a clock. A rollback must be done within 5 minutes.' },
      ...(fallbacks.length > 0
        ? [
            {
              text: `If users are hurt now, send traffic to the fallback first: ${list(fallbacks, 'or')}. Set its weight at the gateway.`,
            },
          ]
        : []),
      ...undo,
    ],
    decisions: [
      ...(model
        ? [
            {
              when: inTime ? 'The rollout takes longer than 5 minutes' : 'Always, with this model',
              act: inTime
                ? `Loading takes ${seconds(load)} by the plan, so something else holds it up: look at the events of the new pod.`
                : `Loading alone takes ${seconds(load)}, so an undo does not fit into 5 minutes. Keep the previous version running beside the new one until the new one is trusted, and roll back by weight at the gateway.`,
            },
            {
              when: 'The previous weights are missing from the store',
              act: 'Run the mirror job for the previous revision; the old one is pinned in the history of groundplan.yaml.',
            },
          ]
        : []),
      {
        when: 'The prompt changed, not the model',
        act: 'Put the previous version of the prompt back; no model needs to load.',
      },
      ...(plan.retrieval
        ? [
            {
              when: 'The embedding model changed',
              act: `Do not mix: the collection ${plan.vectorStore?.collection ?? 'of the store'} belongs to one embedding model. Point the application back at the old collection.`,
            },
          ]
        : []),
    ],
    verify: [
      {
        text: 'One question through the gateway gets an answer.',
        command: `curl -sS https://<gateway>/v1/chat/completions -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"model":"${
          plan.gateway.routes[0]?.model ?? 'chat'
        }","max_tokens":16,"messages":[{"role":"user","content":"Say yes."}]}'`,
        expect: 'status 200 and a sentence',
      },
      ...(plan.retrieval
        ? [{ text: 'One question about the corpus comes back with sources; scores and time are as before the change.' }]
        : []),
      { text: 'The evaluation on the golden set is back at its baseline.' },
    ],
    afterwards: [
      'Put the old revision into groundplan.yaml and generate, or the next deployment brings the new one back.',
      'Write down how long it took. Drill this page every quarter; above 5 minutes the drill has failed.',
    ],
  };
}

import type { Plan } from '../../plan/plan.ts';
import { workloads } from '../../plan/workloads.ts';
import { count, counted, hours } from '../format.ts';
import { kubectl, type Runbook, type Step } from './runbook.ts';

export function dataStoreRestore(plan: Plan): Runbook {
  const { vectorStore, retrieval } = plan;
  const { rpoHours, rtoHours } = plan.requirements.operations;
  const onCluster = vectorStore?.target === 'kubernetes';
  const stopIngestion: readonly Step[] = retrieval
    ? [
        {
          text: 'Stop ingestion, so that nothing is written while you restore.',
          command: kubectl('retrieval', `patch cronjob/${workloads.ingestion} -p '{"spec":{"suspend":true}}'`),
          expect: 'cronjob patched; no ingestion job runs',
        },
      ]
    : [];
  return {
    title: 'Data store restore',
    symptoms: vectorStore
      ? [
          'Searches fail, find nothing, or find what is out of date.',
          'A backup is overdue, an index is damaged, or data was deleted.',
        ]
      : ['State of the gateway (keys, budgets) or the record of what was generated is lost.'],
    firstMinutes: [
      ...stopIngestion,
      ...(vectorStore
        ? [
            onCluster
              ? {
                  text: 'Is the store up, and with which disks?',
                  command: kubectl('retrieval', `get pods,pvc -l app.kubernetes.io/name=${workloads.vectorStore}`),
                  expect: `${counted(vectorStore.size.nodes, 'pod')} Running, every claim Bound`,
                }
              : {
                  text: `Is the store up? Look at its state and its last events at ${vectorStore.target === 'external' ? 'its provider' : plan.platform.cloud}.`,
                },
            {
              text: 'How much is missing? Compare the number of vectors with the plan.',
              expect: `about ${count(vectorStore.vectors)} vectors of dimension ${vectorStore.dimension} in ${vectorStore.collection}`,
            },
            {
              text: 'Which backups are there?',
              ...(onCluster && {
                command: kubectl(
                  'retrieval',
                  `get jobs --sort-by=.status.startTime -l app.kubernetes.io/name=${workloads.vectorStoreBackup}`,
                ),
              }),
              expect:
                vectorStore.recovery ??
                `one not older than ${hours(vectorStore.backup.intervalHours)}; they are kept for ${counted(vectorStore.backup.retentionDays, 'day')}`,
            },
          ]
        : [
            {
              text: 'What is lost? Compare the running objects with what was generated.',
              command: 'git log --stat -5 -- plan.json kubernetes/',
              expect: 'the last generated state is in version control',
            },
          ]),
    ],
    decisions: vectorStore
      ? [
          {
            when: `The newest backup is younger than ${hours(rpoHours)}`,
            act: 'Restore it beside the damaged one, under another name. Check it, then switch. Never restore over the only copy.',
          },
          {
            when: 'No backup is good enough',
            act: 'Build the index again from the documents: the corpus is the source of truth, the vectors are not.',
          },
          {
            when: 'Only some documents are damaged',
            act: 'Ingest those again; no restore is needed.',
          },
          {
            when: `It will take longer than ${hours(rtoHours)}`,
            act: 'Escalate: the recovery time of the answers is at stake. Serve without sources, and say so to users, until it is back.',
          },
          ...(plan.platform.recoveryRegion
            ? [{ when: 'The region is lost', act: `Restore from the copies in ${plan.platform.recoveryRegion}.` }]
            : []),
        ]
      : [
          {
            when: 'Objects differ from what was generated',
            act: 'Apply the generated state again; keys of users are issued anew.',
          },
        ],
    verify: [
      ...(vectorStore
        ? [
            {
              text: 'The number of vectors and their dimension are as before.',
              expect: `about ${count(vectorStore.vectors)} vectors of dimension ${vectorStore.dimension}`,
            },
            { text: 'Ten questions with known sources find them, in the usual time.' },
          ]
        : [{ text: 'One request with a new key is answered.' }]),
      ...(retrieval
        ? [
            {
              text: 'Start ingestion again, and watch one run.',
              command: kubectl('retrieval', `patch cronjob/${workloads.ingestion} -p '{"spec":{"suspend":false}}'`),
              expect: 'the next run succeeds',
            },
          ]
        : []),
    ],
    afterwards: [
      `Write down how much was lost and how long it took. The answers allow ${hours(rpoHours)} of data and ${hours(rtoHours)} of time.`,
      'Drill this page every quarter into an empty store; a backup that was never restored is a hope.',
    ],
  };
}

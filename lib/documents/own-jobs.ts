import type { Plan } from '../plan/plan.ts';
import { workloads } from '../plan/workloads.ts';

/** A job whose container only the user can write; alerts and network policies know it by its name. */
export interface OwnJob {
  readonly name: string;
  readonly namespace: string;
  readonly what: string;
}

/** Jobs the plan counts on and nothing generates. */
export function ownJobs(plan: Plan): readonly OwnJob[] {
  const { namespaces, ingestion, evaluation } = workloads;
  return [
    ...(plan.retrieval
      ? [
          {
            name: ingestion,
            namespace: namespaces.retrieval,
            what: 'Ingestion: reads your sources into the vector store',
          },
        ]
      : []),
    ...(plan.alerts.some(({ id }) => id === 'DriftEvaluationDue')
      ? [
          {
            name: evaluation,
            namespace: namespaces.serving,
            what: 'Evaluation: judges a sample of production once a month',
          },
        ]
      : []),
  ];
}

import { count } from '../../decisions/decision.ts';
import { scheduleText } from '../../decisions/ingestion-schedule.ts';
import { workloads } from '../workloads.ts';
import { number } from './promql.ts';
import { type AlertParts, type AlertProducts, gatewayMetrics, type ReasonedAlert, urgent } from './reasoned.ts';

const hour = 3600;

/** True when a CronJob has not succeeded for so long, has never done so while it is older than that, or is not there. */
function jobOverdue(namespace: string, job: string, seconds: number): string {
  const series = (metric: string) => `${metric}{namespace="${namespace}", cronjob="${job}"}`;
  const limit = number(seconds);
  return (
    `time() - ${series('kube_cronjob_status_last_successful_time')} > ${limit}\nor\n` +
    `(time() - ${series('kube_cronjob_created')} > ${limit} unless ${series('kube_cronjob_status_last_successful_time')})\nor\n` +
    `absent(${series('kube_cronjob_created')})`
  );
}

/** Backups, ingestion, the audit log, the monthly evaluation: what fails in silence. */
export function dataAlerts(parts: AlertParts, catalog: AlertProducts): readonly ReasonedAlert[] {
  return [
    ...backupAlerts(parts),
    ...ingestionAlerts(parts),
    ...auditAlerts(parts, catalog),
    ...evaluationAlerts(parts),
  ];
}

/** A store the cloud runs is backed up, and watched, by the cloud; one on the cluster by a CronJob. */
function backupAlerts(parts: AlertParts): ReasonedAlert[] {
  const store = parts.vectorStore;
  if (store?.target !== 'kubernetes') return [];
  const { intervalHours } = store.backup;
  return [
    {
      id: 'BackupMissing',
      title: 'The vector store has no recent backup',
      expression: jobOverdue(workloads.namespaces.retrieval, workloads.vectorStoreBackup, 1.5 * intervalHours * hour),
      forMinutes: 15,
      severity: parts.requirements.operations.environment === 'prod' ? urgent(parts) : 'ticket',
      runbook: 'data-store-restore',
      because: `A backup is taken every ${intervalHours} h, because at most ${parts.requirements.operations.rpoHours} h may be lost.`,
      answers: ['operations.rpoHours'],
      rows: ['Q9', 'P15'],
      decisions: ['D7'],
    },
  ];
}

function ingestionAlerts(parts: AlertParts): ReasonedAlert[] {
  const tolerance = parts.requirements.retrieval.stalenessToleranceHours;
  if (!parts.retrieval || tolerance === undefined || parts.retrieval.ingestionSchedule === 'continuous') return [];
  const limit = Math.max(1, tolerance);
  return [
    {
      id: 'IngestionStale',
      title: 'Sources are older than the answers allow',
      expression: jobOverdue(workloads.namespaces.retrieval, workloads.ingestion, limit * hour),
      forMinutes: 15,
      severity: 'ticket',
      runbook: 'data-store-restore',
      because: `A source may be ${tolerance} h old; ingestion runs ${scheduleText(parts.retrieval.ingestionSchedule)}.`,
      answers: ['retrieval.stalenessToleranceHours'],
      rows: ['Q5', 'P6'],
      decisions: ['D7', 'D8'],
    },
  ];
}

function auditAlerts(parts: AlertParts, catalog: AlertProducts): ReasonedAlert[] {
  const { requests, failures, auditRecords } = gatewayMetrics(parts, catalog);
  if (!parts.audit.promptLog || requests === undefined || auditRecords === undefined) return [];
  const total = `sum(increase(${requests}[30m]))`;
  const answered = failures === undefined ? total : `(${total} - (sum(increase(${failures}[30m])) or vector(0)))`;
  return [
    {
      id: 'AuditLogNotWritten',
      title: 'Requests are served without an audit record',
      expression: `${answered} > 0 and (sum(increase(${auditRecords}[30m])) or vector(0)) < 0.99 * ${answered}`,
      forMinutes: 10,
      severity: urgent(parts),
      runbook: 'safety-incident',
      because: `Every input and output is kept for ${count(parts.audit.retentionDays)} days.`,
      answers: ['compliance.auditLog.required'],
      rows: ['Q7', 'P13'],
      decisions: [],
    },
  ];
}

function evaluationAlerts(parts: AlertParts): ReasonedAlert[] {
  const { environment } = parts.requirements.operations;
  if (environment === 'homelab' || environment === 'dev') return [];
  return [
    {
      id: 'DriftEvaluationDue',
      title: 'The monthly evaluation of a production sample is overdue',
      expression: jobOverdue(workloads.namespaces.serving, workloads.evaluation, 32 * 24 * hour),
      forMinutes: 60,
      severity: 'ticket',
      runbook: 'model-rollback',
      because: 'Quality drifts without an error in any log; a sample of production is judged once a month.',
      answers: ['operations.environment'],
      rows: ['P8', 'P10'],
      decisions: ['D1'],
    },
  ];
}

import type { Plan } from '../plan/plan.ts';
import { count, counted, figure, hours } from './format.ts';

/** The load of Q2 in one clause. */
export function loadText(plan: Plan): string {
  const { throughput } = plan.requirements;
  if (throughput.pattern === 'batch' && throughput.batch) {
    const { requestsPerRun, finishWithinHours, runsPerMonth } = throughput.batch;
    return `${counted(requestsPerRun, 'request')} a run, finished within ${hours(finishWithinHours)}, ${counted(runsPerMonth, 'run')} a month`;
  }
  if (throughput.requestsPerSecond) {
    const { expected, peak } = throughput.requestsPerSecond;
    return `${figure(expected)} requests/s expected, ${figure(peak)} requests/s at peak`;
  }
  return `${counted(throughput.concurrency ?? 1, 'request')} in flight at once`;
}

/** Token counts of Q2 in one clause. */
export function lengthText(plan: Plan): string {
  const { inputTokens, outputTokens, traceFile } = plan.requirements.throughput;
  if (traceFile !== undefined) return `lengths as in the trace ${traceFile}`;
  const pair = (name: string, lengths: { mean: number; p95: number } | undefined) =>
    lengths ? `${name} mean ${count(lengths.mean)}, P95 ${counted(lengths.p95, 'token')}` : '';
  return [pair('input', inputTokens), pair('output', outputTokens)].filter((part) => part !== '').join('; ');
}

/** Requests a second that the load test takes as «peak»: the rate of Q2, or what a batch run needs. */
export function peakRequestsPerSecond(plan: Plan): number | undefined {
  const { throughput } = plan.requirements;
  if (throughput.requestsPerSecond) return throughput.requestsPerSecond.peak;
  if (throughput.batch) return throughput.batch.requestsPerRun / (throughput.batch.finishWithinHours * 3600);
  return undefined;
}

import type { Plan } from '../plan/plan.ts';
import { generators } from '../plan/workloads.ts';
import type { Page, PageInput } from './document.ts';
import { count, counted, decimal, figure, hours, percent, seconds, usd, withBand } from './format.ts';
import { lengthText, peakRequestsPerSecond } from './load.ts';
import { objectiveRows, predictionOf } from './objectives.ts';
import { cellCode } from './render.ts';

interface Stage {
  readonly name: string;
  readonly load: string;
  readonly minutes: string;
  readonly mustHold: string;
}

/** Minutes until another replica serves: it is asked for, loads, and takes traffic. */
function recoveryMinutes(plan: Plan): number {
  return Math.ceil((Math.max(0, ...plan.models.map(({ loadSeconds }) => loadSeconds)) + 120) / 60);
}

function stages(plan: Plan): readonly Stage[] {
  const { throughput, operations } = plan.requirements;
  const failures = percent((100 - operations.availabilityPercent) / 100, 3);
  const recovery = recoveryMinutes(plan);
  if (throughput.pattern === 'single-user') {
    const concurrency = throughput.concurrency ?? 1;
    return [
      {
        name: 'Expected',
        load: `${counted(concurrency, 'request')} in flight`,
        minutes: '10',
        mustHold: 'Every goal of the table below.',
      },
      {
        name: 'Twice that',
        load: `${counted(2 * concurrency, 'request')} in flight`,
        minutes: '10',
        mustHold: 'No restart and no answer lost; times are recorded.',
      },
    ];
  }
  const peak = peakRequestsPerSecond(plan) ?? 0;
  const expected = throughput.requestsPerSecond?.expected ?? peak;
  const rate = (value: number) => `${figure(value)} requests/s`;
  return [
    {
      name: 'Expected',
      load: rate(expected),
      minutes: '10',
      mustHold: `Every goal; at most ${failures} of requests fail.`,
    },
    {
      name: 'Peak',
      load: rate(peak),
      minutes: '20',
      mustHold: `Every goal; at most ${failures} of requests fail; each figure inside its error band.`,
    },
    { name: 'Twice the peak', load: rate(2 * peak), minutes: '20', mustHold: twiceThePeak(plan, peak) },
    {
      name: 'Back to expected',
      load: rate(expected),
      minutes: String(Math.max(10, recovery)),
      mustHold: `Every goal again within ${counted(recovery, 'minute')}.`,
    },
  ];
}

/** What the largest configuration can carry decides what may be asked of it at twice the peak (P18). */
function twiceThePeak(plan: Plan, peak: number): string {
  const model = generators(plan)[0];
  const perReplica = plan.capacity?.chosen.goodputPerReplica;
  if (!model || perReplica === undefined)
    return 'No failure that is not a plain refusal (status 429); the P95 and the error rate are recorded.';
  const capacity = perReplica * model.replicas.maximum;
  return capacity >= 2 * peak
    ? `Every goal: ${counted(model.replicas.maximum, 'replica')} carry ${figure(capacity)} requests/s inside them.`
    : `Beyond the plan: ${counted(model.replicas.maximum, 'replica')} carry ${figure(capacity)} requests/s inside the goals. What is too much must be refused (status 429), not fail (5xx) and not time out; no pod restarts; P95 and error rate are recorded.`;
}

/** What a batch is judged by: when a run is over, and the rate that takes. Empty for traffic. */
function batchRows(
  plan: Plan,
): readonly { readonly title: string; readonly goal: string; readonly predicted: string }[] {
  const { batch } = plan.requirements.throughput;
  const chosen = plan.capacity?.chosen;
  if (!batch || !chosen) return [];
  const { requestsPerSecond, errorBand } = chosen.prediction;
  const rate = (value: number) => `${figure(value)} requests/s`;
  return [
    {
      title: `Time to finish a run of ${counted(batch.requestsPerRun, 'request')}`,
      goal: hours(batch.finishWithinHours),
      predicted: withBand(chosen.hoursPerMonth / batch.runsPerMonth, errorBand, hours),
    },
    {
      title: 'Throughput of a run',
      goal: `at least ${rate(peakRequestsPerSecond(plan) ?? 0)}, which finishes in time`,
      predicted: `${rate(requestsPerSecond)} (±${percent(errorBand)})`,
    },
  ];
}

const machinesUsdPerHour = (plan: Plan) =>
  plan.platform.nodePools.reduce(
    (sum, pool) => sum + pool.nodes.maximum * (pool.usdPerNodeHourAtMost ?? pool.usdPerNodeHour),
    0,
  );

export function loadTestPage({ plan, render }: PageInput): Page {
  const prediction = predictionOf(plan);
  const { throughput } = plan.requirements;
  const context = {
    name: plan.name,
    stages: stages(plan),
    lengths: lengthText(plan),
    prefix:
      throughput.sharedPrefixTokens > 0
        ? `The first ${counted(throughput.sharedPrefixTokens, 'token')} of every request are the same; without them the prefix cache is not tested.`
        : '',
    arrivals:
      throughput.pattern === 'interactive'
        ? throughput.burstiness > 1
          ? `Arrivals come in bursts: gamma distributed with a coefficient of variation of ${decimal(throughput.burstiness, 1)}.`
          : 'Arrivals are independent (Poisson), not a fixed number of connections: a closed loop would slow down with the platform and hide the queue.'
        : '',
    routes: plan.gateway.routes.map((route) => ({
      model: cellCode(route.model),
      target: route.target,
      output: counted(route.maxOutputTokens, 'token'),
    })),
    objectives: [...objectiveRows(plan), ...batchRows(plan)],
    hasObjectives: objectiveRows(plan).length + batchRows(plan).length > 0,
    throughput:
      prediction && !throughput.batch
        ? `${figure(prediction.requestsPerSecond)} requests/s, ${count(Math.round(prediction.outputTokensPerSecond))} output tokens/s`
        : '',
    cost: `With every machine of the plan running, an hour of testing costs ${usd(machinesUsdPerHour(plan))}.`,
    warmUp: seconds(Math.max(60, ...plan.models.map(({ loadSeconds }) => loadSeconds))),
  };
  return {
    path: 'docs/load-test.md',
    title: 'Load test',
    group: 'Operations',
    markdown: render.markdown('load-test.md', context),
  };
}

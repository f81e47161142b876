import type { Reason } from '../../outcome.ts';
import { missing, type Rule, reason } from './rule.ts';

/** Half of all requests cannot be slower than nineteen in twenty. */
const medianBelowTail: Rule = ({ latency }) =>
  (['ttftMs', 'tpotMs', 'endToEndMs'] as const).flatMap((metric) => {
    const goals = latency?.[metric];
    if (!goals || goals.p50 <= goals.p95) return [];
    return [
      reason(
        `latency.${metric}.p50`,
        `a median at or below the P95 of ${goals.p95} ms`,
        `${goals.p50} ms`,
        'Swap the two, or lower p50.',
      ),
    ];
  });

/**
 * Q1: a streamed answer is judged by TTFT and TPOT, any other by its end-to-end time; a batch run by its finish. Goals
 * that a preset leaves open for a streamed answer take the targets of V7.
 */
const goalsFitTheUse: Rule = ({ latency, throughput, preset }) => {
  if (!latency || !throughput) return [];
  const batch = throughput.pattern === 'batch';
  const leftToPreset = preset !== undefined && !latency.ttftMs && !latency.tpotMs;
  const reasons: Reason[] = [];
  if (batch && latency.streaming) {
    reasons.push(
      reason(
        'latency.streaming',
        'false for a batch run: nobody reads along',
        'true',
        'Set it to false, or the pattern to interactive.',
      ),
    );
  }
  if (!batch && latency.streaming) {
    for (const metric of ['ttftMs', 'tpotMs'] as const) {
      if (!latency[metric] && !leftToPreset)
        reasons.push(
          missing(`latency.${metric}`, 'P50 and P95 goals for a streamed answer (Q1)', 'Add p50 and p95 in ms.'),
        );
    }
  }
  if (!batch && !latency.streaming) {
    if (!latency.endToEndMs)
      reasons.push(
        missing('latency.endToEndMs', 'P50 and P95 goals for a whole answer (Q1)', 'Add p50 and p95 in ms.'),
      );
    for (const metric of ['ttftMs', 'tpotMs'] as const) {
      if (latency[metric])
        reasons.push(
          reason(
            `latency.${metric}`,
            'a goal that can be seen',
            'a goal for streamed tokens, with streaming off',
            'Remove it, or set latency.streaming to true.',
          ),
        );
    }
  }
  if (latency.ttftMs && latency.endToEndMs && latency.endToEndMs.p95 < latency.ttftMs.p95) {
    reasons.push(
      reason(
        'latency.endToEndMs.p95',
        `at least the first token’s ${latency.ttftMs.p95} ms`,
        `${latency.endToEndMs.p95} ms`,
        'Raise it, or lower latency.ttftMs.p95.',
      ),
    );
  }
  return reasons;
};

/** Q2: each pattern has its own measure of load. */
const loadFitsThePattern: Rule = ({ throughput }) => {
  if (!throughput) return [];
  const { pattern, requestsPerSecond, batch, concurrency } = throughput;
  const reasons: Reason[] = [];
  if (pattern === 'interactive' && !requestsPerSecond)
    reasons.push(
      missing(
        'throughput.requestsPerSecond',
        'expected and peak rate of an interactive load (Q2)',
        'Add expected and peak.',
      ),
    );
  if (pattern === 'batch' && !batch)
    reasons.push(
      missing(
        'throughput.batch',
        'size and finishing time of a batch run (Q2)',
        'Add requestsPerRun, finishWithinHours and runsPerMonth.',
      ),
    );
  if (pattern === 'single-user' && concurrency === undefined)
    reasons.push(
      missing(
        'throughput.concurrency',
        'requests in flight at once for a single user (Q2)',
        'Add it: 1 for one chat window, 4 for four agents.',
      ),
    );
  if (pattern !== 'batch' && batch)
    reasons.push(
      reason(
        'throughput.batch',
        `no batch run with the pattern ${pattern}`,
        'a batch run',
        'Remove it, or set throughput.pattern to batch.',
      ),
    );
  if (pattern !== 'interactive' && requestsPerSecond)
    reasons.push(
      reason(
        'throughput.requestsPerSecond',
        `no request rate with the pattern ${pattern}`,
        'a request rate',
        'Remove it, or set throughput.pattern to interactive.',
      ),
    );
  if (requestsPerSecond && requestsPerSecond.expected > requestsPerSecond.peak)
    reasons.push(
      reason(
        'throughput.requestsPerSecond.expected',
        `at most the peak of ${requestsPerSecond.peak} requests/s`,
        `${requestsPerSecond.expected} requests/s`,
        'Swap the two, or raise peak.',
      ),
    );
  if (batch && batch.finishWithinHours * batch.runsPerMonth > 744)
    reasons.push(
      reason(
        'throughput.batch.finishWithinHours',
        `runs that end before the next begins: at most ${(744 / batch.runsPerMonth).toFixed(1)} h with ${batch.runsPerMonth} runs a month`,
        `${batch.finishWithinHours} h`,
        'Shorten the time, or lower runsPerMonth.',
      ),
    );
  return reasons;
};

/** Q2: lengths as distributions, or a trace; not both. */
const lengthsAreGiven: Rule = ({ throughput, model }) => {
  if (!throughput) return [];
  const reasons: Reason[] = [];
  for (const side of ['inputTokens', 'outputTokens'] as const) {
    const lengths = throughput[side];
    const path = `throughput.${side}`;
    if (!lengths && throughput.traceFile === undefined)
      reasons.push(
        missing(
          path,
          'mean and P95 of the token lengths, or a trace file (Q2)',
          'Add mean and p95, or throughput.traceFile.',
        ),
      );
    if (!lengths) continue;
    if (throughput.traceFile !== undefined)
      reasons.push(reason(path, 'lengths from one place', 'lengths and a trace file', 'Remove one of the two.'));
    if (lengths.mean > lengths.p95)
      reasons.push(
        reason(
          `${path}.mean`,
          `at most the P95 of ${lengths.p95} tokens`,
          `${lengths.mean} tokens`,
          'Swap the two, or raise p95.',
        ),
      );
    if (model && lengths.p95 > model.maxContextTokens)
      reasons.push(
        reason(
          `${path}.p95`,
          `at most the context of ${model.maxContextTokens} tokens`,
          `${lengths.p95} tokens`,
          'Raise model.maxContextTokens, or shorten the requests.',
        ),
      );
  }
  const { inputTokens, outputTokens, sharedPrefixTokens } = throughput;
  if (model && inputTokens && outputTokens && inputTokens.p95 <= model.maxContextTokens) {
    const together = inputTokens.p95 + outputTokens.mean;
    if (together > model.maxContextTokens)
      reasons.push(
        reason(
          'model.maxContextTokens',
          `room for a long input (P95) and a mean output: ${together} tokens`,
          `${model.maxContextTokens} tokens`,
          'Raise it, or shorten the requests.',
        ),
      );
  }
  if (inputTokens && sharedPrefixTokens > inputTokens.mean)
    reasons.push(
      reason(
        'throughput.sharedPrefixTokens',
        `at most the mean input of ${inputTokens.mean} tokens`,
        `${sharedPrefixTokens} tokens`,
        'The prefix is part of the input: raise inputTokens, or lower the prefix.',
      ),
    );
  return reasons;
};

export const loadRules: readonly Rule[] = [medianBelowTail, goalsFitTheUse, loadFitsThePattern, lengthsAreGiven];

import { z } from 'zod';
import { ask } from '../question.ts';

const tokenLengths = (what: string) =>
  z.strictObject({
    mean: ask(z.number().positive().max(2_000_000), {
      row: 'Q2',
      prompt: `${what} tokens per request, mean`,
      help: 'After the tokenizer; about 0.75 English words a token. Costs follow the mean.',
      unit: 'tokens',
    }),
    p95: ask(z.number().positive().max(2_000_000), {
      row: 'Q2',
      prompt: `${what} tokens per request, P95`,
      help: 'The long requests decide memory and the tail of the latency.',
      unit: 'tokens',
    }),
  });

/** Q2: throughput and token lengths. */
export const throughput = z.strictObject({
  pattern: ask(z.enum(['interactive', 'batch', 'single-user']), {
    row: 'Q2',
    prompt: 'What does the load look like?',
    help: 'interactive: people or programs wait; batch: a run must be done by a time; single-user: one after another.',
  }),
  requestsPerSecond: z
    .strictObject({
      expected: ask(z.number().positive().max(100_000), {
        row: 'Q2',
        prompt: 'Requests per second, expected',
        help: 'The mean over the hours in use; the monthly cost follows it.',
        unit: 'requests/s',
      }),
      peak: ask(z.number().positive().max(100_000), {
        row: 'Q2',
        prompt: 'Requests per second, peak',
        help: 'The latency goals must hold here; it decides the number of replicas.',
        unit: 'requests/s',
      }),
    })
    .optional(),
  activeHoursPerMonth: ask(z.number().positive().max(744).default(730), {
    row: 'Q2',
    prompt: 'Hours a month with traffic',
    help: '730 is round the clock; 176 is office hours. Token volume and cost follow it.',
    unit: 'hours/month',
  }),
  burstiness: ask(z.number().min(1).max(10).default(1), {
    row: 'Q2',
    prompt: 'Burstiness of arrivals',
    help: 'Coefficient of variation between arrivals: 1 is independent users, 3 is scripted bursts.',
    advanced: true,
  }),
  concurrency: ask(z.number().int().positive().max(64).optional(), {
    row: 'Q2',
    prompt: 'Requests in flight at once',
    help: 'For single-user use: how many windows or agents run beside each other.',
    unit: 'requests',
  }),
  batch: z
    .strictObject({
      requestsPerRun: ask(z.number().int().positive().max(10_000_000_000), {
        row: 'Q2',
        prompt: 'Requests in one batch run',
        help: 'Documents, rows or prompts of one run.',
        unit: 'requests',
      }),
      finishWithinHours: ask(z.number().positive().max(744), {
        row: 'Q2',
        prompt: 'A run must be finished within',
        help: 'Decides how many GPUs work at once; GPUs are paid for the hours used.',
        unit: 'hours',
      }),
      runsPerMonth: ask(z.number().positive().max(1000), {
        row: 'Q2',
        prompt: 'Runs a month',
        help: 'Monthly cost is hours used times this.',
        unit: 'runs/month',
      }),
    })
    .optional(),
  inputTokens: tokenLengths('Input').optional(),
  outputTokens: tokenLengths('Output').optional(),
  traceFile: ask(z.string().min(1).max(300).optional(), {
    row: 'Q2',
    prompt: 'Trace file instead of token lengths',
    help: 'CSV or JSON Lines with input and output tokens (and arrival times) beside the answers file; replaces the two.',
    advanced: true,
  }),
  sharedPrefixTokens: ask(z.number().int().min(0).max(1_000_000).default(0), {
    row: 'Q2',
    prompt: 'Tokens at the start that requests share',
    help: 'System prompt, few-shot examples, agent history: the prefix cache serves them (D5.2).',
    unit: 'tokens',
  }),
});

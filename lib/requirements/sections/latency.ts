import { z } from 'zod';
import { ask, type Question } from '../question.ts';

const percentileGoals = (unit: string, p50: Question, p95: Question, maximum: number) =>
  z.strictObject({
    p50: ask(z.number().positive().max(maximum), { ...p50, unit }),
    p95: ask(z.number().positive().max(maximum), { ...p95, unit }),
  });

/** Q1: target latency. */
export const latency = z.strictObject({
  streaming: ask(z.boolean(), {
    row: 'Q1',
    prompt: 'Do answers stream to the user token by token?',
    help: 'A streamed answer is judged by its first token (TTFT) and its pace (TPOT); any other by its end-to-end time.',
  }),
  ttftMs: percentileGoals(
    'ms',
    {
      row: 'Q1',
      prompt: 'Time to first token, median goal',
      help: 'Half of all requests must start within this time.',
    },
    {
      row: 'Q1',
      prompt: 'Time to first token, P95 goal',
      help: 'Decides the GPU type and how many requests share one.',
    },
    600_000,
  ).optional(),
  tpotMs: percentileGoals(
    'ms per token',
    {
      row: 'Q1',
      prompt: 'Time per output token, median goal',
      help: '10 ms is 100 tokens/s; people read about 5 to 10.',
    },
    {
      row: 'Q1',
      prompt: 'Time per output token, P95 goal',
      help: 'Caps the batch: larger batches are cheaper and slower.',
    },
    10_000,
  ).optional(),
  endToEndMs: percentileGoals(
    'ms',
    { row: 'Q1', prompt: 'End-to-end time, median goal', help: 'From the request to its last token.' },
    { row: 'Q1', prompt: 'End-to-end time, P95 goal', help: 'What a caller that waits for the whole answer sees.' },
    86_400_000,
  ).optional(),
});

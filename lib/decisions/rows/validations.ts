import { type Row, section } from './row.ts';

/** V: what every input is held to. */
export const validations: readonly Row[] = section('V. Input validation that always holds', [
  {
    id: 'V1',
    rule: 'a registry model id matches `^(openai|anthropic|huggingface|custom)/[\\w\\-\\.]+:\\d+\\.\\d+$`; a Hugging Face id and revision map to it',
  },
  { id: 'V2', rule: 'inference endpoints are internal or on the approved domain list' },
  {
    id: 'V3',
    rule: 'training data paths match `^/data/(training|validation)/[\\w\\-/]+\\.(jsonl|parquet|csv)$` inside the training container',
  },
  { id: 'V4', rule: 'a training job asks for at most the quota (8 GPUs, 256 GB memory unless the answers raise it)' },
  { id: 'V5', rule: 'no secret is accepted in an answer, and none is written to any output' },
  { id: 'V6', rule: 'every call has a token limit, a cost budget, a latency target and a fallback' },
  {
    id: 'V7',
    rule: 'targets when the answers leave them to a preset: P95 first token < 200 ms, > 100 output tokens/s per stream',
  },
]);

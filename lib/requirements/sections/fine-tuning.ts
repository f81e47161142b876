import { z } from 'zod';
import { ask } from '../question.ts';

/** Q4: fine-tuning. */
export const fineTuning = z.strictObject({
  needed: ask(z.boolean(), {
    row: 'Q4',
    prompt: 'Is fine-tuning needed?',
    help: 'Only with evidence that prompting and retrieval fail (D1).',
  }),
  goal: ask(
    z.enum(['instruction-following', 'preference', 'reasoning', 'classification-extraction', 'generation']).optional(),
    { row: 'Q4', prompt: 'Goal of the fine-tuning', help: 'Decides the method: SFT, DPO, GRPO (D6).' },
  ),
  examples: ask(z.number().int().positive().max(1_000_000_000).optional(), {
    row: 'Q4',
    prompt: 'Labelled examples',
    help: 'Below 10K: LoRA; above 100K: a full fine-tune is worth its price (D6).',
    unit: 'examples',
  }),
  format: ask(z.enum(['jsonl', 'parquet', 'csv']).optional(), {
    row: 'Q4',
    prompt: 'Format of the data set',
    help: 'Checked by the data gates before training (D6.8).',
  }),
  labelKappa: ask(z.number().min(-1).max(1).optional(), {
    row: 'Q4',
    prompt: 'Agreement of the labels (Cohen’s kappa)',
    help: 'Classification needs more than 0.8 (D6.8).',
  }),
  dataPath: ask(
    z
      .string()
      .regex(/^\/data\/(training|validation)\/[\w\-/]+\.(jsonl|parquet|csv)$/, 'like /data/training/cases.jsonl (V3)')
      .optional(),
    {
      row: 'Q4',
      prompt: 'Path of the data inside the training container',
      help: 'V3: under /data/training or /data/validation.',
    },
  ),
  narrowTask: ask(z.boolean().default(false), {
    row: 'Q4',
    prompt: 'Is the task narrow?',
    help: 'Narrow with good labels: a smaller tuned model; narrow at high volume: distillation (D1.2, D1.4).',
  }),
  promptingFails: ask(z.boolean().default(false), {
    row: 'Q4',
    prompt: 'Is there evidence that prompting fails?',
    help: 'Measured on an evaluation set; without it few-shot prompting comes first (D1.3).',
  }),
  gpuMemoryTight: ask(z.boolean().default(false), {
    row: 'Q4',
    prompt: 'Is GPU memory for training tight?',
    help: 'Then QLoRA on a 4-bit base (D6.2).',
    advanced: true,
  }),
  maxGpus: ask(z.number().int().positive().max(1024).default(8), {
    row: 'Q4',
    prompt: 'GPUs one training job may ask for',
    help: 'V4: 8 unless raised here.',
    unit: 'GPUs',
    advanced: true,
  }),
  maxMemoryGb: ask(z.number().int().positive().max(16_384).default(256), {
    row: 'Q4',
    prompt: 'Memory one training job may ask for',
    help: 'V4: 256 GB unless raised here.',
    unit: 'GB',
    advanced: true,
  }),
});

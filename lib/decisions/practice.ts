import type { Basis, Source } from '../catalog/source.ts';

/** What is so today where a row of the reference says otherwise, overlaps another or leaves a gap. */
export interface PracticeNote {
  readonly text: string;
  readonly basis: Basis;
  readonly source: Source;
}

const settled: Source = {
  ref: 'groundplan reference rows',
  date: '2026-11-01',
  note: 'the reference leaves it open; Groundplan settles it for every plan',
};

/**
 * Notes by row. They are printed with the row wherever it is cited, so that a deviation stands in the record it
 * concerns. Product names stand here as quotations of the rows.
 */
export const practice: Readonly<Record<string, readonly PracticeNote[]>> = {
  'D3.2': [
    {
      text: 'Text Generation Inference went into maintenance mode on 2025-12-11 and its repository was archived on 2026-03-21: new models and kernels go to other servers. The row’s choice is kept for an estate that runs it; a new platform should not start there.',
      basis: 'measured',
      source: {
        ref: 'github.com/aws-solutions-library-samples/global-capacity-orchestrator-on-aws/pull/387',
        date: '2026-09-18',
      },
    },
  ],
  'D4.1': [
    {
      text: 'AutoAWQ is deprecated by its author and last tested with Torch 2.6.0; llm-compressor is the named successor and writes the same 4-bit weights.',
      basis: 'measured',
      source: { ref: 'casper-hansen/AutoAWQ:README.md', date: '2025-05-11' },
    },
  ],
  'D4.2': [
    {
      text: 'AutoGPTQ is archived since March 2025; GPT-QModel replaces it, and peft removed the old library in 2026.',
      basis: 'measured',
      source: { ref: 'github.com/huggingface/peft/pull/3190', date: '2026-04-23' },
    },
  ],
  'D4.3': [
    {
      text: 'vLLM moved GGUF out of its engine into a plugin; GGUF is served by llama.cpp and by servers built on it.',
      basis: 'measured',
      source: { ref: 'github.com/vllm-project/vllm/pull/39612', date: '2026-05-13' },
    },
  ],
  'D4.4': [
    {
      text: 'bitsandbytes weights never ran with tensor parallelism when quantized beforehand, and vLLM set out to drop them. Where 16 bit fits, 16 bit loses nothing and is taken; where it does not, FP8 loses less than 4 bit. NF4 is taken where neither can be, or by a pin.',
      basis: 'measured',
      source: { ref: 'github.com/vllm-project/vllm/issues/39583', date: '2026-04-11' },
    },
  ],
  'D4.6': [
    {
      text: 'FP8 is computed natively from compute capability 8.9 (Ada, Hopper, Blackwell); older GPUs unpack it to 16 bit on use and save memory only.',
      basis: 'measured',
      source: { ref: 'docs.vllm.ai/en/v0.32.0/features/quantization/llm_compressor/fp8', date: '2026-11-01' },
    },
  ],
  'D7.1': [
    {
      text: 'D7.1 and D7.2 overlap below a million documents: weekly or slower belongs to D7.1, daily to D7.2. Structured match belongs to D7.1 at any size its store holds; first-class keyword search goes to D7.4 before either.',
      basis: 'assumed',
      source: settled,
    },
  ],
  'D7.2': [
    {
      text: 'No row names a million documents or more updated weekly, nor fewer than ten million in real time: the number of documents decides, since a store that is too small fails and one that is too fast only costs.',
      basis: 'assumed',
      source: settled,
    },
  ],
  'D7.3': [
    {
      text: 'No row names ten million documents or more that change daily or slower, or that may be self-hosted: D7.3 applies by size, and where managed is not wanted the stores of D7.2 compete by cost.',
      basis: 'assumed',
      source: settled,
    },
  ],
  'D8.1': [
    {
      text: 'The row allows an overlap of 50 to 64 tokens; 64 is taken: an eighth of a chunk, ending on a cache block of 16.',
      basis: 'assumed',
      source: settled,
    },
  ],
  'D8.7': [
    {
      text: 'The row splits the hosted models by quality and cost and names two open ones without a split: of these the cheaper that fits the languages is taken. Both read English; for other languages a current multilingual model takes their place.',
      basis: 'assumed',
      source: settled,
    },
  ],
};

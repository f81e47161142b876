import type { Overlay } from '../fixtures/answers.ts';
import type { Situation } from './situation.ts';

const alone = { pattern: 'single-user', requestsPerSecond: null, concurrency: 1 };
const batch = {
  pattern: 'batch',
  requestsPerSecond: null,
  batch: { requestsPerRun: 100_000, finishWithinHours: 8, runsPerMonth: 20 },
};
const notStreamed = { streaming: false, ttftMs: null, tpotMs: null };
const gpus = (...allow: readonly string[]) => ({ gpu: { allow } });
const urgent = { ttftMs: { p50: 80, p95: 149 } };

export const serverSituations: readonly Situation[] = [
  {
    title: 'open weights under load',
    row: 'D3.1',
    decision: 'D3',
    choice: 'default',
    answers: {},
    settings: { chunkedPrefill: 'as the server has it' },
  },
  {
    title: 'contexts of 16K stay whole',
    row: 'D3.1',
    decision: 'D3',
    choice: 'default',
    answers: { model: { maxContextTokens: 16_384 } },
    settings: { chunkedPrefill: 'as the server has it' },
  },
  {
    title: 'contexts above 16K are prefilled in chunks',
    row: 'D3.1',
    decision: 'D3',
    choice: 'default',
    answers: { model: { maxContextTokens: 16_385 } },
    settings: { chunkedPrefill: 'asked for' },
  },
  {
    title: 'a Hugging Face estate',
    row: 'D3.2',
    decision: 'D3',
    choice: 'estate',
    answers: { infrastructure: { existing: { huggingFace: true } } },
  },
  {
    title: 'Triton pipelines beside a Hugging Face estate',
    row: 'D3.3',
    decision: 'D3',
    choice: 'pipelines',
    answers: { infrastructure: { existing: { triton: true, huggingFace: true } } },
  },
  {
    title: 'an LLM beside vision models',
    row: 'D3.3',
    decision: 'D3',
    choice: 'pipelines',
    answers: { infrastructure: { workloadsBesideLlm: ['vision'] } },
  },
  {
    title: 'one user in development',
    row: 'D3.4',
    decision: 'D3',
    choice: 'desktop',
    answers: { throughput: alone, operations: { environment: 'dev' } },
  },
  { title: 'one user in production', row: 'D3.1', decision: 'D3', choice: 'default', answers: { throughput: alone } },
  {
    title: 'several users in development',
    row: 'D3.1',
    decision: 'D3',
    choice: 'default',
    answers: { operations: { environment: 'dev' } },
  },
  {
    title: 'no GPU at all',
    row: 'D3.5',
    decision: 'D3',
    choice: 'edge',
    answers: { infrastructure: { cpuOnly: true } },
  },
];

const strict = { qualityTolerance: 'strict' };
const cases: readonly (readonly [title: string, row: string, choice: string, answers: Overlay])[] = [
  [
    'P95 of 149 ms and 16 bit does not fit',
    'D4.1',
    'awq',
    { latency: urgent, model: { id: 'org/chat-14b' }, infrastructure: gpus('A10G') },
  ],
  ['P95 of 149 ms and 16 bit fits', 'D4.5', 'bf16', { latency: urgent, infrastructure: gpus('A10G') }],
  [
    'P95 of 150 ms, strict, 16 bit does not fit',
    'D4.4',
    'nf4',
    {
      latency: { ttftMs: { p50: 80, p95: 150 } },
      model: { id: 'org/chat-14b', ...strict },
      infrastructure: { ...gpus('A10G') },
    },
  ],
  [
    'P95 of 149 ms, strict, 16 bit does not fit: the first row wins',
    'D4.1',
    'awq',
    { latency: urgent, model: { id: 'org/chat-14b', ...strict }, infrastructure: gpus('A10G') },
  ],
  [
    'a batch with moderate tolerance',
    'D4.2',
    'gptq',
    { latency: notStreamed, throughput: batch, infrastructure: gpus('A10G') },
  ],
  [
    'a batch that is quality-critical',
    'D4.5',
    'bf16',
    { latency: notStreamed, throughput: batch, model: strict, infrastructure: gpus('A10G') },
  ],
  ['no GPU', 'D4.3', 'gguf-q4-k-m', { infrastructure: { cpuOnly: true } }],
  [
    'a server that reads GGUF only',
    'D4.3',
    'gguf-q4-k-m',
    { throughput: alone, operations: { environment: 'homelab' } },
  ],
  ['quality-critical and 16 bit fits: the row is deviated from openly', 'D4.5', 'bf16', { model: strict }],
  ['no memory constraint on Ampere', 'D4.5', 'bf16', { infrastructure: gpus('A10G') }],
  ['no memory constraint before Ampere', 'D4.5', 'fp16', { model: { id: 'org/chat-1b' }, infrastructure: gpus('T4') }],
  ['FP8 hardware and moderate tolerance', 'D4.6', 'fp8', { infrastructure: gpus('L4') }],
  [
    'FP4 hardware and relaxed tolerance',
    'D4.6',
    'nvfp4',
    { model: { qualityTolerance: 'relaxed' }, infrastructure: gpus('B200') },
  ],
  ['FP4 hardware and moderate tolerance', 'D4.6', 'fp8', { infrastructure: gpus('B200') }],
  [
    'quality-critical, 16 bit does not fit, FP8 hardware',
    'D4.6',
    'fp8',
    { model: { id: 'org/chat-14b', ...strict }, infrastructure: gpus('L4') },
  ],
  [
    'a checkpoint in native FP8, even quality-critical',
    'D4.6',
    'fp8',
    { model: { id: 'org/native-fp8', ...strict }, infrastructure: gpus('H100') },
  ],
  ['a checkpoint in native MXFP4', 'D4.6', 'mxfp4', { model: { id: 'org/native-mxfp4' } }],
];

export const quantizationSituations: readonly Situation[] = cases.map(([title, row, choice, answers]) => ({
  title,
  row,
  decision: 'D4',
  choice,
  answers,
}));

const repetitive = { application: { lowDiversityOutput: true }, operations: { availabilityPercent: 99 } };
export const batchingSituations: readonly Situation[] = [
  {
    title: 'limits come from the capacity plan',
    row: 'D5.1',
    decision: 'D5',
    choice: 'continuous',
    answers: {},
    settings: { maxNumSeqs: 96, maxNumBatchedTokens: 4096 },
  },
  {
    title: 'a shared prefix of half the input',
    row: 'D5.2',
    decision: 'D5',
    choice: 'continuous',
    answers: { throughput: { sharedPrefixTokens: 500 } },
    settings: { prefixCaching: true, prefixHitRate: 0.45 },
  },
  {
    title: 'no shared prefix',
    row: 'D5.2',
    decision: 'D5',
    choice: 'continuous',
    answers: {},
    settings: { prefixCaching: false },
  },
  {
    title: 'long outputs of low diversity at low batch',
    row: 'D5.3',
    decision: 'D5',
    choice: 'speculative',
    answers: { ...repetitive, throughput: { outputTokens: { mean: 201, p95: 500 } } },
    settings: { draftModel: 'org/chat-1b' },
  },
  {
    title: 'outputs of 200 tokens',
    row: 'D5.3',
    decision: 'D5',
    choice: 'continuous',
    answers: { ...repetitive, throughput: { outputTokens: { mean: 200, p95: 500 } } },
  },
  {
    title: 'long outputs without a smaller model of the family',
    row: 'D5.3',
    decision: 'D5',
    choice: 'continuous',
    answers: { ...repetitive, model: { id: 'org/chat-14b' }, throughput: { outputTokens: { mean: 300, p95: 500 } } },
  },
  {
    title: 'repeated questions with personal data: exact only',
    row: 'D5.4',
    decision: 'D5',
    choice: 'continuous',
    answers: { application: { repeatedQuestions: true }, compliance: { pii: 'present' } },
    settings: { responseCache: 'exact' },
  },
  {
    title: 'repeated questions, nothing personal, internal',
    row: 'D5.4',
    decision: 'D5',
    choice: 'continuous',
    answers: { application: { repeatedQuestions: true } },
    settings: { responseCache: 'semantic' },
  },
  {
    title: 'a hosted model with a shared prefix',
    row: 'D5.4',
    decision: 'D5',
    choice: 'continuous',
    answers: { model: { class: 'hosted', id: null, hostedId: 'big-1' }, throughput: { sharedPrefixTokens: 500 } },
    settings: { hostedPromptCaching: true },
  },
  {
    title: 'long context',
    row: 'D5.5',
    decision: 'D5',
    choice: 'continuous',
    answers: { model: { maxContextTokens: 65_536 } },
    settings: { chunkedPrefill: 'asked for' },
  },
];

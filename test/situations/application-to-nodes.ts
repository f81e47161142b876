import { corpus } from '../decisions/fixtures/answers.ts';
import type { Situation } from './situation.ts';

const either = { class: 'either', hostedId: 'big-1' };
const busy = { requestsPerSecond: { expected: 2, peak: 4 } };
const tuned = { needed: true, narrowTask: true, examples: 5000, goal: 'generation' };

export const applicationSituations: readonly Situation[] = [
  {
    title: 'steps and tools decided at run time',
    row: 'D9.1',
    decision: 'D9',
    choice: 'agent',
    answers: { application: { shape: 'agent' } },
    settings: { maxIterations: 12 },
  },
  {
    title: 'steps known beforehand',
    row: 'D9.2',
    decision: 'D9',
    choice: 'chain',
    answers: { application: { shape: 'chain' } },
  },
  { title: 'a single call', row: 'D9.2', decision: 'D9', choice: 'chain', answers: {}, settings: { maxIterations: 1 } },
  {
    title: 'JSON',
    row: 'D9.3',
    decision: 'D9',
    choice: 'chain',
    answers: { application: { output: 'json' } },
    settings: { structuredOutput: 'json-schema' },
  },
  {
    title: 'function calls',
    row: 'D9.3',
    decision: 'D9',
    choice: 'agent',
    answers: { application: { shape: 'agent', output: 'function-calls' } },
    settings: { structuredOutput: 'function-calling' },
  },
  {
    title: 'free text',
    row: 'D9.4',
    decision: 'D9',
    choice: 'chain',
    answers: {},
    settings: { outputChecks: ['format check', 'content filter'] },
  },
];

export const routingSituations: readonly Situation[] = [
  {
    title: 'a cheap own model and a large hosted one',
    row: 'D10.1',
    decision: 'D10',
    choice: 'cost-first',
    answers: { model: either, throughput: busy },
  },
  {
    title: 'the same, quality-critical',
    row: 'D10.2',
    decision: 'D10',
    choice: 'cascade',
    answers: { model: { ...either, qualityTolerance: 'strict' }, throughput: busy },
  },
  {
    title: 'a tuned specialist inside a chain',
    row: 'D10.3',
    decision: 'D10',
    choice: 'semantic',
    answers: {
      fineTuning: tuned,
      application: { shape: 'chain' },
      throughput: { requestsPerSecond: { expected: 0.5, peak: 1 } },
    },
  },
  {
    title: 'one model: what counts is the failure',
    row: 'D10.4',
    decision: 'D10',
    choice: 'single',
    answers: { application: { repeatedQuestions: true }, compliance: { dataMayLeave: false } },
    settings: { fallbacks: ['cached-response', 'informative-error'] },
  },
  {
    title: 'a hosted model fails over to its cheaper sibling',
    row: 'D10.4',
    decision: 'D10',
    choice: 'single',
    answers: { model: { class: 'hosted', id: null, hostedId: 'big-1' } },
    settings: { fallbacks: ['openai/small-1', 'informative-error'] },
  },
  {
    title: 'a tuned model on single calls is a challenger',
    row: 'D10.5',
    decision: 'D10',
    choice: 'ab-test',
    answers: { fineTuning: tuned, throughput: { requestsPerSecond: { expected: 0.5, peak: 1 } } },
    settings: { challengerPercent: 10, promoteAtP: 0.05 },
  },
];

export const provisioningSituations: readonly Situation[] = [
  {
    title: 'a steady production pool',
    row: 'D11',
    decision: 'D11',
    choice: 'managed-node-groups',
    answers: {},
    settings: { purchase: 'on-demand', feePercentOfInstance: 0 },
  },
  {
    title: 'non-production comes and goes',
    row: 'D11',
    decision: 'D11',
    choice: 'karpenter',
    answers: { operations: { environment: 'dev' } },
  },
  {
    title: 'batch on spot',
    row: 'D11',
    decision: 'D11',
    choice: 'karpenter',
    answers: {
      latency: { streaming: false, ttftMs: null, tpotMs: null },
      throughput: {
        pattern: 'batch',
        requestsPerSecond: null,
        batch: { requestsPerRun: 1000, finishWithinHours: 8, runsPerMonth: 20 },
      },
      infrastructure: { purchases: ['spot', 'on-demand'] },
    },
    settings: { purchase: 'spot', interruptionBand: '5-10%' },
  },
  {
    title: 'spot allowed under a latency goal is not used',
    row: 'D11',
    decision: 'D11',
    choice: 'managed-node-groups',
    answers: { infrastructure: { purchases: ['spot', 'on-demand'] } },
    settings: { purchase: 'on-demand' },
  },
  {
    title: 'auto mode asked, with its fee',
    row: 'D11',
    decision: 'D11',
    choice: 'auto-mode',
    answers: { infrastructure: { provisioning: 'auto-mode' } },
    settings: { feePercentOfInstance: 12 },
  },
  {
    title: 'reserved capacity by id',
    row: 'D11',
    decision: 'D11',
    choice: 'managed-node-groups',
    answers: {
      operations: { environment: 'dev' },
      infrastructure: {
        reservations: [{ instanceType: 'l4.x1', count: 2, usdPerHour: 0.5, reservationId: 'cr-0a1b' }],
      },
    },
    settings: { reservationIds: ['cr-0a1b'] },
  },
  {
    title: 'hardware of one’s own',
    row: 'D11',
    decision: 'D11',
    choice: 'existing',
    answers: {
      infrastructure: { cloud: 'on-premises', regions: [], owned: [{ gpu: 'L4', count: 1, nodes: 4 }] },
      retrieval: corpus(1000),
    },
    settings: { purchase: 'owned' },
  },
];

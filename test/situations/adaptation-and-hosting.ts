import { corpus } from '../decisions/fixtures/answers.ts';
import type { Situation } from './situation.ts';

const goodLabels = {
  needed: true,
  narrowTask: true,
  examples: 5000,
  goal: 'classification-extraction',
  labelKappa: 0.85,
};
const busy = { requestsPerSecond: { expected: 10, peak: 20 } };
const either = { class: 'either', hostedId: 'big-1' };

export const adaptationSituations: readonly Situation[] = [
  {
    title: 'knowledge changes daily',
    row: 'D1.1',
    decision: 'D1',
    choice: 'retrieval',
    answers: { retrieval: { ...corpus(2000), updates: 'daily' } },
  },
  {
    title: 'more than 100,000 documents, static',
    row: 'D1.1',
    decision: 'D1',
    choice: 'retrieval',
    answers: { retrieval: { ...corpus(100_001), updates: 'static' } },
  },
  {
    title: 'few static documents, asked for all the same',
    row: 'D1.3',
    decision: 'D1',
    choice: 'retrieval',
    answers: { retrieval: { ...corpus(100_000), updates: 'static' } },
  },
  {
    title: 'good labels on a narrow task',
    row: 'D1.2',
    decision: 'D1',
    choice: 'fine-tuning',
    answers: { fineTuning: goodLabels },
  },
  {
    title: 'narrow task, labels people disagree on',
    row: 'D1.3',
    decision: 'D1',
    choice: 'prompting',
    answers: { fineTuning: { ...goodLabels, labelKappa: 0.8 } },
  },
  {
    title: 'good labels on a broad task without evidence',
    row: 'D1.3',
    decision: 'D1',
    choice: 'prompting',
    answers: { fineTuning: { ...goodLabels, narrowTask: false } },
  },
  {
    title: 'prompting was measured and fails',
    row: 'D1.3',
    decision: 'D1',
    choice: 'fine-tuning',
    answers: { fineTuning: { ...goodLabels, narrowTask: false, promptingFails: true } },
  },
  { title: 'nothing special asked', row: 'D1.3', decision: 'D1', choice: 'prompting', answers: {} },
  {
    title: 'narrow task at 26 million requests a month',
    row: 'D1.4',
    decision: 'D1',
    choice: 'distillation',
    answers: { fineTuning: goodLabels, throughput: busy, model: { id: 'org/chat-8b' } },
  },
  {
    title: 'narrow task at low volume',
    row: 'D1.2',
    decision: 'D1',
    choice: 'fine-tuning',
    answers: { fineTuning: goodLabels, throughput: { requestsPerSecond: { expected: 0.1, peak: 0.2 } } },
  },
  {
    title: 'changing knowledge and a narrow task with labels',
    row: 'D1.1',
    decision: 'D1',
    choice: 'retrieval-and-fine-tuning',
    answers: { retrieval: { ...corpus(2000), updates: 'daily' }, fineTuning: goodLabels },
  },
];

export const hostingSituations: readonly Situation[] = [
  {
    title: 'data may not leave, though a cheaper API exists',
    row: 'D2.1',
    decision: 'D2',
    choice: 'self-hosted',
    answers: {
      model: { class: 'either', hostedId: 'small-1', iterationSpeedFirst: true },
      compliance: { dataMayLeave: false },
    },
  },
  {
    title: 'iteration speed first, data may leave',
    row: 'D2.2',
    decision: 'D2',
    choice: 'hosted',
    answers: {
      model: { ...either, iterationSpeedFirst: true },
      throughput: { requestsPerSecond: { expected: 5, peak: 10 } },
    },
  },
  {
    title: 'low volume: the API bill is below the machines',
    row: 'D2.3',
    decision: 'D2',
    choice: 'hosted',
    answers: { model: either, throughput: { requestsPerSecond: { expected: 0.001, peak: 0.01 } } },
  },
  {
    title: 'high volume: the API bill exceeds the machines',
    row: 'D2.3',
    decision: 'D2',
    choice: 'self-hosted',
    answers: { model: either, throughput: { requestsPerSecond: { expected: 2, peak: 4 } } },
  },
  {
    title: 'batch tariff halves the API bill',
    row: 'D2.3',
    decision: 'D2',
    choice: 'hosted',
    answers: {
      model: { class: 'either', hostedId: 'small-1' },
      latency: { streaming: false, ttftMs: null, tpotMs: null },
      throughput: {
        pattern: 'batch',
        requestsPerSecond: null,
        batch: { requestsPerRun: 1000, finishWithinHours: 8, runsPerMonth: 20 },
      },
    },
  },
  {
    title: 'hosted with a named open model behind it',
    row: 'D2.3',
    decision: 'D2',
    choice: 'hosted-with-self-hosted-fallback',
    answers: { model: { class: 'hosted', hostedId: 'big-1' } },
  },
  {
    title: 'EU data and a model that names no region',
    row: 'D2.3',
    decision: 'D2',
    choice: 'self-hosted',
    answers: {
      model: either,
      compliance: { residency: 'eu' },
      infrastructure: { regions: ['eu-central-1'] },
      throughput: { requestsPerSecond: { expected: 0.001, peak: 0.01 } },
    },
  },
  {
    title: 'EU data and an EU inference profile',
    row: 'D2.3',
    decision: 'D2',
    choice: 'hosted',
    answers: {
      model: { class: 'either', hostedId: 'eu.big-1' },
      compliance: { residency: 'eu' },
      infrastructure: { regions: ['eu-central-1'] },
      throughput: { requestsPerSecond: { expected: 0.001, peak: 0.01 } },
    },
  },
];

import { corpus } from '../decisions/fixtures/answers.ts';
import type { Overlay } from '../fixtures/answers.ts';
import type { Situation } from './situation.ts';

const tuned = { needed: true, narrowTask: false, promptingFails: true, examples: 5000, goal: 'generation' };
type Case = readonly [title: string, row: string, choice: string, answers: Overlay, settings?: Situation['settings']];

const tuning: readonly Case[] = [
  ['9,999 examples', 'D6.1', 'lora', { fineTuning: { ...tuned, examples: 9999 } }, { rank: 64 }],
  ['few examples and tight GPU memory', 'D6.2', 'qlora', { fineTuning: { ...tuned, gpuMemoryTight: true } }],
  [
    '100,001 examples',
    'D6.3',
    'full',
    { model: { id: 'org/chat-1b' }, fineTuning: { ...tuned, examples: 100_001 } },
    { learningRate: 2e-5 },
  ],
  ['100,000 examples', 'D6.6', 'lora', { fineTuning: { ...tuned, examples: 100_000 } }, { rank: 64 }],
  ['10,000 examples', 'D6.6', 'lora', { fineTuning: { ...tuned, examples: 10_000 } }, { rank: 64 }],
  [
    'instruction following',
    'D6.4',
    'lora',
    { fineTuning: { ...tuned, goal: 'instruction-following' } },
    { stage: 'sft' },
  ],
  ['preference alignment', 'D6.5', 'lora', { fineTuning: { ...tuned, goal: 'preference' } }, { stage: 'dpo' }],
  ['reasoning', 'D6.5', 'lora', { fineTuning: { ...tuned, goal: 'reasoning' } }, { stage: 'grpo' }],
  [
    'extraction with few examples',
    'D6.7',
    'lora',
    { fineTuning: { ...tuned, goal: 'classification-extraction' } },
    { rank: 16, learningRate: 2e-4, heldOutShare: 0.1, earlyStoppingPatience: 3 },
  ],
  [
    'classification: the gates before training',
    'D6.8',
    'lora',
    {
      fineTuning: { ...tuned, goal: 'classification-extraction', labelKappa: 0.9 },
      compliance: { dataMayLeave: false },
    },
    { gates: ['MinHash duplicates below 1%', 'one chat template in all examples', 'Cohen’s kappa above 0.8'] },
  ],
];

const documents = (count: number, updates: string, more: Overlay = {}): Overlay => ({
  retrieval: { ...corpus(count, count / 1e6), updates, ...more },
});
const stores: readonly Case[] = [
  ['999,999 documents, weekly', 'D7.1', 'postgres', documents(999_999, 'weekly')],
  ['999,999 documents, static', 'D7.1', 'postgres', documents(999_999, 'static')],
  ['1,000,000 documents, weekly: the size decides', 'D7.2', 'quick', documents(1_000_000, 'weekly')],
  ['999,999 documents, daily', 'D7.2', 'quick', documents(999_999, 'daily')],
  ['few documents in real time: the nearest row', 'D7.2', 'quick', documents(10_000, 'real-time')],
  ['9,999,999 documents, daily', 'D7.2', 'quick', documents(9_999_999, 'daily')],
  [
    '10,000,000 documents in real time, managed wanted',
    'D7.3',
    'outside',
    documents(10_000_000, 'real-time', { managedPreferred: true }),
  ],
  [
    'many documents in real time, data may not leave',
    'D7.3',
    'weave',
    { ...documents(10_000_000, 'real-time', { managedPreferred: true }), compliance: { dataMayLeave: false } },
  ],
  ['many documents weekly, self-hosted accepted', 'D7.3', 'quick', documents(20_000_000, 'weekly')],
  [
    'many documents with structured match',
    'D7.1',
    'postgres',
    documents(5_000_000, 'daily', { structuredMatch: true }),
  ],
  [
    'hybrid search first-class, small',
    'D7.4',
    'elastic',
    documents(10_000, 'weekly', { keywordSearch: 'first-class' }),
  ],
  [
    'hybrid search first-class, large, real time',
    'D7.4',
    'elastic',
    documents(50_000_000, 'real-time', { keywordSearch: 'first-class' }),
  ],
  [
    'hybrid search first-class, managed wanted',
    'D7.4',
    'managed-search',
    documents(10_000, 'weekly', { keywordSearch: 'first-class', managedPreferred: true }),
  ],
  ['hybrid search only helpful', 'D7.1', 'postgres', documents(10_000, 'weekly', { keywordSearch: 'helpful' })],
  [
    'hybrid search before structured match',
    'D7.4',
    'elastic',
    documents(10_000, 'weekly', { keywordSearch: 'first-class', structuredMatch: true }),
  ],
  ['what meets the limits is ranked by monthly cost', 'D7.5', 'quick', documents(2_000_000, 'daily')],
  [
    'the row’s store breaks a limit: the cheapest that meets all',
    'D7.5',
    'quick',
    { ...documents(60_000_000, 'weekly', { structuredMatch: true }), compliance: { dataMayLeave: false } },
  ],
];

const small = documents(10_000, 'weekly');
const retrieving = (more: Overlay): Overlay => ({ retrieval: { ...corpus(10_000, 1), updates: 'weekly', ...more } });
const bge = 'BAAI/bge-large-en-v1.5';
const searching: readonly Case[] = [
  ['uniform documents', 'D8.1', bge, small, { chunking: 'fixed', chunkTokens: 512, chunkOverlapTokens: 64 }],
  ['inconsistent structure', 'D8.2', bge, retrieving({ documentStructure: 'inconsistent' }), { chunking: 'semantic' }],
  [
    'long sectioned documents',
    'D8.3',
    bge,
    retrieving({ documentStructure: 'long-sectioned' }),
    { chunking: 'hierarchical' },
  ],
  ['keyword search helpful', 'D8.4', bge, retrieving({ keywordSearch: 'helpful' }), { hybrid: true, alpha: 0.5 }],
  ['reranking asked', 'D8.5', bge, retrieving({ rerank: true }), { rerank: 'BAAI/bge-reranker-v2-m3' }],
  ['low recall', 'D8.6', bge, retrieving({ recall: 'low' }), { hyde: true, mmr: false }],
  ['diverse results', 'D8.6', bge, retrieving({ recall: 'diverse' }), { hyde: false, mmr: true }],
  [
    'hosted allowed, cost first',
    'D8.7',
    'text-embedding-3-small',
    { ...small, model: { class: 'either', hostedId: 'big-1' } },
  ],
  [
    'hosted allowed, quality first',
    'D8.7',
    'text-embedding-3-large',
    { ...small, model: { class: 'either', hostedId: 'big-1', qualityTolerance: 'strict' } },
  ],
  ['texts stay inside, English', 'D8.7', bge, { ...small, compliance: { dataMayLeave: false } }],
  [
    'texts stay inside, not all English',
    'D8.7',
    'BAAI/bge-m3',
    { ...small, compliance: { dataMayLeave: false }, application: { languages: ['en', 'de'] } },
  ],
  ['model and dimension in the name of the collection', 'D8.8', bge, small, { dimension: 1024 }],
];

const rows =
  (decision: Situation['decision']) =>
  ([title, row, choice, answers, settings]: Case): Situation => ({
    title,
    row,
    decision,
    choice,
    answers,
    ...(settings ? { settings } : {}),
  });

export const tuningSituations = tuning.map(rows('D6'));
export const storeSituations = stores.map(rows('D7'));
export const retrievalSituations = searching.map(rows('D8'));

import type { RequestTable } from './scheduler-requests.ts';
import { createRequestTable } from './scheduler-requests.ts';
import type { StepBatch } from './types.ts';

/** Tokens of one cache block, the engine's default. */
export const blockTokens = 16;

export interface EngineSettings {
  readonly stepSeconds: (batch: StepBatch) => number;
  /** Of the whole replica. */
  readonly kvCacheTokens: number;
  /** Of the whole replica: the flag times data-parallel ranks. */
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  /** Batches in flight at once; each is one iteration through all stages. */
  readonly pipelineParallelSize: number;
  readonly asyncScheduling: boolean;
  readonly reserveFullInput: boolean;
  /** Draft tokens verified beside each decoded one; 0 without speculative decoding. */
  readonly draftTokens: number;
  /** Decode steps a request needs for that many tokens; the identity without speculative decoding. */
  readonly decodeSteps: (tokens: number) => number;
  /** A request is done: read its columns now, the slot is freed after the call. */
  readonly onFinish: (engine: Engine, slot: number) => void;
  /** `weight` gaps of equal length between tokens. */
  readonly onGap: (seconds: number, weight: number) => void;
  readonly onStretch: (endSeconds: number, seconds: number, queued: number, running: number, kv: number) => void;
}

type MutableBatch = { -readonly [Key in keyof StepBatch]: number };

export interface Engine {
  readonly settings: EngineSettings;
  readonly requests: RequestTable;
  readonly totalBlocks: number;
  clock: number;
  /** Start of the step that ended at `clock`; -1 after idling. */
  previousStart: number;
  busySeconds: number;
  freeBlocks: number;
  smallestFreeBlocks: number;
  preemptions: number;
  computedPrefillTokens: number;
  producedTokens: number;
  /** Decode steps so far, and the sequences that take part. */
  decodeStep: number;
  decoding: number;
  contextTokens: number;
  contextPerStep: number;
  /** Sequences whose next block falls due at decode steps of this phase. */
  readonly blocksDue: Int32Array;
  /** First sequence finishing after decode step s, at s modulo the length; chains by `next` and `previous`. */
  finishing: Int32Array;
  youngest: number;
  running: number;
  /** The prefill cut off by the token budget, -1 for none, and its tokens computed so far. */
  partial: number;
  partialTokens: number;
  waitingHead: number;
  waitingTail: number;
  waiting: number;
  readonly batch: MutableBatch;
  /** Slots whose prefill ends with the present step. */
  readonly completing: Int32Array;
  completingCount: number;
}

export function createEngine(settings: EngineSettings, startSeconds: number): Engine {
  const totalBlocks = Math.floor(settings.kvCacheTokens / blockTokens);
  return {
    settings,
    requests: createRequestTable(64),
    totalBlocks,
    clock: startSeconds,
    previousStart: -1,
    busySeconds: 0,
    freeBlocks: totalBlocks,
    smallestFreeBlocks: totalBlocks,
    preemptions: 0,
    computedPrefillTokens: 0,
    producedTokens: 0,
    decodeStep: 0,
    decoding: 0,
    contextTokens: 0,
    contextPerStep: 0,
    blocksDue: new Int32Array(blockTokens),
    finishing: new Int32Array(1024).fill(-1),
    youngest: -1,
    running: 0,
    partial: -1,
    partialTokens: 0,
    waitingHead: -1,
    waitingTail: -1,
    waiting: 0,
    batch: {
      prefillTokens: 0,
      prefillAttentionTokenPairs: 0,
      prefillSequences: 0,
      prefillContextTokens: 0,
      decodeSequences: 0,
      decodeContextTokens: 0,
    },
    completing: new Int32Array(settings.maxNumSeqs),
    completingCount: 0,
  };
}

/** Puts a filled slot at the end of the waiting queue. */
export function enqueue(engine: Engine, slot: number): void {
  const { requests } = engine;
  requests.next[slot] = -1;
  if (engine.waitingTail < 0) engine.waitingHead = slot;
  else requests.next[engine.waitingTail] = slot;
  engine.waitingTail = slot;
  engine.waiting++;
}

/** Puts a preempted slot at the head of the queue. */
export function enqueueFirst(engine: Engine, slot: number): void {
  engine.requests.next[slot] = engine.waitingHead;
  engine.waitingHead = slot;
  if (engine.waitingTail < 0) engine.waitingTail = slot;
  engine.waiting++;
}

/** Takes the head off the queue. */
export function dequeue(engine: Engine): void {
  const slot = engine.waitingHead;
  engine.waitingHead = engine.requests.next[slot] as number;
  if (engine.waitingHead < 0) engine.waitingTail = -1;
  engine.waiting--;
}

/** Blocks that hold so many tokens. */
export function blocksOf(tokens: number): number {
  return Math.ceil(tokens / blockTokens);
}

/** Takes blocks from the free ones, and remembers the low water. */
export function takeBlocks(engine: Engine, blocks: number): void {
  engine.freeBlocks -= blocks;
  if (engine.freeBlocks < engine.smallestFreeBlocks) engine.smallestFreeBlocks = engine.freeBlocks;
}

import type { RequestTable } from './scheduler-requests.ts';
import { createRequestTable } from './scheduler-requests.ts';
import type { StepBatch } from './types.ts';

/**
 * One engine replica, step by step as vLLM's V1 scheduler works: decoding sequences first (one token each, or one plus
 * the drafts), then the prefill under way, then waiting requests in order of arrival while token budget, seats and cache
 * blocks last. No block for a running sequence: the youngest is preempted, loses its cache and goes to the head of the
 * queue to be recomputed; nothing is admitted in that step.
 *
 * Because decoding sequences all advance together, the batch is kept as sums (count, context, blocks due at each of 16
 * phases) and a step costs the same whatever the batch; steps whose batch does not change are taken as one run, its time
 * from both ends (step time is near-affine in context).
 */

/** Tokens of one cache block, the engine's default. */
export const blockTokens = 16;
const phaseMask = blockTokens - 1;
/** Longest run of equal steps taken at once; context grows by at most this many tokens a sequence within it. */
const longestRun = 32;

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

function enqueueFirst(engine: Engine, slot: number): void {
  engine.requests.next[slot] = engine.waitingHead;
  engine.waitingHead = slot;
  if (engine.waitingTail < 0) engine.waitingTail = slot;
  engine.waiting++;
}

function dequeue(engine: Engine): void {
  const slot = engine.waitingHead;
  engine.waitingHead = engine.requests.next[slot] as number;
  if (engine.waitingHead < 0) engine.waitingTail = -1;
  engine.waiting--;
}

export function hasWork(engine: Engine): boolean {
  return engine.running > 0 || engine.waiting > 0;
}

/** When the next step can start: now, or when the first waiting request becomes visible. */
export function nextStart(engine: Engine): number {
  if (engine.running > 0 || engine.waitingHead < 0) return engine.clock;
  return Math.max(engine.clock, engine.requests.visibleAt[engine.waitingHead] as number);
}

/** Runs every step that starts before `untilSeconds`. */
export function advance(engine: Engine, untilSeconds: number): void {
  while (hasWork(engine) && nextStart(engine) < untilSeconds) advanceOnce(engine, untilSeconds);
}

/** One step, or one run of equal steps, after idling to its start. */
export function advanceOnce(engine: Engine, untilSeconds: number): void {
  if (engine.running === 0) {
    engine.clock = nextStart(engine);
    engine.previousStart = -1;
  }
  runStep(engine, untilSeconds);
}

function blocksOf(tokens: number): number {
  return Math.ceil(tokens / blockTokens);
}

/** One iteration, or a run of equal ones that ends before the first that could differ. */
function runStep(engine: Engine, untilSeconds: number): void {
  const { settings, requests } = engine;
  const start = engine.clock;
  const preemptedBefore = engine.preemptions;
  reserveDecodeBlocks(engine);
  const decodeBlocks = dueBlocks(engine);
  let budget =
    settings.maxNumBatchedTokens * settings.pipelineParallelSize - engine.decoding * (1 + settings.draftTokens);
  const { batch } = engine;
  batch.prefillTokens = 0;
  batch.prefillAttentionTokenPairs = 0;
  batch.prefillSequences = 0;
  batch.prefillContextTokens = 0;
  engine.completingCount = 0;
  budget = continuePartial(engine, budget, decodeBlocks);
  let blockedByCapacity = engine.partial >= 0;
  if (engine.preemptions === preemptedBefore && engine.partial < 0) {
    blockedByCapacity = admitWaiting(engine, budget, decodeBlocks, start);
  }

  const head = engine.waitingHead;
  let steps = 1;
  let seconds: number;
  if (batch.prefillTokens === 0) {
    if (engine.decoding === 0) {
      // Everything was preempted or nothing is seen yet: try again without the scheduling lag.
      engine.previousStart = -1;
      return;
    }
    let until = untilSeconds;
    if (engine.preemptions !== preemptedBefore) steps = 1;
    else {
      steps = stepsToNextFinish(engine);
      if (head >= 0 && !blockedByCapacity) {
        const visibleAt = requests.visibleAt[head] as number;
        if (visibleAt <= start) steps = 1;
        else until = Math.min(until, visibleAt);
      }
      if (steps > 1) steps = stepsWithinBlocks(engine, steps);
    }
    seconds = batchSeconds(engine, 0);
    if (steps > 1 && start + seconds * steps > until) {
      steps = Math.max(1, Math.min(steps, Math.ceil((until - start) / seconds)));
    }
    if (steps > 1) seconds = (steps * (seconds + batchSeconds(engine, steps - 1))) / 2;
  } else {
    seconds = batchSeconds(engine, 0);
  }

  engine.previousStart = steps > 1 ? start + (seconds * (steps - 1)) / steps : start;
  engine.clock = start + seconds;
  engine.busySeconds += seconds;
  engine.computedPrefillTokens += batch.prefillTokens;
  settings.onStretch(
    engine.clock,
    seconds,
    engine.waiting,
    engine.running,
    1 - engine.freeBlocks / Math.max(1, engine.totalBlocks),
  );
  if (engine.decoding > 0) decodeSteps(engine, steps, seconds);
  for (let index = 0; index < engine.completingCount; index++) endPrefill(engine, engine.completing[index] as number);
}

/**
 * Step time of the present batch `ahead` decode steps on.
 *
 * With pipeline stages the batches in flight share the sequences evenly, which the step-time model does by itself; a
 * prefill that fits one batch rides in one of them whole, so its share is scaled back up.
 */
function batchSeconds(engine: Engine, ahead: number): number {
  const { batch, settings } = engine;
  const stages = settings.pipelineParallelSize;
  batch.decodeSequences = engine.decoding;
  batch.decodeContextTokens = engine.contextTokens + engine.contextPerStep * ahead;
  if (stages === 1 || batch.prefillTokens === 0) return settings.stepSeconds(batch);
  const scale = stages / Math.min(stages, Math.ceil(batch.prefillTokens / settings.maxNumBatchedTokens));
  const tokens = batch.prefillTokens;
  const pairs = batch.prefillAttentionTokenPairs;
  const context = batch.prefillContextTokens;
  batch.prefillTokens *= scale;
  batch.prefillAttentionTokenPairs *= scale;
  batch.prefillContextTokens *= scale;
  const seconds = settings.stepSeconds(batch);
  batch.prefillTokens = tokens;
  batch.prefillAttentionTokenPairs = pairs;
  batch.prefillContextTokens = context;
  return seconds;
}

function dueBlocks(engine: Engine): number {
  if (engine.settings.draftTokens > 0) return Math.ceil(engine.contextPerStep / blockTokens);
  return engine.blocksDue[engine.decodeStep & phaseMask] as number;
}

/** Preempts the youngest until every decoding sequence has the block it needs now. */
function reserveDecodeBlocks(engine: Engine): void {
  while (engine.running > 1 && dueBlocks(engine) > engine.freeBlocks) preempt(engine, engine.youngest);
}

function continuePartial(engine: Engine, budget: number, decodeBlocks: number): number {
  const slot = engine.partial;
  if (slot < 0 || budget <= 0) return budget;
  const target = engine.requests.baseTokens[slot] as number;
  const done = engine.partialTokens;
  const chunk = Math.min(target - done, budget);
  const blocks = blocksOf(done + chunk) - blocksOf(done);
  if (blocks > engine.freeBlocks - decodeBlocks) {
    preempt(engine, slot);
    return budget;
  }
  takeBlocks(engine, blocks);
  addPrefill(engine, chunk, done);
  if (done + chunk === target) {
    engine.partial = -1;
    engine.completing[engine.completingCount++] = slot;
  } else {
    engine.partialTokens = done + chunk;
  }
  return budget - chunk;
}

/** @returns whether the head of the queue waits for a seat, a block or budget, so that only a change of batch helps it */
function admitWaiting(engine: Engine, budgetBefore: number, decodeBlocks: number, start: number): boolean {
  const { settings, requests } = engine;
  const lagged = settings.asyncScheduling && engine.previousStart >= 0;
  const seenUntil = lagged ? engine.previousStart : start;
  let budget = budgetBefore;
  while (engine.waitingHead >= 0) {
    const slot = engine.waitingHead;
    if (engine.running >= settings.maxNumSeqs || budget <= 0) return true;
    const input = (requests.inputTokens[slot] as number) + (requests.producedBefore[slot] as number);
    const cached = requests.cachedTokens[slot] as number;
    const chunk = Math.min(input - cached, budget);
    const blocksNow = blocksOf(cached + chunk);
    const mustFit = settings.reserveFullInput ? blocksOf(input) : blocksNow;
    if (mustFit > engine.freeBlocks - decodeBlocks && engine.running > 0) return true;
    if ((requests.visibleAt[slot] as number) > seenUntil) return false;
    dequeue(engine);
    requests.baseTokens[slot] = input;
    requests.older[slot] = engine.youngest;
    requests.younger[slot] = -1;
    if (engine.youngest >= 0) requests.younger[engine.youngest] = slot;
    engine.youngest = slot;
    engine.running++;
    takeBlocks(engine, blocksNow);
    addPrefill(engine, chunk, cached);
    budget -= chunk;
    if (cached + chunk === input) {
      engine.completing[engine.completingCount++] = slot;
    } else {
      engine.partial = slot;
      engine.partialTokens = cached + chunk;
      return true;
    }
  }
  return false;
}

function addPrefill(engine: Engine, chunk: number, before: number): void {
  const { batch } = engine;
  batch.prefillTokens += chunk;
  batch.prefillAttentionTokenPairs += chunk * (before + chunk / 2);
  batch.prefillSequences += 1;
  batch.prefillContextTokens += before;
}

function takeBlocks(engine: Engine, blocks: number): void {
  engine.freeBlocks -= blocks;
  if (engine.freeBlocks < engine.smallestFreeBlocks) engine.smallestFreeBlocks = engine.freeBlocks;
}

function stepsToNextFinish(engine: Engine): number {
  const mask = engine.finishing.length - 1;
  for (let ahead = 0; ahead < longestRun - 1; ahead++) {
    if ((engine.finishing[(engine.decodeStep + ahead) & mask] as number) >= 0) return ahead + 1;
  }
  return longestRun;
}

function stepsWithinBlocks(engine: Engine, steps: number): number {
  if (engine.settings.draftTokens > 0) {
    const perStep = engine.contextPerStep / blockTokens;
    return Math.max(1, Math.min(steps, Math.floor(engine.freeBlocks / Math.max(perStep, 1e-9))));
  }
  let free = engine.freeBlocks;
  for (let ahead = 0; ahead < steps; ahead++) {
    free -= engine.blocksDue[(engine.decodeStep + ahead) & phaseMask] as number;
    if (free < 0) return Math.max(1, ahead);
  }
  return steps;
}

/** Every decoding sequence advances by `steps`; those whose last step this was are done. */
function decodeSteps(engine: Engine, steps: number, seconds: number): void {
  const { settings } = engine;
  settings.onGap(seconds / steps, engine.decoding * steps);
  if (settings.draftTokens > 0) {
    takeBlocks(engine, (engine.contextPerStep * steps) / blockTokens);
  } else {
    let blocks = 0;
    for (let ahead = 0; ahead < steps; ahead++) {
      blocks += engine.blocksDue[(engine.decodeStep + ahead) & phaseMask] as number;
    }
    takeBlocks(engine, blocks);
  }
  engine.contextTokens += engine.contextPerStep * steps;
  engine.decodeStep += steps;
  const bucket = (engine.decodeStep - 1) & (engine.finishing.length - 1);
  let slot = engine.finishing[bucket] as number;
  while (slot >= 0) {
    const following = engine.requests.next[slot] as number;
    leaveDecode(engine, slot);
    finish(engine, slot);
    slot = following;
  }
}

function endPrefill(engine: Engine, slot: number): void {
  const { requests, settings } = engine;
  const producedBefore = requests.producedBefore[slot] as number;
  if (producedBefore === 0) requests.firstTokenAt[slot] = engine.clock;
  else settings.onGap(engine.clock - (requests.visibleAt[slot] as number), 1);
  const remaining = (requests.outputTokens[slot] as number) - producedBefore - 1;
  if (remaining <= 0) {
    engine.freeBlocks += blocksOf(requests.baseTokens[slot] as number);
    finish(engine, slot);
    return;
  }
  const steps = settings.decodeSteps(remaining);
  const base = requests.baseTokens[slot] as number;
  requests.tokensPerStep[slot] = remaining / steps;
  requests.joinedStep[slot] = engine.decodeStep;
  requests.finishStep[slot] = engine.decodeStep + steps - 1;
  if (steps > engine.finishing.length) growFinishing(engine, steps);
  const bucket = (engine.decodeStep + steps - 1) & (engine.finishing.length - 1);
  const first = engine.finishing[bucket] as number;
  requests.next[slot] = first;
  requests.previous[slot] = -1;
  if (first >= 0) requests.previous[first] = slot;
  engine.finishing[bucket] = slot;
  engine.decoding++;
  engine.contextTokens += base + 1;
  engine.contextPerStep += remaining / steps;
  const phase = (engine.decodeStep - base) & phaseMask;
  engine.blocksDue[phase] = (engine.blocksDue[phase] as number) + 1;
}

/** Takes a sequence out of the decode sums and its bucket, and frees its blocks. */
function leaveDecode(engine: Engine, slot: number): void {
  const { requests } = engine;
  const base = requests.baseTokens[slot] as number;
  const joined = requests.joinedStep[slot] as number;
  const taken = engine.decodeStep - joined;
  const rate = requests.tokensPerStep[slot] as number;
  engine.decoding--;
  engine.contextTokens -= base + 1 + taken * rate;
  engine.contextPerStep -= rate;
  if (engine.decoding === 0) {
    // Sums of fractions leave dust behind; an empty batch is exactly empty.
    engine.contextTokens = 0;
    engine.contextPerStep = 0;
  }
  const phase = (joined - base) & phaseMask;
  engine.blocksDue[phase] = (engine.blocksDue[phase] as number) - 1;
  engine.freeBlocks +=
    engine.settings.draftTokens > 0 ? blocksOf(base) + (taken * rate) / blockTokens : blocksOf(base + taken);
  const before = requests.previous[slot] as number;
  const after = requests.next[slot] as number;
  if (after >= 0) requests.previous[after] = before;
  if (before >= 0) requests.next[before] = after;
  else engine.finishing[(requests.finishStep[slot] as number) & (engine.finishing.length - 1)] = after;
}

function leaveRunning(engine: Engine, slot: number): void {
  const { requests } = engine;
  const older = requests.older[slot] as number;
  const younger = requests.younger[slot] as number;
  if (younger >= 0) requests.older[younger] = older;
  else engine.youngest = older;
  if (older >= 0) requests.younger[older] = younger;
  engine.running--;
}

function finish(engine: Engine, slot: number): void {
  const { requests } = engine;
  leaveRunning(engine, slot);
  engine.producedTokens += requests.outputTokens[slot] as number;
  engine.settings.onFinish(engine, slot);
}

/** Back to the head of the queue with its cache lost; what it produced is kept and computed again as input. */
function preempt(engine: Engine, slot: number): void {
  const { requests } = engine;
  if (slot === engine.partial) {
    engine.freeBlocks += blocksOf(engine.partialTokens);
    engine.partial = -1;
  } else {
    const taken = engine.decodeStep - (requests.joinedStep[slot] as number);
    leaveDecode(engine, slot);
    const produced = 1 + Math.round(taken * (requests.tokensPerStep[slot] as number));
    requests.producedBefore[slot] = Math.min(
      (requests.outputTokens[slot] as number) - 1,
      (requests.producedBefore[slot] as number) + produced,
    );
  }
  leaveRunning(engine, slot);
  requests.visibleAt[slot] = engine.clock;
  engine.preemptions++;
  enqueueFirst(engine, slot);
}

function growFinishing(engine: Engine, steps: number): void {
  let length = engine.finishing.length;
  while (length < steps) length *= 2;
  const larger = new Int32Array(length).fill(-1);
  const { requests } = engine;
  for (const first of engine.finishing) {
    if (first < 0) continue;
    // All of one bucket finish at the same step: buckets never hold two steps, since no request is longer than the ring.
    larger[(requests.finishStep[first] as number) & (length - 1)] = first;
  }
  engine.finishing = larger;
}

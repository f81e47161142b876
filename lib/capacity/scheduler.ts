import {
  advanceDecode,
  dueBlocks,
  joinDecode,
  leaveDecode,
  stepsToNextFinish,
  stepsWithinBlocks,
} from './scheduler-decode.ts';
import { blocksOf, dequeue, type Engine, enqueueFirst, takeBlocks } from './scheduler-state.ts';

/**
 * One engine replica, step by step as vLLM's V1 scheduler works: decoding sequences first (one token each, or one plus
 * the drafts), then the prefill under way, then waiting requests in order of arrival while token budget, seats and cache
 * blocks last. No block for a running sequence: the youngest is preempted, loses its cache and goes to the head of the
 * queue to be recomputed; nothing is admitted in that step.
 *
 * Steps whose batch does not change are taken as one run, its time from both ends (step time is near-affine in context).
 */

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
  if (engine.decoding > 0) {
    settings.onGap(seconds / steps, engine.decoding * steps);
    advanceDecode(engine, steps, (slot) => finish(engine, slot));
  }
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
  joinDecode(engine, slot, remaining);
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

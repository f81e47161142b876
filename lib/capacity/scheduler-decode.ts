import { blocksOf, blockTokens, type Engine, takeBlocks } from './scheduler-state.ts';

/**
 * The decoding sequences of a replica as sums: their count, their context, and how many need a block at each of 16 phases.
 * All of them advance together, so a step costs the same whatever the batch, and steps that nothing changes are one run.
 */

const phaseMask = blockTokens - 1;
/** Longest run of equal steps taken at once; context grows by at most this many tokens a sequence within it. */
const longestRun = 32;

/** Blocks the decoding sequences need for their next step. */
export function dueBlocks(engine: Engine): number {
  if (engine.settings.draftTokens > 0) return Math.ceil(engine.contextPerStep / blockTokens);
  return engine.blocksDue[engine.decodeStep & phaseMask] as number;
}

/** Steps until the first sequence finishes, at most one run. */
export function stepsToNextFinish(engine: Engine): number {
  const mask = engine.finishing.length - 1;
  for (let ahead = 0; ahead < longestRun - 1; ahead++) {
    if ((engine.finishing[(engine.decodeStep + ahead) & mask] as number) >= 0) return ahead + 1;
  }
  return longestRun;
}

/** As many of the steps as the free blocks last for. */
export function stepsWithinBlocks(engine: Engine, steps: number): number {
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

/** Every decoding sequence advances by `steps`; each whose last step this was leaves and is handed on. */
export function advanceDecode(engine: Engine, steps: number, onDone: (slot: number) => void): void {
  const { settings } = engine;
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
    onDone(slot);
    slot = following;
  }
}

/** A sequence whose prompt is in the cache decodes from the next step on. */
export function joinDecode(engine: Engine, slot: number, remaining: number): void {
  const { requests, settings } = engine;
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
export function leaveDecode(engine: Engine, slot: number): void {
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

/**
 * Requests inside one engine, one slot each, as columns: no object is made per request or per step, and memory follows
 * the number of requests in the system, not the number served.
 */
export interface RequestTable {
  capacity: number;
  /** First free slot, -1 when none. Free slots are chained by `next`. */
  free: number;
  /** When the client sent it, and when the engine can see it (after the tokenizer). */
  sentAt: Float64Array;
  visibleAt: Float64Array;
  firstTokenAt: Float64Array;
  inputTokens: Int32Array;
  outputTokens: Int32Array;
  /** Input tokens found in the prefix cache. */
  cachedTokens: Int32Array;
  /** Output tokens produced before the last preemption; 0 for a fresh request. */
  producedBefore: Int32Array;
  /** Tokens whose cache entries were made by the prefill of this stay in the engine. */
  baseTokens: Int32Array;
  /** Decode step at which this stay began to decode. */
  joinedStep: Float64Array;
  /** Decode step after which it is done. */
  finishStep: Float64Array;
  /** Output tokens a decode step yields; above 1 with speculative decoding. */
  tokensPerStep: Float64Array;
  /** Chains: the waiting queue, and for running requests the bucket of their last step. */
  next: Int32Array;
  previous: Int32Array;
  /** Running requests by admission: preemption takes the youngest. */
  older: Int32Array;
  younger: Int32Array;
}

export function createRequestTable(capacity: number): RequestTable {
  const table: RequestTable = {
    capacity,
    free: -1,
    sentAt: new Float64Array(capacity),
    visibleAt: new Float64Array(capacity),
    firstTokenAt: new Float64Array(capacity),
    inputTokens: new Int32Array(capacity),
    outputTokens: new Int32Array(capacity),
    cachedTokens: new Int32Array(capacity),
    producedBefore: new Int32Array(capacity),
    baseTokens: new Int32Array(capacity),
    joinedStep: new Float64Array(capacity),
    finishStep: new Float64Array(capacity),
    tokensPerStep: new Float64Array(capacity),
    next: new Int32Array(capacity),
    previous: new Int32Array(capacity),
    older: new Int32Array(capacity),
    younger: new Int32Array(capacity),
  };
  chainFree(table, 0);
  return table;
}

function chainFree(table: RequestTable, from: number): void {
  for (let slot = table.capacity - 1; slot >= from; slot--) {
    table.next[slot] = table.free;
    table.free = slot;
  }
}

function grow(table: RequestTable): void {
  const before = table.capacity;
  const capacity = before * 2;
  const floats = (column: Float64Array): Float64Array => {
    const larger = new Float64Array(capacity);
    larger.set(column);
    return larger;
  };
  const integers = (column: Int32Array): Int32Array => {
    const larger = new Int32Array(capacity);
    larger.set(column);
    return larger;
  };
  table.sentAt = floats(table.sentAt);
  table.visibleAt = floats(table.visibleAt);
  table.firstTokenAt = floats(table.firstTokenAt);
  table.joinedStep = floats(table.joinedStep);
  table.finishStep = floats(table.finishStep);
  table.tokensPerStep = floats(table.tokensPerStep);
  table.inputTokens = integers(table.inputTokens);
  table.outputTokens = integers(table.outputTokens);
  table.cachedTokens = integers(table.cachedTokens);
  table.producedBefore = integers(table.producedBefore);
  table.baseTokens = integers(table.baseTokens);
  table.next = integers(table.next);
  table.previous = integers(table.previous);
  table.older = integers(table.older);
  table.younger = integers(table.younger);
  table.capacity = capacity;
  chainFree(table, before);
}

/** A free slot; its columns hold old values until written. */
export function takeSlot(table: RequestTable): number {
  if (table.free < 0) grow(table);
  const slot = table.free;
  table.free = table.next[slot] as number;
  return slot;
}

export function releaseSlot(table: RequestTable, slot: number): void {
  table.next[slot] = table.free;
  table.free = slot;
}

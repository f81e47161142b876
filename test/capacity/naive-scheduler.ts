import type { StepBatch } from '../../lib/capacity/types.ts';

/** One request of the naive simulator. */
export interface NaiveRequest {
  readonly arrival: number;
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
}

export interface NaiveOutcome {
  readonly firstToken: number[];
  readonly finish: number[];
  readonly preemptions: number;
  readonly steps: number;
}

interface State {
  readonly index: number;
  readonly request: NaiveRequest;
  computed: number;
  produced: number;
  blocks: number;
  visibleAt: number;
}

/**
 * The V1 scheduler written the long way: every request, every step, every block. Slow and plain, so that the fast engine
 * has something independent to agree with.
 */
export function naiveSchedule(
  arrivals: readonly NaiveRequest[],
  settings: {
    readonly stepSeconds: (batch: StepBatch) => number;
    readonly blocks: number;
    readonly maxNumSeqs: number;
    readonly maxNumBatchedTokens: number;
    readonly asyncScheduling: boolean;
    readonly reserveFullInput: boolean;
  },
): NaiveOutcome {
  const blockSize = 16;
  const firstToken: number[] = [];
  const finish: number[] = [];
  const waiting: State[] = arrivals.map((request, index) => ({
    index,
    request,
    computed: 0,
    produced: 0,
    blocks: 0,
    visibleAt: request.arrival,
  }));
  const running: State[] = [];
  let free = settings.blocks;
  let clock = 0;
  let previousStart = -1;
  let preemptions = 0;
  let steps = 0;
  const tokensOf = (state: State): number => state.request.input + state.produced;
  while (waiting.length > 0 || running.length > 0) {
    if (running.length === 0 && waiting[0]) {
      clock = Math.max(clock, waiting[0].visibleAt);
      previousStart = -1;
    }
    const seenUntil = settings.asyncScheduling && previousStart >= 0 ? previousStart : clock;
    let budget = settings.maxNumBatchedTokens;
    let preempted = false;
    const scheduled = new Map<State, number>();
    const take = (state: State, tokens: number): boolean => {
      const blocks = Math.ceil((state.computed + tokens) / blockSize) - state.blocks;
      if (blocks > free) return false;
      free -= blocks;
      state.blocks += blocks;
      return true;
    };
    for (let place = 0; place < running.length && budget > 0; place++) {
      const state = running[place] as State;
      const tokens = Math.min(tokensOf(state) - state.computed, budget);
      let placed = take(state, tokens);
      while (!placed) {
        const victim = running.pop() as State;
        free += victim.blocks;
        victim.blocks = 0;
        victim.computed = 0;
        victim.visibleAt = clock;
        const undone = scheduled.get(victim);
        if (undone !== undefined) {
          scheduled.delete(victim);
          budget += undone;
        }
        waiting.unshift(victim);
        preemptions++;
        preempted = true;
        if (victim === state) break;
        placed = take(state, tokens);
      }
      if (!placed) break;
      scheduled.set(state, tokens);
      budget -= tokens;
    }
    while (!preempted && waiting.length > 0 && budget > 0 && running.length < settings.maxNumSeqs) {
      const state = waiting[0] as State;
      const cached = Math.floor((state.request.cached ?? 0) / blockSize) * blockSize;
      const tokens = Math.min(tokensOf(state) - cached, budget);
      const need = Math.ceil((settings.reserveFullInput ? tokensOf(state) : cached + tokens) / blockSize);
      if ((need > free && running.length > 0) || state.visibleAt > seenUntil) break;
      waiting.shift();
      running.push(state);
      state.computed = cached;
      take(state, tokens);
      scheduled.set(state, tokens);
      budget -= tokens;
    }
    if (scheduled.size === 0) {
      previousStart = -1;
      continue;
    }
    const batch = {
      prefillTokens: 0,
      prefillAttentionTokenPairs: 0,
      prefillSequences: 0,
      prefillContextTokens: 0,
      decodeSequences: 0,
      decodeContextTokens: 0,
    };
    for (const [state, tokens] of scheduled) {
      if (tokens === 1 && state.computed >= state.request.input) {
        batch.decodeSequences++;
        batch.decodeContextTokens += state.computed + 1;
      } else {
        batch.prefillTokens += tokens;
        batch.prefillAttentionTokenPairs += tokens * (state.computed + tokens / 2);
        batch.prefillSequences++;
        batch.prefillContextTokens += state.computed;
      }
    }
    previousStart = clock;
    clock += settings.stepSeconds(batch);
    steps++;
    for (const [state, tokens] of scheduled) {
      state.computed += tokens;
      if (state.computed < tokensOf(state)) continue;
      state.produced++;
      if (firstToken[state.index] === undefined) firstToken[state.index] = clock;
      if (state.produced === state.request.output) {
        finish[state.index] = clock;
        free += state.blocks;
        running.splice(running.indexOf(state), 1);
      }
    }
  }
  return { firstToken, finish, preemptions, steps };
}

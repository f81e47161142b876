import { computeMemory } from '../../lib/capacity/memory.ts';
import type { LengthDistribution, StepTimeModel } from '../../lib/capacity/types.ts';
import type { ServingPoint } from './points.ts';

export interface Estimate {
  readonly ttftMean: number;
  readonly ttftP90: number;
  readonly ttftP99: number;
  readonly tpotMean: number;
  readonly itlMean: number;
  readonly endToEndMean: number;
  readonly endToEndP90: number;
  readonly endToEndP99: number;
}

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const draw = (d: LengthDistribution, u: () => number): number => {
  if (d.kind === 'constant') return d.tokens;
  if (d.kind === 'uniform') return Math.floor(d.minTokens + u() * (d.maxTokens - d.minTokens + 1));
  throw new Error('kind');
};

const caches = new Map<string, number>();
/** Fast closed/open-loop evaluation that skips over uniform decode runs. */
export function evaluate(point: ServingPoint, step: StepTimeModel): Estimate {
  const { deployment: d } = point;
  let kv = caches.get(point.id);
  if (kv === undefined) {
    kv = computeMemory(d).kvCacheTokens;
    caches.set(point.id, kv);
  }
  const closed = point.arrivals.kind === 'closed-loop';
  const u = random(7);
  const n = point.requests;
  const inp = new Float64Array(n), out = new Float64Array(n), arr = new Float64Array(n), first = new Float64Array(n), end = new Float64Array(n), client = new Float64Array(n);
  for (let i = 0; i < n; i++) { inp[i] = draw(point.inputTokens, u); out[i] = draw(point.outputTokens, u); }
  let issued = 0; let front = 0;
  const waiting: number[] = []; let wHead = 0; // sorted by arrival
  const issue = (at: number) => { if (issued < n) { client[issued] = at; const fe = Math.max(front, at) + (step.requestSerialSeconds?.(inp[issued]!) ?? 0); front = fe; arr[issued] = fe + step.requestOverheadSeconds(inp[issued]!); waiting.push(issued); issued++; } };
  if (point.arrivals.kind === 'closed-loop') for (let i = 0; i < point.arrivals.concurrency && i < n; i++) issue(0);
  else if (point.arrivals.kind === 'poisson') { let t = 0; for (let i = 0; i < n; i++) { t += -Math.log(1 - u()) / point.arrivals.requestsPerSecond; issue(t); } }
  else if (point.arrivals.kind === 'trace') for (const t of point.arrivals.arrivalSeconds) issue(t);
  let now = 0, prev = 0;
  const run: number[] = []; const rem: number[] = []; const ctx: number[] = [];
  let pre = -1, preDone = 0; // request with partial prefill
  const b = { prefillTokens: 0, prefillAttentionTokenPairs: 0, prefillSequences: 0, prefillContextTokens: 0, decodeSequences: 0, decodeContextTokens: 0 };
  let reserved = 0; let ctxSum = 0; let done = 0;
  const { maxNumSeqs, maxNumBatchedTokens } = d.limits;
  while (done < n) {
    let budget = maxNumBatchedTokens - run.length;
    b.decodeSequences = run.length; b.decodeContextTokens = ctxSum; b.prefillTokens = 0; b.prefillAttentionTokenPairs = 0; b.prefillSequences = 0; b.prefillContextTokens = 0;
    const finishedPre: number[] = [];
    let count = run.length + (pre >= 0 ? 1 : 0);
    const take = (r: number, before: number) => { const left = inp[r]! - before; const t = Math.min(left, budget); budget -= t; b.prefillTokens += t; b.prefillSequences++; b.prefillAttentionTokenPairs += t * (before + t / 2); b.prefillContextTokens += before; if (t === left) { finishedPre.push(r); if (pre === r) pre = -1; } else { pre = r; preDone = before + t; } };
    if (pre >= 0 && budget > 0) take(pre, preDone);
    while (budget > 0 && pre < 0 && wHead < waiting.length && count < maxNumSeqs) {
      const r = waiting[wHead]!;
      if (arr[r]! > (point.asyncScheduling && run.length > 0 ? prev : now) + 1e-12) break;
      if (reserved + inp[r]! + out[r]! > kv && run.length > 0) break;
      wHead++; count++; reserved += inp[r]! + out[r]!;
      take(r, Math.floor((inp[r]! * point.prefixHitRate) / 16) * 16);
    }
    if (b.prefillTokens === 0 && run.length === 0) { now = arr[waiting[wHead]!]!; continue; }
    let steps = 1;
    if (b.prefillTokens === 0) {
      let m = Infinity; for (let i = 0; i < rem.length; i++) if (rem[i]! < m) m = rem[i]!;
      steps = m;
      if (wHead < waiting.length && count < maxNumSeqs) {
        const r = waiting[wHead]!;
        if (arr[r]! <= now) steps = 1; else { const dt = step.stepSeconds(b); steps = Math.max(1, Math.min(steps, Math.ceil((arr[r]! - now) / dt) + (point.asyncScheduling ? 1 : 0))); }
      }
      b.decodeContextTokens = ctxSum + (run.length * (steps - 1)) / 2;
    }
    const took = step.stepSeconds(b); prev = now + (steps - 1) * took; now += steps * took;
    ctxSum += steps * run.length;
    for (let i = run.length - 1; i >= 0; i--) {
      rem[i] = rem[i]! - steps; ctx[i] = ctx[i]! + steps;
      if (rem[i]! <= 0) { const r = run[i]!; end[r] = now; done++; reserved -= inp[r]! + out[r]!; ctxSum -= ctx[i]!; const l = run.length - 1; run[i] = run[l]!; rem[i] = rem[l]!; ctx[i] = ctx[l]!; run.pop(); rem.pop(); ctx.pop(); if (closed) issue(now); }
    }
    for (const r of finishedPre) { first[r] = now; run.push(r); rem.push(out[r]! - 1); ctx.push(inp[r]! + 1); ctxSum += inp[r]! + 1; }
  }
  const tt: number[] = [], ee: number[] = []; let tp = 0, gap = 0, tok = 0;
  const from = 0, upto = n; for (let i = from; i < upto; i++) { tt.push((first[i]! - client[i]!) * 1e3); ee.push((end[i]! - client[i]!) * 1e3); const x = (end[i]! - first[i]!) * 1e3; tp += x / (out[i]! - 1); gap += x; tok += out[i]! - 1; }
  const mean = (v: number[]) => v.reduce((a, c) => a + c, 0) / v.length;
  tt.sort((a, c) => a - c); ee.sort((a, c) => a - c);
  const q = (v: number[], p: number) => v[Math.min(v.length - 1, Math.floor(p * v.length))]!;
  return { ttftMean: mean(tt), ttftP90: q(tt, 0.9), ttftP99: q(tt, 0.99), tpotMean: tp / (upto - from), itlMean: gap / tok, endToEndMean: mean(ee), endToEndP90: q(ee, 0.9), endToEndP99: q(ee, 0.99) };
}

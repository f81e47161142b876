import type { Candidate, CapacityPlan, SplitKind, SplitLoss, SplitPlan, SplitPool } from '../capacity/types.ts';
import type { Source } from '../catalog/source.ts';
import { usd } from './decision.ts';

/** A way of two pools as a reader sees it: the figures that decide, and why it is not raised. */
export interface TwoPools {
  readonly kind: SplitKind;
  readonly title: string;
  /** `up to 4096 input tokens: 6 × L4 (g6.xlarge)`. */
  readonly pools: readonly string[];
  /** 0 where it does not pay. */
  readonly savesUsdPerMonth: number;
  /** `1,200 USD a month less`, `at least 8,018 USD a month more`. */
  readonly difference: string;
  /** Of what a request of either pool feels; empty where it was not sized. */
  readonly latency: string;
  readonly why: string;
}

const titles: Record<SplitKind, string> = {
  'by-request-size': 'Requests by prompt length, each on its GPU type',
  'prefill-decode': 'Prefill apart from decode',
};

/** Generation raises one pool. What a pool more would have to bring with it, by kind. */
const notRaised: Record<SplitKind, string> = {
  'by-request-size':
    'generation raises the one pool: two pools under one name need a gateway that counts a prompt’s tokens before it picks a server, and alerts and scaling of their own',
  'prefill-decode':
    'generation raises the one pool: the engine’s own documentation calls the hand-over of a prompt’s cache experimental, and it needs a second router and a network proven by load test',
};

/** Where the engine says so. */
export const handOverSource: Source = {
  ref: 'vllm-project/vllm docs/features/disagg_prefill.md',
  date: '2026-11-01',
  note: 'The page is headed «experimental» and says that throughput does not improve.',
};

function poolText({ role, candidate }: SplitPool): string {
  const gpus = candidate.replicas.peak * candidate.gpusPerReplica;
  return `${role}: ${gpus} × ${candidate.gpuId} at peak (${candidate.instanceTypes[0]}), ${usd(candidate.usdPerMonth)} a month`;
}

const milliseconds = (seconds: number): string =>
  seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;

function percentiles({ prediction }: Candidate): string {
  const { ttftSeconds, tpotSeconds } = prediction;
  return `first token P50 ${milliseconds(ttftSeconds.p50)}, P95 ${milliseconds(ttftSeconds.p95)}; a token P50 ${milliseconds(tpotSeconds.p50)}, P95 ${milliseconds(tpotSeconds.p95)}`;
}

/** What either kind of request feels: its own pool’s figures, or prefill’s first token and decode’s pace together. */
function latencyText({ kind, pools = [], cacheMoveSeconds = 0 }: SplitPlan | SplitLoss): string {
  const [first, second] = pools;
  if (!first || !second) return '';
  if (kind === 'by-request-size') {
    return pools.map(({ role, candidate }) => `${role}: ${percentiles(candidate)}`).join('. ');
  }
  const { ttftSeconds } = first.candidate.prediction;
  const { tpotSeconds } = second.candidate.prediction;
  return `first token P50 ${milliseconds(ttftSeconds.p50 + cacheMoveSeconds)}, P95 ${milliseconds(ttftSeconds.p95 + cacheMoveSeconds)} with ${milliseconds(cacheMoveSeconds)} to move the cache; a token P50 ${milliseconds(tpotSeconds.p50)}, P95 ${milliseconds(tpotSeconds.p95)}`;
}

/** Both ways of two pools against the one that is raised, those that save first. Empty where the load is no traffic. */
export function twoPools({ chosen, splits = [], splitsLost = [] }: CapacityPlan): readonly TwoPools[] {
  return [
    ...splits.map((split) => ({
      kind: split.kind,
      title: titles[split.kind],
      pools: split.pools.map(poolText),
      savesUsdPerMonth: split.savesUsdPerMonth,
      difference: `${usd(split.savesUsdPerMonth)} a month less`,
      latency: latencyText(split),
      why: notRaised[split.kind],
    })),
    ...splitsLost.map((loss) => {
      const { kind, reason, usdPerMonth, leastUsdPerMonth } = loss;
      const more = (usdPerMonth ?? leastUsdPerMonth ?? 0) - chosen.usdPerMonth;
      return {
        kind,
        title: titles[kind],
        pools: (loss.pools ?? []).map(poolText),
        savesUsdPerMonth: 0,
        difference:
          usdPerMonth !== undefined && more > 0
            ? `${usd(more)} a month more`
            : leastUsdPerMonth !== undefined && more > 0
              ? `at least ${usd(more)} a month more`
              : 'nothing saved',
        latency: latencyText(loss),
        why: reason,
      };
    }),
  ];
}

/** The same as sentences, for a record. */
export function twoPoolsReasons(sizing: CapacityPlan): readonly string[] {
  return twoPools(sizing).map(({ title, pools, difference, latency, why }) =>
    pools.length > 0
      ? `${title} would cost ${difference} (${pools.join('; ')}; ${latency}); ${why}.`
      : `${title}: ${difference}; ${why}.`,
  );
}

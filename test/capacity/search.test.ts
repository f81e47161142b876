import { describe, expect, test } from 'vitest';
import { place } from '../../lib/capacity/placement.ts';
import { packReplica, planReplicas } from '../../lib/capacity/replicas.ts';
import {
  compareSolutions,
  fewestReplicas,
  replicaLoad,
  type Solution,
  searchCheapest,
  sizingLoad,
} from '../../lib/capacity/search.ts';
import { createEvaluator, goalShare, missWhenIdle, worstMiss } from '../../lib/capacity/search-evaluate.ts';
import { enumerateChoices } from '../../lib/capacity/search-space.ts';
import { cacheTransferSeconds } from '../../lib/capacity/search-split.ts';
import { sizeServing } from '../../lib/capacity/size-serving.ts';
import type { CapacityPlan, CapacityShortfall, ServingRequirement } from '../../lib/capacity/types.ts';
import { gpus, offer, offers, requirement, smallModel } from './fixtures.ts';

const catalog = { gpus };

function feasible(asked: ServingRequirement): CapacityPlan {
  const result = sizeServing(asked, catalog);
  if (!result.feasible) throw new Error(JSON.stringify(result.shortfall.limits));
  return result.plan;
}

function shortfall(asked: ServingRequirement): CapacityShortfall {
  const result = sizeServing(asked, catalog);
  if (result.feasible) throw new Error(`feasible: ${result.plan.chosen.id}`);
  return result.shortfall;
}

/** Every choice, replica counts from one upward, no bound and no order: slow, and surely right. */
function exhaustive(asked: ServingRequirement, mostReplicas: number): Solution | undefined {
  const evaluator = createEvaluator(asked);
  let best: Solution | undefined;
  for (const choice of enumerateChoices(asked, catalog).choices) {
    const engine = evaluator.engineOf(choice);
    for (let needed = 1; needed <= mostReplicas; needed++) {
      // A replica above its steady-state capacity has no queue that ends: no finite run may call it feasible.
      if (sizingLoad(asked) / needed > evaluator.capacityOf(choice)) continue;
      const result = evaluator.serve(choice, replicaLoad(asked, needed, sizingLoad(asked)));
      if (worstMiss(result, asked.slo, goalShare(engine.stepTime))) continue;
      const placed = place(asked, choice, needed, 1);
      if (!('placement' in placed)) break;
      const solution = { choice, needed, placement: placed.placement };
      if (!best || compareSolutions(solution, best) < 0) best = solution;
      break;
    }
  }
  return best;
}

describe('pruning never loses the optimum', () => {
  const reduced: readonly (readonly [string, Partial<ServingRequirement>])[] = [
    ['a chat load', {}],
    ['tight first token', { slo: { ttftSeconds: { p50: 0.12, p95: 0.3 } } }],
    ['tight pace', { slo: { tpotSeconds: { p50: 0.03, p95: 0.035 } } }],
    ['end to end', { slo: { endToEndSeconds: { p50: 6, p95: 20 } } }],
    ['bursts', { load: { kind: 'online', expectedRequestsPerSecond: 3, peakRequestsPerSecond: 4, burstiness: 2 } }],
    ['reserved or on demand', { purchases: ['on-demand', 'reserved-1y-no-upfront'] }],
    [
      'a committed base with on-demand above it',
      {
        purchases: ['on-demand', 'reserved-1y-no-upfront', 'reserved-1y-no-upfront+on-demand'],
        load: { kind: 'online', expectedRequestsPerSecond: 4, peakRequestsPerSecond: 9, burstiness: 1 },
      },
    ],
    ['a quota', { gpuQuota: { SMALL: 3 } }],
  ];

  test.each(reduced)('%s', (_title, change) => {
    const asked = requirement(change);
    const pruned = searchCheapest(asked, createEvaluator(asked), enumerateChoices(asked, catalog).choices);
    const all = exhaustive(asked, 24);
    expect(all).toBeDefined();
    expect(pruned.best?.placement.usdPerMonth).toBeCloseTo(all?.placement.usdPerMonth ?? -1, 6);
    expect(pruned.best?.choice.id).toBe(all?.choice.id);
  });

  test('the steady-state bound is never below what a saturated replica carries, nor far above', () => {
    for (const change of [{}, { precisions: ['fp8'] }, { inputTokens: { kind: 'constant', tokens: 3000 } }] as const) {
      const asked = requirement(change as Partial<ServingRequirement>);
      const evaluator = createEvaluator(asked);
      for (const choice of enumerateChoices(asked, catalog).choices) {
        const carried = evaluator.serve(choice, { kind: 'saturated' }).requestsPerSecond;
        expect(evaluator.capacityOf(choice)).toBeGreaterThan(carried * 0.98);
        expect(evaluator.capacityOf(choice)).toBeLessThan(carried * 2);
      }
    }
  });

  test('pruning spares simulations', () => {
    const asked = requirement({ precisions: ['bf16', 'fp8'] });
    const { choices } = enumerateChoices(asked, catalog);
    const pruned = createEvaluator(asked);
    const full = createEvaluator(asked);
    searchCheapest(asked, pruned, choices);
    searchCheapest(asked, full, choices, false);
    expect(pruned.simulations()).toBeLessThan(full.simulations() / 2);
  });
});

describe('a plan', () => {
  const plan = feasible(requirement());

  test('meets every goal at peak and keeps headroom and a spare', () => {
    const { chosen } = plan;
    expect(chosen.prediction.ttftSeconds.p95).toBeLessThanOrEqual(1);
    expect(chosen.prediction.tpotSeconds.p95).toBeLessThanOrEqual(0.1);
    expect(chosen.goodputPerReplica * (chosen.replicas.peak - 1)).toBeGreaterThanOrEqual(6 / 0.8);
    expect(chosen.replicas.minimum).toBeGreaterThanOrEqual(2);
  });

  test('names at least two instance types with the same GPU count, cheapest first', () => {
    expect(plan.chosen.instanceTypes.length).toBeGreaterThanOrEqual(2);
    const counts = plan.chosen.instanceTypes.map(
      (type) => offers.find(({ instanceType }) => instanceType === type)?.gpu?.count,
    );
    expect(new Set(counts).size).toBe(1);
  });

  test('costs nodes x price x 730 h, and the peak fits the ceiling', () => {
    const { chosen } = plan;
    expect(chosen.usdPerMonth).toBeCloseTo(chosen.nodes.expected * chosen.usdPerNodeHour * 730, 6);
    expect(chosen.usdPerMonthPeak).toBeCloseTo(chosen.nodes.peak * chosen.usdPerNodeHour * 730, 6);
    expect(chosen.usdPerMonthPeak).toBeLessThanOrEqual(60_000);
  });

  test('says why every other layout lost, and refuses shared cards', () => {
    expect(plan.rejected.every(({ reason }) => reason.length > 10)).toBe(true);
    expect(plan.rejected.at(-1)).toMatchObject({ id: 'sf.half', limit: 'limit.whole-gpu' });
    // Those that lost by least come first.
    const costs = plan.rejected.flatMap(({ limit, usdPerMonth }) => (limit === 'cost' ? [usdPerMonth ?? 0] : []));
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    const gpusSeen = new Set(plan.rejected.flatMap(({ id }) => id.split('/')));
    expect(gpusSeen.has('MIDDLE') || gpusSeen.has('SMALL')).toBe(true);
  });

  test('is on its own Pareto front, which holds nothing that another beats', () => {
    expect(plan.paretoFront.map(({ id }) => id)).toContain(plan.chosen.id);
    for (const one of plan.paretoFront) {
      expect(one.usdPerMonth).toBeGreaterThanOrEqual(plan.chosen.usdPerMonth);
    }
  });

  test('equal questions give equal bytes', () => {
    expect(JSON.stringify(feasible(requirement()))).toBe(JSON.stringify(plan));
  });
});

describe('batch runs', () => {
  const batch = requirement({
    load: { kind: 'batch', requestsPerRun: 100_000, finishWithinSeconds: 4 * 3600, runsPerMonth: 20 },
    slo: {},
    purchases: ['on-demand', 'spot'],
  });

  test('finish in time and pay for the hours used, on spot where it is allowed', () => {
    const { chosen } = feasible(batch);
    expect(chosen.purchase).toBe('spot');
    const hoursARun = chosen.hoursPerMonth / 20;
    expect(hoursARun).toBeLessThanOrEqual(4);
    expect(chosen.usdPerMonth).toBeCloseTo(chosen.nodes.expected * chosen.usdPerNodeHour * chosen.hoursPerMonth, 6);
    expect(chosen.replicas.minimum).toBe(0);
  });

  test('half the time needs more machines at about the same price', () => {
    const slow = feasible(batch).chosen;
    const { load } = batch;
    if (load.kind !== 'batch') throw new Error('batch');
    const fast = feasible({ ...batch, load: { ...load, finishWithinSeconds: 2 * 3600 } }).chosen;
    expect(fast.nodes.peak).toBeGreaterThan(slow.nodes.peak);
    expect(fast.usdPerMonth).toBeLessThan(slow.usdPerMonth * 1.1);
  });

  test('replicas fill the nodes that are paid for', () => {
    const { load } = batch;
    if (load.kind !== 'batch') throw new Error('batch');
    const { chosen } = feasible({
      ...batch,
      load: { ...load, requestsPerRun: 3000 },
      offers: offers.filter(({ gpu: card }) => card?.id === 'LARGE'),
    });
    expect(chosen.replicas.peak * chosen.gpusPerReplica).toBe(8 * chosen.nodes.peak);
  });

  test('traffic under a goal is never put on spot', () => {
    expect(feasible(requirement({ purchases: ['on-demand', 'spot'] })).chosen.purchase).toBe('on-demand');
  });
});

describe('an infeasible question is answered with what would fit', () => {
  test('fails when the ceiling is too low: the figure it would take, which then fits', () => {
    const asked = requirement({ ceilingUsdPerMonth: 800 });
    const missing = shortfall(asked);
    expect(missing.limits.map(({ limit }) => limit)).toContain('infrastructure.costCeilingUsdPerMonth');
    for (const { limit, asked: goal, best } of missing.limits) {
      if (limit.startsWith('latency.')) expect(Number.parseFloat(best)).toBeGreaterThan(Number.parseFloat(goal));
    }
    const relaxed = missing.relaxations.find(({ path }) => path === 'infrastructure.costCeilingUsdPerMonth');
    const figure = Number(relaxed?.to.split(' ')[0]);
    expect(figure).toBeGreaterThan(800);
    expect(feasible({ ...asked, ceilingUsdPerMonth: figure }).chosen.usdPerMonthPeak).toBeLessThanOrEqual(figure);
    expect(() => feasible({ ...asked, ceilingUsdPerMonth: figure * 0.98 })).toThrow();
  });

  test('fails when the quota is too low: the GPUs to ask for', () => {
    const asked = requirement({ gpuQuota: { SMALL: 1, MIDDLE: 1, LARGE: 0 } });
    const relaxed = shortfall(asked).relaxations.find(({ path }) => path === 'infrastructure.gpu.quota');
    const [count, , gpuId] = relaxed?.to.split(' ') ?? [];
    expect(feasible({ ...asked, gpuQuota: { ...asked.gpuQuota, [gpuId ?? '']: Number(count) } })).toBeDefined();
  });

  test('fails when the first token is asked too soon: the goal that can be met, which then fits', () => {
    const asked = requirement({ slo: { ttftSeconds: { p95: 0.02 } } });
    const missing = shortfall(asked);
    expect(missing.limits[0]?.limit).toBe('latency.ttftMs.p95');
    const relaxed = missing.relaxations.find(({ path }) => path === 'latency.ttftMs.p95');
    const seconds = Number(relaxed?.to.split(' ')[0]) / 1000;
    expect(seconds).toBeLessThan(0.5);
    expect(feasible({ ...asked, slo: { ttftSeconds: { p95: seconds } } })).toBeDefined();
  });

  test('fails when median and tail are both asked too soon: the two together', () => {
    const asked = requirement({ slo: { ttftSeconds: { p50: 0.01, p95: 0.02 } } });
    const relaxed = shortfall(asked).relaxations.find(({ path }) => path === 'latency.ttftMs');
    const [p50, p95] = (relaxed?.to ?? '').split(' / ').map((text) => Number(text.split(' ')[0]) / 1000);
    expect(feasible({ ...asked, slo: { ttftSeconds: { p50: p50 as number, p95: p95 as number } } })).toBeDefined();
  });

  test('fails when the load is above what the ceiling carries: the load that fits', () => {
    const asked = requirement({
      load: { kind: 'online', expectedRequestsPerSecond: 40, peakRequestsPerSecond: 60, burstiness: 1 },
      ceilingUsdPerMonth: 8000,
    });
    const relaxed = shortfall(asked).relaxations.find(({ path }) => path === 'throughput.requestsPerSecond.peak');
    const rate = Number(relaxed?.to.split(' ')[0]);
    expect(rate).toBeGreaterThan(1);
    expect(rate).toBeLessThan(60);
  });

  test('fails when no memory is large enough: the context that fits', () => {
    const asked = requirement({ maxModelLen: 131_072, gpuAllowList: ['SMALL'], offers: offers.slice(0, 2), slo: {} });
    const missing = shortfall(asked);
    expect(missing.limits[0]?.limit).toBe('limit.gpu-memory');
    expect(missing.relaxations.map(({ path }) => path)).toContain('model.maxContextTokens');
  });

  test.each<[string, string, Partial<ServingRequirement>]>([
    [
      'a run must be over before the weights are loaded',
      'throughput.batch.finishWithinHours',
      { load: { kind: 'batch', requestsPerRun: 1000, finishWithinSeconds: 20, runsPerMonth: 4 }, slo: {} },
    ],
    [
      'the load is beyond any number of replicas',
      'throughput.requestsPerSecond.peak',
      { load: { kind: 'online', expectedRequestsPerSecond: 1e6, peakRequestsPerSecond: 1e6, burstiness: 1 }, slo: {} },
    ],
  ])('fails when %s: the load is named, though no goal, quota or ceiling binds', (_title, limit, change) => {
    const { ceilingUsdPerMonth: _, ...open } = requirement(change);
    expect(shortfall(open).limits[0]?.limit).toBe(limit);
  });

  test('fails when the deadline cannot be met under the quota: the hours it would take', () => {
    const asked = requirement({
      load: { kind: 'batch', requestsPerRun: 500_000, finishWithinSeconds: 3600, runsPerMonth: 4 },
      slo: {},
      gpuQuota: { SMALL: 4, MIDDLE: 4, LARGE: 0 },
    });
    const paths = shortfall(asked).relaxations.map(({ path }) => path);
    expect(paths).toContain('throughput.batch.finishWithinHours');
  });
});

describe('two pools instead of one', () => {
  const busy = {
    ceilingUsdPerMonth: 900_000,
    load: { kind: 'online', expectedRequestsPerSecond: 30, peakRequestsPerSecond: 40, burstiness: 1 },
  } as const;

  test('prefill apart from decode wins where inputs are long and the pace is tight', () => {
    const asked = requirement({
      ...busy,
      inputTokens: { kind: 'lognormal', meanTokens: 3000, p95Tokens: 6000 },
      slo: { ttftSeconds: { p95: 3 }, tpotSeconds: { p95: 0.02 } },
    });
    const { chosen, splits } = feasible(asked);
    const split = splits?.find(({ kind }) => kind === 'prefill-decode');
    const [prefill, decode] = split?.pools ?? [];
    expect(split?.usdPerMonth).toBeLessThan(chosen.usdPerMonth);
    expect(split?.usdPerMonth).toBeCloseTo(
      (prefill?.candidate.usdPerMonth ?? 0) + (decode?.candidate.usdPerMonth ?? 0),
      6,
    );
    expect(split?.savesUsdPerMonth).toBeCloseTo(chosen.usdPerMonth - (split?.usdPerMonth ?? 0), 6);
    const move = cacheTransferSeconds(smallModel, 'bf16', 6000);
    expect((prefill?.candidate.prediction.ttftSeconds.p95 ?? 9) + move).toBeLessThanOrEqual(3);
    expect(decode?.candidate.prediction.tpotSeconds.p95).toBeLessThanOrEqual(0.02);
    // Slow networks do not take part.
    const slow = asked.offers.map((row) => ({ ...row, networkBitsPerSecond: 10e9 }));
    expect(feasible({ ...asked, offers: slow }).splits).toBeUndefined();
  });

  test('short requests go to small cards where only the long ones need a large one', () => {
    const asked = requirement({
      ...busy,
      load: { ...busy.load, expectedRequestsPerSecond: 90, peakRequestsPerSecond: 120 },
      maxModelLen: 60_000,
      inputTokens: { kind: 'lognormal', meanTokens: 900, p95Tokens: 3000 },
      slo: { ttftSeconds: { p95: 5 }, tpotSeconds: { p95: 0.2 } },
      offers: [offer('s.cheap', 'SMALL', 1, 0.25), offer('l.one', 'LARGE', 1, 8)],
    });
    const { chosen, splits } = feasible(asked);
    const split = splits?.find(({ kind }) => kind === 'by-request-size');
    expect(split?.pools.map(({ candidate }) => candidate.gpuId)).toEqual(['SMALL', 'LARGE']);
    expect(split?.usdPerMonth).toBeLessThan(chosen.usdPerMonth);
  });

  test('a small service is left whole, and says what two pools would cost', () => {
    const { chosen, splits, splitsLost } = feasible(requirement());
    expect(splits).toBeUndefined();
    expect(splitsLost?.map(({ kind }) => kind).sort()).toEqual(['by-request-size', 'prefill-decode']);
    for (const { reason, usdPerMonth, leastUsdPerMonth } of splitsLost ?? []) {
      expect(reason.length).toBeGreaterThan(10);
      expect(usdPerMonth ?? leastUsdPerMonth ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(chosen.usdPerMonth);
    }
  });

  test('each way is either a split that saves or a loss with its reason, whatever is asked', () => {
    const cases: readonly Partial<ServingRequirement>[] = [
      {},
      { inputTokens: { kind: 'constant', tokens: 800 } },
      { slo: { endToEndSeconds: { p95: 20 } } },
      { offers: offers.map((row) => ({ ...row, networkBitsPerSecond: 10e9 })) },
      { ...busy, slo: { ttftSeconds: { p95: 3 }, tpotSeconds: { p95: 0.05 } } },
    ];
    for (const change of cases) {
      const { chosen, splits = [], splitsLost = [] } = feasible(requirement(change));
      expect([...splits, ...splitsLost].map(({ kind }) => kind).sort()).toEqual(['by-request-size', 'prefill-decode']);
      for (const { usdPerMonth, pools = [] } of [...splits, ...splitsLost]) {
        const sum = pools.reduce((total, { candidate }) => total + candidate.usdPerMonth, 0);
        expect(pools).toHaveLength(usdPerMonth === undefined ? 0 : 2);
        expect(sum).toBeCloseTo(usdPerMonth ?? 0, 6);
      }
      for (const split of splits) {
        expect(split.usdPerMonth).toBeLessThan(chosen.usdPerMonth);
        expect(split.usdPerMonthPeak).toBeLessThanOrEqual(requirement(change).ceilingUsdPerMonth ?? 0);
      }
    }
    expect(
      feasible(requirement({ load: { kind: 'closed-loop', concurrency: 1 }, slo: {} })).splitsLost,
    ).toBeUndefined();
  });
});

describe('machines', () => {
  const layout = { tensorParallelSize: 2, pipelineParallelSize: 1, dataParallelSize: 1, expertParallelSize: 1 };

  test('tensor parallel groups stay inside a node, pipeline stages may span nodes', () => {
    expect(packReplica(layout, 8)).toEqual({ nodesPerReplica: 1, replicasPerNode: 4 });
    expect(packReplica(layout, 1)).toBeUndefined();
    expect(packReplica({ ...layout, tensorParallelSize: 8, pipelineParallelSize: 2 }, 8)).toEqual({
      nodesPerReplica: 2,
      replicasPerNode: 1,
    });
  });

  test.each([
    [3, 1, 1, { replicas: 4, nodes: 4 }],
    [3, 1, 4, { replicas: 6, nodes: 2 }],
    [4, 1, 4, { replicas: 8, nodes: 2 }],
    [9, 1, 4, { replicas: 12, nodes: 4 }],
    [3, 0, 4, { replicas: 3, nodes: 1 }],
  ])('%i needed, %i spare, %i a node: the fullest node may be lost', (needed, spare, replicasPerNode, expected) => {
    const planned = planReplicas(needed, spare, { nodesPerReplica: 1, replicasPerNode });
    expect(planned).toEqual(expected);
    const fullest = Math.ceil(planned.replicas / planned.nodes);
    expect(planned.replicas - spare * fullest).toBeGreaterThanOrEqual(needed);
  });

  test('a GPU that no source describes is refused with that reason', () => {
    const { memoryBytesPerSecond: _, ...unknown } = gpus[0] as (typeof gpus)[number];
    const result = sizeServing(requirement({ offers: [offer('u.large', 'UNKNOWN', 1, 0.1)] }), {
      gpus: [{ ...unknown, id: 'UNKNOWN' }],
    });
    expect(result.feasible).toBe(false);
    if (!result.feasible) expect(result.shortfall.rejected[0]?.reason).toContain('memory bandwidth');
  });

  test('an idle replica that misses a goal is refused without a simulation', () => {
    const asked = requirement({ slo: { tpotSeconds: { p50: 0.001 } } });
    const evaluator = createEvaluator(asked);
    const { choices } = enumerateChoices(asked, catalog);
    for (const choice of choices) {
      expect(missWhenIdle(evaluator.engineOf(choice), choice, asked, evaluator.shape)?.goal).toBe('latency.tpotMs.p50');
      expect(fewestReplicas(asked, evaluator, choice)).toBeGreaterThan(0);
    }
    expect(evaluator.simulations()).toBe(0);
    expect(smallModel.numLayers).toBe(32);
  });
});

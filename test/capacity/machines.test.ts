import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { committedNodes, monthlyCost } from '../../lib/capacity/cost.ts';
import { offerGroups } from '../../lib/capacity/offer-groups.ts';
import { replicaLoad, sizingLoad } from '../../lib/capacity/search.ts';
import { createEvaluator, goalShare, worstMiss } from '../../lib/capacity/search-evaluate.ts';
import { enumerateChoices } from '../../lib/capacity/search-space.ts';
import { sizeServing } from '../../lib/capacity/size-serving.ts';
import type { Candidate, Purchase, ServingRequirement } from '../../lib/capacity/types.ts';
import type { Offer } from '../../lib/catalog/catalog.ts';
import { hoursPerMonth } from '../../lib/catalog/prices.ts';
import { gpus, offer, requirement } from './fixtures.ts';

function chosen(asked: ServingRequirement): Candidate {
  const result = sizeServing(asked, { gpus });
  if (!result.feasible) throw new Error(JSON.stringify(result.shortfall.limits));
  return result.plan.chosen;
}

const mixed = 'reserved-1y-no-upfront+on-demand' as const;
const ways: readonly Purchase[] = ['on-demand', 'spot', 'reserved-1y-no-upfront', mixed, 'owned'];

describe('what machines cost a month', () => {
  const nodes = fc
    .tuple(fc.nat(20), fc.nat(20), fc.nat(20))
    .map(([minimum, more, most]) => ({ minimum, expected: minimum + more, peak: minimum + more + most }));
  const rates = fc.tuple(
    fc.double({ min: 0.1, max: 90, noNaN: true }),
    fc.double({ min: 0.2, max: 0.95, noNaN: true }),
  );

  test('the peak is never below the expected, and a machine more never costs less', () => {
    fc.assert(
      fc.property(nodes, rates, fc.constantFrom(...ways), (count, [rate, share], purchase) => {
        const priced = {
          usdPerNodeHour: rate,
          usdPerNodeHourAtMost: rate * 1.2,
          ...(purchase.startsWith('reserved') ? { committedUsdPerNodeHour: rate * share } : {}),
        };
        const { expected, peak } = monthlyCost(count, priced, purchase, hoursPerMonth);
        expect(peak).toBeGreaterThanOrEqual(expected);
        const more = monthlyCost({ ...count, peak: count.peak + 1 }, priced, purchase, hoursPerMonth);
        expect(more.peak).toBeGreaterThan(peak);
        expect(more.expected).toBeGreaterThanOrEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('a committed base is never dearer than all on demand, at any load, and covers only what always runs', () => {
    fc.assert(
      fc.property(nodes, rates, (count, [rate, share]) => {
        const onDemand = { usdPerNodeHour: rate, usdPerNodeHourAtMost: rate };
        const based = { ...onDemand, committedUsdPerNodeHour: rate * share };
        const [base, plain] = [
          monthlyCost(count, based, mixed, hoursPerMonth),
          monthlyCost(count, onDemand, 'on-demand', hoursPerMonth),
        ];
        expect(base.expected).toBeLessThanOrEqual(plain.expected + 1e-6);
        expect(base.peak).toBeLessThanOrEqual(plain.peak + 1e-6);
        expect(committedNodes(mixed, count)).toBe(count.minimum);
        const saved = count.minimum * rate * (1 - share) * hoursPerMonth;
        expect(plain.expected - base.expected).toBeCloseTo(saved, 5);
      }),
      { numRuns: 200 },
    );
  });
});

describe('how machines are bought', () => {
  const bursty = requirement({
    load: { kind: 'online', expectedRequestsPerSecond: 4, peakRequestsPerSecond: 12, burstiness: 1 },
  });

  test('what always runs is committed and the rest on demand, where both are allowed', () => {
    const plain = chosen(bursty);
    const base = chosen({ ...bursty, purchases: ['on-demand', 'reserved-1y-no-upfront', mixed] });
    expect(base.purchase).toBe(mixed);
    expect(base.committed?.nodes).toBe(base.nodes.minimum);
    expect(base.nodes.peak).toBeGreaterThan(base.nodes.minimum);
    expect(base.usdPerMonth).toBeLessThan(plain.usdPerMonth);
    const { nodes, usdPerNodeHour, committed } = base;
    const above = (count: number) => (count - nodes.minimum) * usdPerNodeHour;
    const paid = nodes.minimum * (committed?.usdPerNodeHour ?? Number.NaN);
    expect(base.usdPerMonth).toBeCloseTo((paid + above(nodes.expected)) * 730, 6);
    expect(base.usdPerMonthPeak).toBeCloseTo((paid + above(nodes.peak)) * 730, 6);
  });

  test('one more way to buy is never dearer, whatever the load', () => {
    const orders: readonly Purchase[] = ['on-demand', 'reserved-1y-no-upfront', mixed];
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 12, noNaN: true }),
        fc.double({ min: 1, max: 6, noNaN: true }),
        (rate, burst) => {
          const load = {
            kind: 'online',
            expectedRequestsPerSecond: rate,
            peakRequestsPerSecond: rate * burst,
            burstiness: 1,
          } as const;
          const costs = [1, 2, 3].map((count) => {
            const purchases = orders.slice(0, count) as [Purchase, ...Purchase[]];
            return chosen(requirement({ load, purchases, slo: {}, ceilingUsdPerMonth: 500_000 })).usdPerMonth;
          });
          expect(costs).toEqual(costs.toSorted((a, b) => b - a));
        },
      ),
      { numRuns: 6, seed: 21 },
    );
  });

  test('a load that never moves is committed whole', () => {
    const flat = requirement({
      load: { kind: 'online', expectedRequestsPerSecond: 1, peakRequestsPerSecond: 1, burstiness: 1 },
      purchases: ['on-demand', 'reserved-1y-no-upfront', mixed],
    });
    const plan = chosen(flat);
    expect(plan.nodes.minimum).toBe(plan.nodes.peak);
    expect(plan.purchase).toBe('reserved-1y-no-upfront');
    expect(plan.instanceTypes).toHaveLength(1);
    expect(plan.oneTypeBecause).toContain('committed');
  });

  test('spot must leave room under the ceiling for the on-demand machines it falls back to', () => {
    const batch = requirement({
      load: { kind: 'batch', requestsPerRun: 100_000, finishWithinSeconds: 4 * 3600, runsPerMonth: 20 },
      slo: {},
      purchases: ['spot'],
    });
    const plan = chosen(batch);
    // Spot starts whichever type of the pool it has more of, so each counts as the dearest.
    const most = (of: 'usdPerHour' | 'usdPerHourAtMost') => Math.max(...plan.machines.map((machine) => machine[of]));
    expect(plan.machines.length).toBeGreaterThan(1);
    expect(most('usdPerHourAtMost')).toBeGreaterThan(most('usdPerHour'));
    expect(plan.usdPerMonth).toBeCloseTo(plan.nodes.expected * most('usdPerHour') * plan.hoursPerMonth, 6);
    expect(plan.usdPerMonthPeak).toBeCloseTo(plan.nodes.peak * most('usdPerHourAtMost') * plan.hoursPerMonth, 6);
    const tight = sizeServing({ ...batch, ceilingUsdPerMonth: plan.usdPerMonthPeak * 0.5 }, { gpus });
    if (tight.feasible) {
      expect(tight.plan.chosen.usdPerMonthPeak).toBeLessThanOrEqual(plan.usdPerMonthPeak * 0.5);
    }
  });
});

describe('a second machine type', () => {
  const one = (gpuId: string, count: number, price: number): Offer => offer(`${gpuId}.${count}`, gpuId, count, price);

  test('is taken wherever the region has one with the same GPU and count', () => {
    for (const { gpuId, gpusPerNode, machines } of offerGroups(requirement()).groups) {
      const same = requirement().offers.filter(({ gpu }) => gpu?.id === gpuId && gpu.count === gpusPerNode);
      expect(machines.length).toBeGreaterThanOrEqual(Math.min(2, same.length));
      expect(machines.map(({ usdPerHour }) => usdPerHour)).toEqual(
        machines.map(({ usdPerHour }) => usdPerHour).sort((a, b) => a - b),
      );
    }
  });

  test('of another GPU holds the same replicas inside every goal', () => {
    const asked = requirement({ offers: [one('MIDDLE', 1, 1.9), one('LARGE', 1, 3), one('SMALL', 1, 1.7)] });
    const plan = chosen(asked);
    expect(plan.gpuId).toBe('MIDDLE');
    expect(plan.instanceTypes).toEqual(['MIDDLE.1', 'LARGE.1']);
    const evaluator = createEvaluator(asked);
    const twin = enumerateChoices(asked, { gpus }).choices.find(
      ({ deployment: { gpu, layout, limits, precision } }) =>
        gpu.id === 'LARGE' &&
        precision === plan.precision &&
        JSON.stringify([layout, limits]) === JSON.stringify([plan.layout, plan.limits]),
    );
    if (!twin) throw new Error('no twin');
    const needed = plan.replicas.peak - 1;
    const load = replicaLoad(asked, needed, sizingLoad(asked));
    const share = goalShare(evaluator.engineOf(twin).stepTime);
    expect(worstMiss(evaluator.serve(twin, load), asked.slo, share)).toBeUndefined();
  });

  test('fails when no other GPU holds them: the reason names what was looked at', () => {
    const weaker = requirement({
      offers: [one('LARGE', 1, 1), one('SMALL', 1, 0.9)],
      slo: { tpotSeconds: { p95: 0.015 } },
    });
    const plan = chosen(weaker);
    expect(plan.instanceTypes).toEqual(['LARGE.1']);
    expect(plan.oneTypeBecause).toContain('SMALL.1');
    expect(chosen({ ...weaker, offers: [one('LARGE', 1, 1)] }).oneTypeBecause).toContain('offers no other machine');
    const quota = { ...weaker, slo: {}, offers: [one('SMALL', 1, 0.5), one('LARGE', 1, 3)], gpuQuota: { LARGE: 1 } };
    expect(chosen(quota).oneTypeBecause).toContain('quota');
  });

  test('stands in on demand for a machine that is committed, whether or not it could be committed itself', () => {
    const plain = one('LARGE', 1, 3);
    const prices = plain.prices.map(({ reserved1yNoUpfrontUsdPerHour: _, ...price }) => price);
    const asked = requirement({
      offers: [one('MIDDLE', 1, 1.9), { ...plain, prices }],
      purchases: ['on-demand', 'reserved-1y-no-upfront', mixed],
      load: { kind: 'online', expectedRequestsPerSecond: 2, peakRequestsPerSecond: 8, burstiness: 1 },
    });
    const plan = chosen(asked);
    expect(plan.purchase).toBe(mixed);
    expect(plan.machines.map(({ usdPerHour }) => usdPerHour)).toEqual([1.9, 3]);
  });

  test('is left out where the answers hold a reservation of the first', () => {
    const plan = chosen(requirement({ gpuAllowList: ['MIDDLE'], heldTypes: ['m.large'] }));
    expect(plan.instanceTypes).toEqual(['m.large']);
    expect(plan.oneTypeBecause).toContain('reservation');
  });

  test('in a pool of several nodes a replica can work together with the others', () => {
    const far = { ...one('LARGE', 8, 60), instanceType: 'far', efaInterfaces: 0 };
    const near = [one('LARGE', 8, 55), far, { ...one('LARGE', 8, 61), instanceType: 'near' }];
    const [group] = offerGroups(requirement({ offers: near })).groups;
    expect(group?.machines.map(({ instanceType }) => instanceType)).toEqual(['LARGE.8', 'near']);
  });
});

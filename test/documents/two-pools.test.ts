import { describe, expect, test } from 'vitest';
import { printPlan } from '../../bin/print-plan.ts';
import type { SplitPlan } from '../../lib/capacity/types.ts';
import { twoPools, twoPoolsReasons } from '../../lib/decisions/two-pools.ts';
import { documentArtifacts } from '../../lib/documents/index.ts';
import { comparePlans } from '../../lib/explain/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';
import { templates } from './templates.ts';

const base = fixturePlan();
const capacity = base.capacity as NonNullable<Plan['capacity']>;
const { chosen } = capacity;

const phases: SplitPlan = {
  kind: 'prefill-decode',
  pools: [
    { role: 'prefill', candidate: { ...chosen, gpuId: 'H100-SXM', usdPerMonth: 1000 } },
    { role: 'decode', candidate: { ...chosen, gpuId: 'H200', usdPerMonth: 1500 } },
  ],
  usdPerMonth: 2500,
  usdPerMonthPeak: 4000,
  savesUsdPerMonth: 773,
  cacheMoveSeconds: 0.1,
};
const plan: Plan = {
  ...base,
  capacity: {
    ...capacity,
    splits: [phases],
    splitsLost: [{ kind: 'by-request-size', reason: 'every prompt is of the same length' }],
  },
};

const architecture = (of: Plan) =>
  documentArtifacts(of, templates, { runbookRows: [] }).find(({ path }) => path === 'docs/architecture.md')?.contents ??
  '';

describe('two pools instead of one', () => {
  const [saving, losing] = twoPools(plan.capacity ?? capacity);

  test('those that save come first, with pools, percentiles and the saving', () => {
    expect(saving).toMatchObject({ kind: 'prefill-decode', savesUsdPerMonth: 773, difference: '773 USD a month less' });
    expect(saving?.pools).toHaveLength(2);
    const first = chosen.prediction.ttftSeconds.p95 + 0.1;
    expect(saving?.latency).toContain(`P95 ${Math.round(first * 1000)} ms with 100 ms to move the cache`);
    expect(losing).toMatchObject({ kind: 'by-request-size', savesUsdPerMonth: 0, difference: 'nothing saved' });
  });

  test.each([
    ['the terminal', printPlan(plan)],
    ['the architecture page', architecture(plan).replaceAll('\\', '')],
    ['the decision', twoPoolsReasons(plan.capacity ?? capacity).join(' ')],
  ])('%s says what they save, and that one pool is raised', (_where, text) => {
    expect(text).toContain('773 USD a month less');
    expect(text).toMatch(/H200/);
    expect(text).toMatch(/generation raises the one pool/i);
    expect(text).toMatch(/every prompt is of the same length/i);
  });

  test('a comparison names a split that began to pay', () => {
    const moved = comparePlans({ ...base, capacity }, plan, () => undefined).differences;
    expect(moved.find(({ id }) => id === 'twoPools.prefill-decode')?.to).toBe('would save 773 USD a month');
  });

  test('nothing is shown where nothing was looked at', () => {
    expect(printPlan(base)).not.toContain('Two pools');
    expect(architecture(base)).not.toContain('Two pools');
  });
});

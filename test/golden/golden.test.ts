import { describe, expect, test } from 'vitest';
import { printPlan } from '../../bin/print-plan.ts';
import { readTemplates } from '../../bin/templates.ts';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { projectArtifacts } from '../../blueprints/project/index.ts';
import { makePlan } from '../../lib/make-plan.ts';
import { type Plan, readPlan } from '../../lib/plan/plan.ts';

const catalog = loadCatalog(products);
const templates = readTemplates();

function planOf(id: keyof typeof presets): Plan {
  const outcome = makePlan(structuredClone(presets[id].answers), catalog);
  if (!outcome.ok) throw new Error(`${id} is ${outcome.kind}: ${JSON.stringify(outcome.reasons, null, 2)}`);
  return outcome.value;
}

/** A diff of `<preset>.txt` is news for a reader: what a change of rule, model or price moved. */
describe.each(Object.keys(presets) as (keyof typeof presets)[])('golden scenario %s', (id) => {
  const plan = planOf(id);

  test('the plan reads as before', async () => {
    await expect(printPlan(plan)).toMatchFileSnapshot(`${id}.txt`);
  });

  test('the plan survives JSON and its own schema', () => {
    expect(readPlan(JSON.stringify(plan))).toEqual(JSON.parse(JSON.stringify(plan)));
  });

  test('the largest configuration stays under the ceiling, recomputed from the pools', () => {
    const { proof } = plan.spend;
    const gpus = plan.cost.lines.filter((line) => line.id.startsWith('cluster.gpu.'));
    expect(gpus.reduce((sum, line) => sum + line.usdPerMonth.maximum, 0)).toBeCloseTo(proof.gpuUsdAtMaximum, 1);
    expect(proof.fixedUsd + proof.gpuUsdAtMaximum).toBeCloseTo(proof.totalUsd, 1);
    expect(proof.totalUsd).toBeLessThanOrEqual(plan.requirements.infrastructure.costCeilingUsdPerMonth);
    for (const model of plan.models.filter((row) => row.gpusPerReplica > 0)) {
      const pool = plan.platform.nodePools.find((row) => row.id === model.nodePool);
      expect(model.replicas.maximum * model.gpusPerReplica).toBeLessThanOrEqual(pool?.gpuLimit ?? 0);
    }
  });

  test('planning and generating twice gives equal bytes', async () => {
    const first = await projectArtifacts(plan, templates);
    const second = await projectArtifacts(planOf(id), templates);
    expect(second).toEqual(first);
    expect(first.map((artifact) => artifact.path)).toEqual([...new Set(first.map((artifact) => artifact.path))].sort());
  });
});

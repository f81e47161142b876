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

/** What a reader of a document stumbles over, whatever the plan says. */
const slips: Readonly<Record<string, RegExp>> = {
  'a plural left open': /\w\(s\)/,
  'a plural of one':
    /(?<![\d.,/–-]|to )1 (replicas|nodes|machines|pods|models|GPUs|days|hours|zones|rules|resources|problems|documents)\b/,
  'digits without groups': /(?<![\d.,-])\d{5,}(\.\d+)? (USD|ms|tokens|vectors|documents|requests|seconds)\b/,
  'days or milliseconds without groups': /(?<![\d.,-])\d{4,}(\.\d+)? (ms|days|hours)\b/,
  'a schedule in cron': /(?<![\d*/])(\*\/\d+|\d{1,2}|\*)( (\*\/\d+|\d{1,2}|\*)){4}(?![\d*])/,
  'a source nobody can look up': /public (GitHub )?file[ ,]|index id \d|file index/,
  'no money with cents': /\b0\.00 USD/,
  'a sentence said twice': /([A-Z][^.|]{20,}\.) \1/,
  'two full stops': /[a-z)]\.\.(\s|$)/m,
};

/** A diff of `<preset>.txt` is news for a reader: what a change of rule, model or price moved. */
describe.each(Object.keys(presets) as (keyof typeof presets)[])('golden scenario %s', (id) => {
  const plan = planOf(id);
  const written = projectArtifacts(plan, templates);

  test('the plan reads as before', async () => {
    await expect(printPlan(plan)).toMatchFileSnapshot(`${id}.txt`);
  });

  test('the plan survives JSON and its own schema', () => {
    expect(readPlan(JSON.stringify(plan))).toEqual(JSON.parse(JSON.stringify(plan)));
  });

  test('each line of the bill is its quantity times the price of one', () => {
    for (const { id, quantity, usdPerUnit, usdPerMonth } of plan.cost.lines)
      expect(Math.abs(quantity * usdPerUnit - usdPerMonth.expected), id).toBeLessThan(
        0.01 + usdPerMonth.expected / 1000,
      );
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

  test('no document makes its reader stumble', async () => {
    const pages = (await written).filter(({ path }) => path.endsWith('.md'));
    const found = pages.flatMap(({ path, contents }) =>
      Object.entries(slips).flatMap(([what, slip]) => {
        const prose = contents.replace(/```[\s\S]*?```/g, '').replace(/\\(?=\*)/g, '');
        const at = slip.exec(prose);
        return at ? [`${path}: ${what}: ${prose.slice(Math.max(0, at.index - 40), at.index + 80)}`] : [];
      }),
    );
    expect(found).toEqual([]);
  });

  test('planning and generating twice gives equal bytes', async () => {
    const first = await written;
    const second = await projectArtifacts(planOf(id), templates);
    expect(second).toEqual(first);
    expect(first.map((artifact) => artifact.path)).toEqual([...new Set(first.map((artifact) => artifact.path))].sort());
  });
});

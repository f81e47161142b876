import { describe, expect, test } from 'vitest';
import { planFrom } from '../../bin/planning.ts';
import { projectArtifacts } from '../../bin/project-artifacts.ts';
import { withEmitterLinks } from '../../blueprints/links.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { explain } from '../../lib/explain/index.ts';
import { readPlan } from '../../lib/plan/plan.ts';

/** High enough that prices and sizes may move without emptying this test. */
const set = ['infrastructure.costCeilingUsdPerMonth=300000'];

describe.each(Object.keys(presets))('preset %s', (preset) => {
  test('every resource, flag and alert leads back to an answer', { timeout: 60_000 }, async () => {
    const planned = await planFrom({ preset, set });
    if (!planned.ok) throw new Error(JSON.stringify(planned.reasons, null, 1));
    const plan = await withEmitterLinks(planned.value.plan);
    const ends = new Set(plan.links.map((link) => link.to).filter((node) => /^(resource|flag|alert):/.test(node)));
    for (const alert of plan.alerts) ends.add(`alert:${alert.id}`);
    expect(ends.size).toBeGreaterThan(30);
    const lost = [...ends].filter(
      (node) =>
        !explain(plan, node.slice(node.indexOf(':') + 1))?.because.some((link) => link.from.startsWith('answer:')),
    );
    expect(lost).toEqual([]);
  });
});

test('the plan.json of a project carries the links that are raised for a plan alone', async () => {
  const planned = planFrom({ preset: 'support-chat-rag', set });
  if (!planned.ok) throw new Error(JSON.stringify(planned.reasons, null, 1));
  const { plan } = planned.value;
  const written = (await projectArtifacts(plan)).find(({ path }) => path === 'plan.json');
  expect(readPlan(written?.contents ?? '').links).toEqual((await withEmitterLinks(plan)).links);
});

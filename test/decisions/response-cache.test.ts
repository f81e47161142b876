import { expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { kubernetesArtifacts } from '../../blueprints/kubernetes/index.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { makePlan } from '../../lib/make-plan.ts';

test('D5.4: an answer is found by its meaning only where a gateway’s cache can; the shipped ones raise what they promise', async () => {
  const { answers } = presets['support-chat-rag'];
  const plan = makePlan(
    {
      ...answers,
      application: { ...answers.application, repeatedQuestions: true, exposure: 'internal' },
      compliance: { ...answers.compliance, pii: 'none', frameworks: [] },
    },
    loadCatalog(products),
  );
  if (!plan.ok) throw new Error(JSON.stringify(plan.reasons));
  expect(plan.value.gateway.cache).toEqual({ kind: 'exact', ttlSeconds: 3600 });
  expect((await kubernetesArtifacts(plan.value)).length).toBeGreaterThan(0);
});

import { describe, expect, test } from 'vitest';
import type { ModelServerBlueprint } from '../../blueprints/contract.ts';
import { kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import { workloadsOf } from '../../blueprints/kubernetes/workload-view.ts';
import { modelServers } from '../../blueprints/model-servers/index.ts';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';

const base = fixturePlan();
const [chat] = base.models as [ServedModel];
const manyUsers = {
  model: { kind: 'chat' } as never,
  multiUser: true,
  cpuOnly: false,
  precision: 'bf16',
  vendor: 'nvidia',
} as const;

describe.each(Object.entries(modelServers) as [string, ModelServerBlueprint][])('model server %s', (id, server) => {
  const model: ServedModel = { ...chat, server: id };
  const plan: Plan = fixturePlan({ models: [model], alerts: [] });

  test('the record is whole: row, version, pros, cons, reversal, sources, runbook', () => {
    expect(server.rows.every((row) => /^D3\.\d$/.test(row))).toBe(true);
    expect(server.version).toMatch(/\d/);
    expect(server.pros.length * server.cons.length).toBeGreaterThan(0);
    expect(server.reversal).toMatch(/\.$/);
    expect(server.sources.length * server.runbook.length).toBeGreaterThan(0);
  });

  test('arguments are the same each time, name every flag once and hold no secret', () => {
    const first = server.arguments(model, plan);
    expect(server.arguments(structuredClone(model), plan)).toEqual(first);
    const flags = first.filter((each) => each.startsWith('--')).map((each) => each.split('=')[0]);
    expect(new Set(flags).size).toBe(flags.length);
    expect(first.join(' ')).not.toMatch(/api-key|token=|password/i);
    expect(first.join(' ')).not.toContain('trust-remote-code');
  });

  test('the batch limit of the plan reaches the server (D5.1)', async () => {
    const changed = fixturePlan({ models: [{ ...model, limits: { ...model.limits, maxNumSeqs: 37 } }], alerts: [] });
    const [workload] = workloadsOf([...(await kubernetesObjects(changed)).values()].flat()).filter(
      ({ name, namespace }) => name === 'chat' && namespace === 'serving',
    );
    const pod = JSON.stringify(workload?.templates[0]?.spec);
    expect(pod).toMatch(/\b37\b/);
  });

  test('it serves its model from the account’s own copy, by checksum (P3)', async () => {
    const [workload] = workloadsOf([...(await kubernetesObjects(plan)).values()].flat()).filter(
      ({ name, namespace }) => name === 'chat' && namespace === 'serving',
    );
    const fetch = workload?.templates[0]?.spec.initContainers?.[0];
    expect(fetch?.command?.join(' ')).toContain('sha256sum --check');
    expect(fetch?.args).toContain(`models/${chat.modelId}/${chat.revision}/`);
  });

  test('several users are served by all but the one that is for one (D3.4)', () => {
    expect(server.unmet(manyUsers).length > 0).toBe(id === 'ollama');
  });

  test('a machine without GPU is for the servers that need none (D3.5)', () => {
    const use = { ...manyUsers, multiUser: false, cpuOnly: true, precision: 'gguf-q4-k-m' };
    expect(server.unmet(use).length === 0).toBe(['ollama', 'llama-cpp'].includes(id));
  });
});

import { describe, expect, test } from 'vitest';
import { kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import { sleepCommands, sleepingModels } from '../../blueprints/kubernetes/sleep.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { awakeHoursPerMonth, sleepingPools } from '../../lib/plan/sleep.ts';
import { plans } from './plans.ts';

const asleep = plans['asleep under Karpenter, on Amazon Linux'] as Plan;
const roleOf = async (plan: Plan) =>
  [...(await kubernetesObjects(plan)).values()]
    .flat()
    .find(({ kind, metadata }) => kind === 'Role' && metadata.name === 'sleep');

describe('replicas that sleep', () => {
  test('each kind of workload is changed in its own way, and back to what it was', () => {
    expect(sleepCommands(asleep, 'sleep')).toEqual([
      'kubectl scale leaderworkerset chat --namespace serving --replicas=0',
      'kubectl annotate scaledobject guard --namespace serving autoscaling.keda.sh/paused-replicas=0 --overwrite',
      'kubectl scale deployment embedding --namespace serving --replicas=0',
    ]);
    expect(sleepCommands(asleep, 'wake')).toEqual([
      'kubectl scale leaderworkerset chat --namespace serving --replicas=2',
      'kubectl annotate scaledobject guard --namespace serving autoscaling.keda.sh/paused-replicas-',
      'kubectl scale deployment embedding --namespace serving --replicas=1',
    ]);
  });

  test('the role may do what the commands ask, by name', async () => {
    const rules = (await roleOf(asleep))?.rules as { resources: string[]; resourceNames: string[]; verbs: string[] }[];
    const may = (resource: string, name: string, verb: string) =>
      rules.some(
        ({ resources, resourceNames, verbs }) =>
          resources.includes(resource) && resourceNames.includes(name) && verbs.includes(verb),
      );
    expect(may('scaledobjects', 'guard', 'patch')).toBe(true);
    expect(may('leaderworkersets/scale', 'chat', 'patch')).toBe(true);
    expect(may('deployments/scale', 'embedding', 'patch')).toBe(true);
    expect(may('deployments', 'embedding', 'patch')).toBe(false);
  });

  test('nobody gets the role where nothing sleeps or node groups do', async () => {
    for (const provisioning of ['managed-node-groups', 'existing'] as const) {
      const plan = { ...asleep, platform: { ...asleep.platform, provisioning } };
      expect(sleepingModels(plan)).toEqual([]);
      expect(await roleOf(plan)).toBeUndefined();
    }
    const production = { ...asleep, spend: { ...asleep.spend, scaleToZero: false } };
    expect(await roleOf(production)).toBeUndefined();
  });
});

describe('pools that sleep', () => {
  const pools = (changes: Partial<Plan['platform']>, pattern: 'interactive' | 'batch' = 'interactive') =>
    sleepingPools({
      platform: { ...asleep.platform, ...changes },
      requirements: { throughput: { pattern } },
    }).map(({ id }) => id);

  test.each([
    ['node groups: all', pools({ provisioning: 'managed-node-groups' }), ['general', 'chat', 'retrieval']],
    ['Karpenter: those with GPUs', pools({ provisioning: 'karpenter' }), ['chat', 'retrieval']],
    ['auto mode: those with GPUs', pools({ provisioning: 'auto-mode', environment: 'staging' }), ['chat', 'retrieval']],
    ['an existing cluster: none', pools({ provisioning: 'existing' }), []],
    ['production: none', pools({ environment: 'prod' }), []],
    ['a batch, which may run at night: none', pools({}, 'batch'), []],
  ])('%s', (_title, found, expected) => {
    expect(found).toEqual(expected);
  });

  test('fourteen hours of five days are 304 of the 730 hours of a month', () => {
    expect(awakeHoursPerMonth).toBeCloseTo(304.17, 2);
  });
});

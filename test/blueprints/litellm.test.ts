import { describe, expect, test } from 'vitest';
import { callLimits, litellmConfig } from '../../blueprints/gateways/litellm/config.ts';
import { publicPaths } from '../../blueprints/kubernetes/entry.ts';
import { kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import { field } from '../../blueprints/kubernetes/workload-view.ts';
import { fixturePlan } from '../fixtures/plan.ts';
import { plans } from '../kubernetes/plans.ts';

const plan = fixturePlan();
const config = (of = plan) => litellmConfig(of) as Record<string, Record<string, unknown>>;
const models = (of = plan) =>
  litellmConfig(of).model_list as { model_name: string; litellm_params: Record<string, unknown> }[];

describe('the configuration of LiteLLM', () => {
  test('a self-hosted model has a price per token, so that budgets trip (P5, P24)', () => {
    const chat = models().find(({ model_name }) => model_name === 'chat')?.litellm_params;
    expect(chat?.input_cost_per_token).toBeCloseTo(0.12e-6, 12);
    expect(chat?.output_cost_per_token).toBeCloseTo(0.71e-6, 12);
    expect(models().filter(({ litellm_params }) => litellm_params.input_cost_per_token === 0)).toEqual([]);
  });

  test('embedding goes through the same endpoint', () => {
    expect(models().map(({ model_name }) => model_name)).toEqual(['chat', 'embedding']);
  });

  test('budget, rate and token limits are the plan’s', () => {
    const { litellm_settings: settings } = config();
    expect(settings).toMatchObject({
      max_budget: 15_000,
      budget_duration: '30d',
      default_key_generate_params: { rpm_limit: 20, tpm_limit: 40_000 },
      upperbound_key_generate_params: { rpm_limit: 20, tpm_limit: 40_000 },
    });
  });

  test('what a fallback to a hosted model may spend is capped', () => {
    const { router_settings: router } = config(plans['hosted fallbacks']);
    expect(router).toMatchObject({
      fallbacks: [{ chat: ['chat-hosted'] }],
      provider_budget_config: { anthropic: { budget_limit: 150 }, bedrock: { budget_limit: 150 } },
    });
    expect(config().router_settings).not.toHaveProperty('provider_budget_config');
  });

  test('prompts are kept only by the audit path', () => {
    const silent = fixturePlan({ audit: { ...plan.audit, promptLog: false } });
    expect(config(silent).litellm_settings).toMatchObject({ turn_off_message_logging: true });
    expect(config().litellm_settings).toMatchObject({ turn_off_message_logging: false });
    expect(config().general_settings).toMatchObject({ store_prompts_in_spend_logs: false });
  });

  test('a secret is the name of a variable', () => {
    const text = JSON.stringify(litellmConfig(plans['hosted fallbacks'] ?? plan));
    for (const [, value] of text.matchAll(/"(?:master_key|api_key|password|redis_password|database_url)":"([^"]*)"/g)) {
      expect(value === 'none' || value?.startsWith('os.environ/')).toBe(true);
    }
  });

  test('every call has a limit of tokens and of cost (V6)', () => {
    expect(callLimits(plan)).toEqual({
      chat: { maxOutputTokens: 2048, maxUsdPerCall: 0.01, inputCost: 0.12e-6, outputCost: 0.71e-6 },
      embedding: { maxOutputTokens: 2048, maxUsdPerCall: 0.01, inputCost: 0.02e-6, outputCost: 0 },
    });
    for (const each of Object.values(plans).filter(({ gateway }) => gateway.id === 'litellm')) {
      const names = models(each).map(({ model_name }) => model_name);
      expect(Object.keys(callLimits(each)).sort()).toEqual([...new Set(names)].sort());
    }
  });
});

describe('the way in', () => {
  test('admits the public paths exactly, and none of the servers’ own', async () => {
    const ingress = (await kubernetesObjects(plan)).get('gateway')?.find(({ kind }) => kind === 'Ingress');
    const rules = field(ingress, 'spec', 'rules') as { http: { paths: { path: string; pathType: string }[] } }[];
    const paths = rules.flatMap(({ http }) => http.paths);
    expect(paths.map(({ path }) => path)).toEqual([...publicPaths]);
    expect(paths.every(({ pathType }) => pathType === 'Exact')).toBe(true);
    expect(
      publicPaths.filter((path) => /metrics|pause|sleep|tokenize|invocations|load|reset|health/.test(path)),
    ).toEqual([]);
  });

  test('is internal unless use is public and the zone is the answers’ own (V2)', async () => {
    const scheme = async (of = plan) =>
      field(
        (await kubernetesObjects(of)).get('gateway')?.find(({ kind }) => kind === 'Ingress'),
        'metadata',
        'annotations',
        'alb.ingress.kubernetes.io/scheme',
      );
    const owned = { ...plan, platform: { ...plan.platform, existing: { hostedZoneName: 'example.com' } } };
    expect(await scheme()).toBe('internal');
    expect(await scheme(owned)).toBe('internet-facing');
  });
});

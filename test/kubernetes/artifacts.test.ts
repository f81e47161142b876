import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import {
  kubernetesArtifacts,
  kubernetesLinks,
  kubernetesObjects,
  prerequisites,
} from '../../blueprints/kubernetes/index.ts';
import { resourceId } from '../../blueprints/kubernetes/links.ts';
import { imagesOf, parseImage } from '../../blueprints/kubernetes/lock.ts';
import { modelServers } from '../../blueprints/model-servers/index.ts';
import { versions } from '../../blueprints/versions.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { plans } from './plans.ts';

describe.each(Object.entries(plans))('files of «%s»', (_name, plan) => {
  test('are the same bytes twice and name no moment', async () => {
    const [first, second] = [await kubernetesArtifacts(plan), await kubernetesArtifacts(structuredClone(plan))];
    expect(first).toEqual(second);
    expect(new Set(first.map(({ path }) => path)).size).toBe(first.length);
  });

  test('kustomization names every manifest, the lock every image', async () => {
    const files = new Map((await kubernetesArtifacts(plan)).map(({ path, contents }) => [path, contents]));
    const kustomization = parse(files.get('kubernetes/kustomization.yaml') ?? '') as {
      resources: string[];
      images: { name: string }[];
    };
    const names = kustomization.images.map(({ name }) => name);
    expect(new Set(names).size, 'one version a repository').toBe(names.length);
    for (const name of kustomization.resources) {
      expect(parseAllDocuments(files.get(`kubernetes/${name}`) ?? '').length).toBeGreaterThan(0);
    }
    const images = imagesOf([...(await kubernetesObjects(plan)).values()]).map(parseImage);
    const lock = files.get('kubernetes/images.lock') ?? '';
    for (const { repository, tag, digest } of images) expect(lock).toContain(`${repository} ${tag} ${digest ?? '-'}\n`);
  });

  test('every object and every flag has a reason', async () => {
    const links = await kubernetesLinks(plan);
    const explained = new Set(links.map(({ to }) => to));
    for (const [chart, objects] of await kubernetesObjects(plan)) {
      for (const object of objects) expect(explained).toContain(resourceId(chart, object));
    }
    for (const model of plan.models) {
      const server = Object.entries(modelServers).find(([id]) => id === model.server)?.[1];
      for (const flag of server?.arguments(model, plan).filter((each) => each.startsWith('--')) ?? []) {
        expect(explained).toContain(`flag:${model.role}/${flag.split('=')[0]}`);
      }
    }
    expect(links.filter(({ because }) => because.length < 10)).toEqual([]);
    expect(links.filter(({ from }) => !/^(decision:D\d+|row:\w\d+(\.\d+)?|answer:[\w.]+)$/.test(from))).toEqual([]);
  });
});

describe('the table of versions', () => {
  test('names no floating tag, and a whole digest where it names one', () => {
    for (const [id, component] of Object.entries(versions)) {
      const { tag, digest } = component as { tag?: string; digest?: string };
      if (tag !== undefined) expect(tag, id).toMatch(/\d/);
      if (digest !== undefined) expect(digest, id).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(component.source.ref.length, id).toBeGreaterThan(5);
    }
  });
});

describe('a precision that must be made beforehand', () => {
  const [base] = Object.values(plans);
  const [chat] = base?.models ?? [];
  const prefix = async (precision: string, modelId: string) => {
    if (!base || !chat) throw new Error('no plan');
    const plan = { ...base, models: [{ ...chat, precision, modelId }] };
    const serving = JSON.stringify((await kubernetesObjects(plan)).get('serving-chat'));
    return serving.match(/models\/[^"]+\/[0-9a-f]{40}[^"/]*\//)?.[0];
  };
  test.each([
    ['int4', 'Qwen/Qwen3-14B', /-int4\/$/],
    ['int4', 'Qwen/Qwen3-14B-AWQ', /[0-9a-f]{40}\/$/],
    ['fp8', 'Qwen/Qwen3-14B', /[0-9a-f]{40}\/$/],
    ['q4_k_m', 'Qwen/Qwen3-8B', /-q4_k_m\/$/],
  ])('%s of %s is fetched from its own prefix, never served as something else', async (precision, id, expected) => {
    expect(await prefix(precision, id)).toMatch(expected);
  });
});

describe('controllers', () => {
  const names = (name: string) => prerequisites(plans[name] as Plan).map(({ component }) => component);
  test.each([
    [
      'aws, pgvector in the cloud',
      ['clusterAutoscaler', 'loadBalancerController', 'keda', 'dcgmExporter'],
      ['karpenter', 'leaderWorkerSet', 'gpuOperator', 'nvidiaDevicePlugin'],
    ],
    ['asleep under Karpenter, on Amazon Linux', ['karpenter', 'nvidiaDevicePlugin', 'dcgmExporter'], ['gpuOperator']],
    ['a replica over two machines', ['karpenter', 'leaderWorkerSet', 'efaDevicePlugin'], ['clusterAutoscaler']],
    ['replicas from zero', ['keda'], ['karpenter', 'clusterAutoscaler', 'loadBalancerController']],
    [
      'on-premises, pgvector in the cluster',
      ['gpuOperator', 'envoyGateway', 'cloudNativePg'],
      ['dcgmExporter', 'loadBalancerController'],
    ],
    ['Envoy AI Gateway', ['envoyGateway', 'envoyAiGateway', 'envoyAiGatewayCrds'], []],
    ['aws, Elasticsearch on Kubernetes', ['elasticOperator'], []],
  ] as const)('of «%s» are those it needs and no others', (plan, needed, none) => {
    expect(names(plan)).toEqual(expect.arrayContaining([...needed]));
    expect(names(plan).filter((each) => (none as readonly string[]).includes(each))).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import { plans } from './plans.ts';
import { schemaProblems } from './schemas.ts';

/** Kinds whose schema comes from no module; the conformance check covers what it can of them. */
const withoutSchema = new Set([
  'leaderworkerset.x-k8s.io/v1/LeaderWorkerSet',
  'eks.amazonaws.com/v1/NodeClass',
  'elasticsearch.k8s.elastic.co/v1/Elasticsearch',
  'aigateway.envoyproxy.io/v1beta1/AIGatewayRoute',
  'aigateway.envoyproxy.io/v1beta1/AIServiceBackend',
  'aigateway.envoyproxy.io/v1beta1/BackendSecurityPolicy',
]);

describe.each(Object.entries(plans))('manifests of «%s»', (_name, plan) => {
  test('are valid for the pinned Kubernetes and custom resources', async () => {
    const problems: string[] = [];
    for (const [chart, objects] of await kubernetesObjects(plan)) {
      for (const object of objects) {
        const type = `${object.apiVersion}/${object.kind}`;
        const found = schemaProblems(object);
        if (found === undefined && !withoutSchema.has(type)) problems.push(`${chart}: no schema for ${type}`);
        problems.push(...(found ?? []).map((each) => `${chart}/${object.kind}/${object.metadata.name}${each}`));
      }
    }
    expect(problems).toEqual([]);
  });
});

import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { labels, secretStore } from './names.ts';

/** A Kubernetes secret kept equal to the external store: `key in the pod` → `[secret, property]` (P14). */
export function externalSecret(
  scope: Construct,
  plan: Plan,
  props: {
    readonly name: string;
    readonly namespace: string;
    readonly keys: Readonly<Record<string, readonly [secret: string, property: string]>>;
    readonly type?: string;
    /** Values built from others with External Secrets' own template, `{{ .token }}`. */
    readonly template?: Readonly<Record<string, string>>;
  },
): void {
  new ApiObject(scope, `ExternalSecret-${props.name}`, {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: props.name, namespace: props.namespace, labels: { ...labels(plan, props.name, 'secret') } },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: { kind: 'ClusterSecretStore', name: secretStore },
      target: {
        name: props.name,
        creationPolicy: 'Owner',
        deletionPolicy: 'Retain',
        ...(props.type || props.template
          ? {
              template: {
                ...(props.type ? { type: props.type } : {}),
                ...(props.template ? { engineVersion: 'v2', data: props.template, mergePolicy: 'Merge' } : {}),
              },
            }
          : {}),
      },
      data: Object.entries(props.keys).map(([secretKey, [secret, property]]) => ({
        secretKey,
        remoteRef: { key: `${plan.name}/${secret}`, property },
      })),
    },
  });
}

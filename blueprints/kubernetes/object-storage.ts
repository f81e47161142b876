import type { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { endpoints } from './names.ts';
import { externalSecret } from './secrets.ts';

const secret = 'object-storage';
const keys = { AWS_ACCESS_KEY_ID: 'access-key-id', AWS_SECRET_ACCESS_KEY: 'secret-access-key' } as const;

/** Bucket and way to object storage. On AWS the pod's role signs; elsewhere a key from the secret store does. */
export function objectStorageEnvironment(plan: Plan, bucket: string): k8s.EnvVar[] {
  const fromConfig = (key: string, optional = false): k8s.EnvVar => ({
    name: key,
    valueFrom: { configMapKeyRef: { name: endpoints.configMap, key, ...(optional ? { optional } : {}) } },
  });
  if (plan.platform.cloud === 'aws') {
    return [fromConfig(bucket), { name: 'AWS_REGION', value: plan.platform.region }];
  }
  return [
    fromConfig(bucket),
    fromConfig(endpoints.storageEndpoint),
    { name: 'AWS_REGION', value: 'us-east-1' },
    ...Object.keys(keys).map((name) => ({ name, valueFrom: { secretKeyRef: { name: secret, key: name } } })),
  ];
}

/** The key of the object storage in one namespace, where no cloud role signs. */
export function addObjectStorageKey(scope: Construct, plan: Plan, namespace: string): void {
  if (plan.platform.cloud === 'aws') return;
  externalSecret(scope, plan, {
    name: secret,
    namespace,
    keys: Object.fromEntries(Object.entries(keys).map(([name, property]) => [name, [secret, property] as const])),
  });
}

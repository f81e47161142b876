import { Aws } from 'aws-cdk-lib';
import {
  CfnPullThroughCacheRule,
  CfnRegistryScanningConfiguration,
  CfnRepositoryCreationTemplate,
} from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';

/** Public registries that need no credential to be cached. */
export const cachedRegistries = [
  { prefix: 'pub', upstream: 'public.ecr.aws', registry: 'ecr-public' },
  { prefix: 'k8s', upstream: 'registry.k8s.io', registry: 'k8s' },
  { prefix: 'quay', upstream: 'quay.io', registry: 'quay' },
] as const;

/** A prefix of the registry has 30 characters at most, the longest of ours after it. */
function repositoryRoot(plan: Plan): string {
  return plan.name.slice(0, 25).replace(/-+$/, '');
}

/** Images of public registries through the account's own: scanned, immutable, encrypted with our key. */
export function addImageMirror(scope: Construct, plan: Plan, props: { readonly keyArn: string }): void {
  for (const { prefix, upstream, registry } of cachedRegistries) {
    const ecrRepositoryPrefix = `${repositoryRoot(plan)}/${prefix}`;
    new CfnRepositoryCreationTemplate(scope, `Template-${prefix}`, {
      prefix: ecrRepositoryPrefix,
      appliedFor: ['PULL_THROUGH_CACHE'],
      description: `Images of ${upstream}`,
      imageTagMutability: 'IMMUTABLE',
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: props.keyArn },
    });
    new CfnPullThroughCacheRule(scope, `Cache-${prefix}`, {
      ecrRepositoryPrefix,
      upstreamRegistry: registry,
      upstreamRegistryUrl: upstream,
    });
  }
  new CfnRegistryScanningConfiguration(scope, 'ImageScanning', {
    scanType: 'ENHANCED',
    rules: [
      {
        scanFrequency: 'CONTINUOUS_SCAN',
        repositoryFilters: [{ filter: `${repositoryRoot(plan)}/*`, filterType: 'WILDCARD' }],
      },
    ],
  });
}

/** Registry host of the account, for image names in charts. */
export const registryHost = `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}`;

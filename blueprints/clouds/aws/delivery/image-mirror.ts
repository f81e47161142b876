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
  { prefix: 'ecr-public', upstream: 'public.ecr.aws', registry: 'ecr-public' },
  { prefix: 'kubernetes', upstream: 'registry.k8s.io', registry: 'k8s' },
  { prefix: 'quay', upstream: 'quay.io', registry: 'quay' },
] as const;

/** Images of public registries through the account's own: scanned, immutable, encrypted with our key. */
export function addImageMirror(scope: Construct, plan: Plan, props: { readonly keyArn: string }): void {
  for (const { prefix, upstream, registry } of cachedRegistries) {
    const ecrRepositoryPrefix = `${plan.name}/${prefix}`;
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
        repositoryFilters: [{ filter: `${plan.name}/*`, filterType: 'WILDCARD' }],
      },
    ],
  });
}

/** Registry host of the account, for image names in charts. */
export const registryHost = `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}`;

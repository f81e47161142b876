import {
  CfnPullThroughCacheRule,
  CfnRegistryScanningConfiguration,
  CfnRepositoryCreationTemplate,
} from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, sameAccount, serviceRole } from '../iam.ts';
import { ownsAccountBaseline } from '../security/account-baseline.ts';

/** Public registries that need no credential to be cached. */
const cachedRegistries = [
  { prefix: 'ecr', upstream: 'public.ecr.aws', registry: 'ecr-public' },
  { prefix: 'k8s', upstream: 'registry.k8s.io', registry: 'k8s' },
  { prefix: 'quay', upstream: 'quay.io', registry: 'quay' },
] as const;

/** Longest prefix a cache rule takes. */
const maximumPrefix = 30;

/** `support-chat/k8s`: the platform's name, cut where it must be. */
export function cachePrefix(plan: Plan, registry: string): string {
  const name = plan.name.slice(0, maximumPrefix - registry.length - 1).replace(/-+$/, '');
  return `${name}/${registry}`;
}

/** Images of public registries through the account's own: scanned, immutable, encrypted with our key. */
export function addImageMirror(scope: Construct, plan: Plan, props: { readonly keyArn: string }): void {
  const prefixes = cachedRegistries.map(({ prefix }) => cachePrefix(plan, prefix));
  const role = serviceRole(scope, 'CacheRole', {
    description: 'Creates the repositories of cached images',
    service: 'ecr.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [
      allow(
        ['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:TagResource'],
        prefixes.map((prefix) => arn('ecr', `repository/${prefix}/*`)),
      ),
      allow(['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'], [props.keyArn]),
    ],
  });
  for (const { prefix, upstream, registry } of cachedRegistries) {
    new CfnRepositoryCreationTemplate(scope, `Template-${prefix}`, {
      prefix: cachePrefix(plan, prefix),
      appliedFor: ['PULL_THROUGH_CACHE'],
      description: `Images of ${upstream}`,
      imageTagMutability: 'IMMUTABLE',
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: props.keyArn },
      customRoleArn: role.attrArn,
    });
    new CfnPullThroughCacheRule(scope, `Cache-${prefix}`, {
      ecrRepositoryPrefix: cachePrefix(plan, prefix),
      upstreamRegistry: registry,
      upstreamRegistryUrl: upstream,
    });
  }
  if (!ownsAccountBaseline(scope)) return;
  // One setting a registry: an account that has its own keeps it.
  new CfnRegistryScanningConfiguration(scope, 'ImageScanning', {
    scanType: 'ENHANCED',
    rules: [
      {
        scanFrequency: 'CONTINUOUS_SCAN',
        repositoryFilters: [
          { filter: `${plan.name}/*`, filterType: 'WILDCARD' },
          ...prefixes
            .filter((prefix) => !prefix.startsWith(`${plan.name}/`))
            .map((prefix) => ({ filter: `${prefix}/*`, filterType: 'WILDCARD' })),
        ],
      },
    ],
  });
}

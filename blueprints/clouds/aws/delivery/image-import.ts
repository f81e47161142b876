import { Aws } from 'aws-cdk-lib';
import type { Plan } from '../../../../lib/plan/plan.ts';

/** Keys of a manifest that name an image, the database operator's own among them. */
const imageKeys = '(image|imageName)';

/** Repositories of imported images: the whole public name beneath one prefix. */
function importPrefix(plan: Plan): string {
  return `${plan.name}/mirror`;
}

export function importRegistry(plan: Plan): string {
  return `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/${importPrefix(plan)}`;
}

/**
 * A filter over rendered manifests that points every image at the account's registry; digests stay, so nothing else can
 * be pulled.
 */
export const rewriteImages = `sed -E "s#^([[:space:]-]*${imageKeys}: *[\\"']?)([a-z0-9-]+\\.[a-z0-9.-]+/)#\\1$IMAGE_REGISTRY/\\3#"`;

/** Brings the images of an isolated platform into its registry: run where both can be reached; needs skopeo and kubectl. */
export function importImagesScript(plan: Plan): string {
  const { region } = plan.platform;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `#!/usr/bin/env bash
# Copies every image of the manifests, by digest, into the registry of the account.
set -euo pipefail
cd "$(dirname "$0")/.."
registry="$(aws sts get-caller-identity --query Account --output text).dkr.ecr.${region}.${suffix}"
aws ecr get-login-password --region ${region} | skopeo login --username AWS --password-stdin "$registry"
kubectl kustomize kubernetes | grep -oE "^[[:space:]-]*${imageKeys}: *[\\"']?[a-z0-9-]+\\.[a-z0-9.-]+/[^\\"' ]+" | sed -E "s#^[^:]*: *[\\"']?##" | sort -u |
  while IFS= read -r image; do
    name="\${image%%@*}"
    digest=""
    case "$image" in *@*) digest="@\${image#*@}" ;; esac
    case "\${name##*/}" in
      *:*) tag="\${name##*:}" base="\${name%:*}" ;;
      *) tag="digest-$(printf '%s' "\${digest#*:}" | cut -c1-16)" base="$name" ;;
    esac
    repository="${importPrefix(plan)}/$base"
    aws ecr describe-repositories --region ${region} --repository-names "$repository" >/dev/null 2>&1 ||
      aws ecr create-repository --region ${region} --repository-name "$repository" --image-tag-mutability IMMUTABLE \\
        --image-scanning-configuration scanOnPush=true \\
        --encryption-configuration encryptionType=KMS,kmsKey=alias/${plan.name}/models >/dev/null
    source="$base$digest"
    [ -n "$digest" ] || source="$name"
    skopeo copy --all --preserve-digests "docker://$source" "docker://$registry/$repository:$tag"
  done
`;
}

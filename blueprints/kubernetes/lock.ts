import { stringify } from 'yaml';
import type { Artifact } from '../../lib/artifacts/artifact.ts';

export interface ImageReference {
  readonly repository: string;
  readonly tag: string;
  readonly digest?: string;
}

/** `repository:tag@digest` in its parts. */
export function parseImage(reference: string): ImageReference {
  const [named = '', digest] = reference.split('@');
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  return {
    repository: tagged ? named.slice(0, colon) : named,
    tag: tagged ? named.slice(colon + 1) : '',
    ...(digest ? { digest } : {}),
  };
}

/** Every image a set of manifests names, sorted, each once. */
export function imagesOf(objects: readonly unknown[]): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) {
        if ((key === 'image' || key === 'imageName') && typeof each === 'string') found.add(each);
        else visit(each);
      }
    }
  };
  objects.forEach(visit);
  return [...found].sort();
}

const lockScript = `#!/usr/bin/env bash
# Resolves every image of these manifests to the digest its registry serves today and writes them into kustomization.yaml.
#
#   ./lock-images.sh                                       digests only; a digest already locked must be the registry's
#   ./lock-images.sh 123456789012.dkr.ecr.eu-central-1.amazonaws.com/mirror    also copies each image there and uses the copy
#
# Needs crane (github.com/google/go-containerregistry) and kustomize. Run it once, review the difference, commit it.
set -euo pipefail
cd "$(dirname "$0")"
mirror="\${1:-}"
while read -r repository tag locked; do
  digest="$(crane digest "$repository:$tag")"
  if [ "$locked" != "-" ] && [ "$locked" != "$digest" ]; then
    echo "$repository:$tag is $digest, the lock says $locked: the tag was moved. Review, then change images.lock." >&2
    exit 1
  fi
  name="$repository"
  if [ -n "$mirror" ]; then
    name="$mirror/\${repository#*/}"
    crane copy "$repository@$digest" "$name:$tag"
  fi
  kustomize edit set image "$repository=$name@$digest"
  echo "$name@$digest"
done < <(grep -v '^#' images.lock)
`;

/** The images by name, version and digest, the step that resolves what has none, and what `kubectl apply -k` reads. */
export function lockArtifacts(images: readonly string[], files: readonly string[]): readonly Artifact[] {
  const parsed = images.map(parseImage);
  const rows = parsed.map(({ repository, tag, digest }) => `${repository} ${tag} ${digest ?? '-'}`);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...files],
    images: parsed.map(({ repository, tag, digest }) => ({
      name: repository,
      ...(digest ? { digest } : { newTag: tag }),
    })),
  };
  return [
    {
      path: 'kubernetes/images.lock',
      contents: `# repository, version, digest; a dash is resolved by lock-images.sh\n${rows.join('\n')}\n`,
    },
    { path: 'kubernetes/kustomization.yaml', contents: stringify(kustomization, { lineWidth: 0 }) },
    { path: 'kubernetes/lock-images.sh', contents: lockScript, executable: true },
  ];
}

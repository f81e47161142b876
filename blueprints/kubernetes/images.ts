import type { Plan } from '../../lib/plan/plan.ts';
import { type ComponentVersion, versions } from '../versions.ts';

/** A component that runs as a container. */
export type ImageId = {
  [Id in keyof typeof versions]: (typeof versions)[Id] extends { readonly image: string } ? Id : never;
}[keyof typeof versions];

/**
 * Image reference by version and digest. Where no digest is on record the reference carries the version alone, and
 * `lock-images.sh` writes the digest into `kustomization.yaml`; a floating tag is never emitted.
 */
export function image(id: ImageId): string {
  const { image: repository, tag, digest }: ComponentVersion = versions[id];
  return `${repository}:${tag}${digest ? `@${digest}` : ''}`;
}

/**
 * The image of a model server. Where a job converts weights with llama.cpp, its server comes from the same image: one
 * repository has one version in a set of manifests, or its digest could not be locked by name.
 */
export function modelServerImage(server: string, plan: Plan): string {
  const ids: Readonly<Record<string, ImageId>> = {
    vllm: 'vllm',
    tgi: 'tgi',
    triton: 'triton',
    ollama: 'ollama',
    'llama-cpp': plan.platform.cloud === 'aws' ? 'llamaCpp' : 'llamaCppTools',
  };
  const id = ids[server];
  if (!id) throw new RangeError(`no image for model server ${server}`);
  return image(id);
}

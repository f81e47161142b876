import type { k8s } from 'cdk8s-plus-34';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { generators } from '../../lib/plan/workloads.ts';
import { image } from './images.ts';
import { endpoints } from './names.ts';
import { objectStorageEnvironment } from './object-storage.ts';
import { containerSecurity, quantity, scratch } from './pod.ts';

const gib = 2 ** 30;

/** Revision the answers have not pinned: its prefix is never mirrored, so that nothing unpinned can start. */
const unpinned = 'unpinned';

/** Key prefix of a mirrored revision; every revision keeps its own, so the previous one stays runnable (P3). */
export function modelPrefix(modelId: string, revision: string | undefined, derived = ''): string {
  return `models/${modelId}/${revision ?? unpinned}${derived}/`;
}

/** Precisions no server here makes while loading: the weights must lie in the bucket as such. */
const madeBeforehand = ['int4', 'int8', 'nvfp4', 'q4_k_m'];
const compressedName = /awq|gptq|w4a16|w8a8|int4|int8|nvfp4|fp4|gguf|q4_k_m/i;

/**
 * Suffix of the prefix that holds a checkpoint made from the published one; empty where the published one is served. A
 * precision is never dropped in silence: until the made checkpoint is there, the pod does not start.
 */
export function derivedSuffix(plan: Plan, model: ServedModel): string {
  if (!madeBeforehand.includes(model.precision) || compressedName.test(model.modelId)) return '';
  const chat = generators(plan).includes(model);
  const toolchain = plan.decisions.find(({ id }) => id === 'D4')?.parameters.toolchain;
  return chat && typeof toolchain === 'string' && toolchain.startsWith('none') ? '' : `-${model.precision}`;
}

/** Where a served model's files lie inside its pods. */
export const modelDirectory = (model: ServedModel) => `/models/${model.role}`;
const draftDirectory = (model: ServedModel) => `/models/${model.role}-draft`;

/** Room for the files of a model and of its draft model, with a tenth to spare. */
export function modelFilesGiB(model: ServedModel): number {
  const draft = model.speculative ? 0.3 * model.weightBytes : 0;
  return Math.ceil((1.1 * (model.weightBytes + draft)) / gib) + 2;
}

/**
 * Copies one revision from the account's bucket to the node's disk and compares every file with `checksums.txt`, which
 * the mirror writes last. A missing list or a wrong sum keeps the pod from starting.
 */
const fetchScript = `set -eu
prefix="$1"; target="$2"; rename="\${3:-}"
mkdir -p "$target"
aws s3 cp --only-show-errors --recursive "s3://$MODEL_BUCKET/$prefix" "$target"
cd "$target"
test -s checksums.txt || { echo "$prefix has no checksums.txt: not mirrored, not yet made, or no revision is pinned" >&2; exit 1; }
sha256sum --check --quiet --strict checksums.txt
if [ -n "$rename" ] && [ ! -e "$rename" ]; then
  first="$(find . -iname '*.gguf' | sort | head -n 1)"
  test -n "$first" || { echo "$prefix holds no GGUF file" >&2; exit 1; }
  ln -s "$first" "$rename"
fi
echo "$prefix: every checksum matches"
`;

function fetch(plan: Plan, name: string, parameters: readonly string[]): k8s.Container {
  return {
    name,
    image: image('awsCli'),
    command: ['/bin/sh', '-c', fetchScript, 'fetch'],
    args: [...parameters],
    env: [
      ...objectStorageEnvironment(plan, endpoints.modelBucket),
      { name: 'HOME', value: '/tmp' },
      { name: 'AWS_MAX_ATTEMPTS', value: '10' },
      { name: 'AWS_RETRY_MODE', value: 'adaptive' },
    ],
    resources: {
      requests: { cpu: quantity('500m'), memory: quantity('1Gi') },
      limits: { memory: quantity('1Gi') },
    },
    securityContext: containerSecurity(),
    volumeMounts: [
      { name: 'models', mountPath: '/models' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** Init containers that bring the model, and its draft model where one speculates. */
export function fetchContainers(plan: Plan, model: ServedModel, rename?: string): k8s.Container[] {
  const prefix = modelPrefix(model.modelId, model.revision, derivedSuffix(plan, model));
  const main = [prefix, modelDirectory(model), ...(rename ? [rename] : [])];
  const draft = model.speculative
    ? [
        fetch(plan, 'fetch-draft', [
          modelPrefix(model.speculative.draftModelId, model.speculative.draftRevision),
          draftDirectory(model),
        ]),
      ]
    : [];
  return [fetch(plan, 'fetch-model', main), ...draft];
}

export function modelVolume(model: ServedModel): k8s.Volume {
  return scratch('models', `${modelFilesGiB(model)}Gi`);
}

/** True where a cloud stack mirrors models itself; elsewhere a job in the cluster does. */
export function mirroredByCloud(plan: Plan): boolean {
  return plan.platform.cloud === 'aws';
}

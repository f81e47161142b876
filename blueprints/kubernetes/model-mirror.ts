import { type App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-34';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { image } from './images.ts';
import { derivedSuffix, mirroredByCloud, modelFilesGiB, modelPrefix } from './model-files.ts';
import { endpoints, labels, namespaces, priorityClasses, serviceAccounts } from './names.ts';
import { allowTraffic, tlsOut } from './network.ts';
import { addObjectStorageKey, objectStorageEnvironment } from './object-storage.ts';
import { containerSecurity, generalPlacement, jobName, podSecurity, resources, scratch } from './pod.ts';
import { externalSecret } from './secrets.ts';

const component = 'model-mirror';

/** Fetches one pinned revision from the hub and compares each large file with the hub's own SHA-256. */
const downloadScript = `import hashlib, os, pathlib, sys
from huggingface_hub import HfApi, snapshot_download

repository, revision = os.environ["MODEL"], os.environ["REVISION"]
api = HfApi()
if not revision:
    sys.exit(f"{repository} is at {api.model_info(repository).sha}: name that revision in groundplan.yaml and generate again")
info = api.model_info(repository, revision=revision, files_metadata=True)
target = pathlib.Path("/mirror/model")
names = [file.rfilename for file in info.siblings]
weights = [name for name in names if name.endswith((".safetensors", ".gguf"))]
if not weights:
    sys.exit(f"{repository}@{revision} has neither safetensors nor GGUF files: nothing that runs code while loading is mirrored")
skipped = ["*.bin", "*.pt", "*.pth", "*.h5", "*.msgpack", "*.onnx", "original/*", "*.py", "*.md", ".gitattributes"]
snapshot_download(repository, revision=revision, local_dir=target, ignore_patterns=skipped)
lines = []
for file in sorted(path for path in target.rglob("*") if path.is_file() and ".cache" not in path.parts):
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 24):
            digest.update(block)
    name = file.relative_to(target).as_posix()
    known = next((each.lfs.sha256 for each in info.siblings if each.rfilename == name and each.lfs), None)
    if known and known != digest.hexdigest():
        sys.exit(f"{name}: {digest.hexdigest()} is not the hub's {known}")
    lines.append(f"{digest.hexdigest()}  {name}")
(target / "checksums.txt").write_text("\\n".join(lines) + "\\n")
`;

/** GGUF in 4 bits (D4.3) with llama.cpp's own tools; what is uploaded is the result alone. */
const convertScript = `set -eu
mkdir -p /mirror/made
python3 /app/convert_hf_to_gguf.py /mirror/model --outtype bf16 --outfile /mirror/base.gguf
/app/llama-quantize /mirror/base.gguf /mirror/made/model-q4_k_m.gguf Q4_K_M
rm -rf /mirror/base.gguf /mirror/model
mv /mirror/made /mirror/model
cd /mirror/model && sha256sum model-q4_k_m.gguf > checksums.txt
`;

function convert(): k8s.Container {
  return {
    name: 'convert',
    image: image('llamaCppTools'),
    command: ['/bin/bash', '-c', convertScript],
    env: [{ name: 'HOME', value: '/mirror' }],
    resources: resources(4000, '8Gi'),
    securityContext: containerSecurity(),
    volumeMounts: [
      { name: 'mirror', mountPath: '/mirror' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** The list of checksums goes last: a prefix without it is not complete and is not served. */
const uploadScript = `set -eu
target="s3://$MODEL_BUCKET/$PREFIX"
cd /mirror/model
aws s3 sync --only-show-errors --exclude '.cache/*' --exclude checksums.txt . "$target"
aws s3 cp --only-show-errors checksums.txt "\${target}checksums.txt"
echo "$target is mirrored"
`;

interface Source {
  readonly name: string;
  /** Empty, or what is made of the published checkpoint before it is uploaded. */
  readonly derived: string;
  readonly modelId: string;
  readonly revision?: string;
  readonly gibibytes: number;
}

function sources(plan: Plan): readonly Source[] {
  return plan.models.flatMap((model: ServedModel) => [
    {
      name: model.role,
      derived: derivedSuffix(plan, model),
      modelId: model.modelId,
      ...(model.revision ? { revision: model.revision } : {}),
      gibibytes: (derivedSuffix(plan, model) ? 8 : 2) * modelFilesGiB(model),
    },
    ...(model.speculative
      ? [
          {
            name: `${model.role}-draft`,
            derived: '',
            modelId: model.speculative.draftModelId,
            ...(model.speculative.draftRevision ? { revision: model.speculative.draftRevision } : {}),
            gibibytes: modelFilesGiB(model),
          },
        ]
      : []),
  ]);
}

/** P3 where no cloud stack mirrors models: one job a revision, hub → checks → the platform's own bucket. */
export function addModelMirror(app: App, plan: Plan): void {
  if (mirroredByCloud(plan) || plan.models.length === 0) return;
  const namespace = namespaces.serving;
  const chart = new Chart(app, 'model-mirror', { disableResourceNameHashes: true });
  addObjectStorageKey(chart, plan, namespace);
  externalSecret(chart, plan, { name: 'model-hub', namespace, keys: { HF_TOKEN: ['model-hub', 'token'] } });
  new k8s.KubeConfigMap(chart, 'Scripts', {
    metadata: { name: component, namespace, labels: { ...labels(plan, component, 'models') } },
    data: { 'download.py': downloadScript },
  });
  for (const source of sources(plan)) addJob(chart, plan, source);
  allowTraffic(chart, plan, { component, role: 'models', namespace, from: [], to: [tlsOut] });
}

function addJob(chart: Chart, plan: Plan, source: Source): void {
  const spec: k8s.PodSpec = {
    ...generalPlacement(plan),
    restartPolicy: 'OnFailure',
    serviceAccountName: serviceAccounts.modelServer,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(),
    priorityClassName: priorityClasses.batch,
    initContainers: [
      {
        name: 'download',
        image: image('vllm'),
        command: ['python3', '/scripts/download.py'],
        env: [
          { name: 'MODEL', value: source.modelId },
          { name: 'REVISION', value: source.revision ?? '' },
          { name: 'HOME', value: '/mirror' },
          {
            name: 'HF_TOKEN',
            valueFrom: { secretKeyRef: { name: 'model-hub', key: 'HF_TOKEN', optional: true } },
          },
        ],
        resources: resources(1000, '4Gi'),
        securityContext: containerSecurity(),
        volumeMounts: [
          { name: 'mirror', mountPath: '/mirror' },
          { name: 'scripts', mountPath: '/scripts', readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
      ...(source.derived === '-q4_k_m' ? [convert()] : []),
    ],
    containers: [
      {
        name: 'upload',
        image: image('awsCli'),
        command: ['/bin/sh', '-c', uploadScript],
        env: [
          ...objectStorageEnvironment(plan, endpoints.modelBucket),
          { name: 'PREFIX', value: modelPrefix(source.modelId, source.revision, source.derived) },
          { name: 'HOME', value: '/tmp' },
        ],
        resources: resources(500, '1Gi'),
        securityContext: containerSecurity(),
        volumeMounts: [
          { name: 'mirror', mountPath: '/mirror' },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      scratch('mirror', `${source.gibibytes}Gi`),
      { name: 'scripts', configMap: { name: component } },
      scratch('tmp', '2Gi'),
    ],
  };
  new k8s.KubeJob(chart, `Mirror-${source.name}`, {
    metadata: {
      name: jobName(`${component}-${source.name}`, spec),
      namespace: namespaces.serving,
      labels: { ...labels(plan, component, 'models') },
    },
    spec: {
      backoffLimit: 4,
      activeDeadlineSeconds: 28_800,
      template: {
        metadata: { labels: { ...labels(plan, component, 'models') } },
        spec,
      },
    },
  });
}

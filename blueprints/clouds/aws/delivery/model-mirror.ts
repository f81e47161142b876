import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, arn, encryptWith } from '../iam.ts';
import type { Network } from '../network/network-stack.ts';
import type { KeyRing } from '../security/keys.ts';
import type { DataStack } from '../stores/data-stack.ts';
import { buildProject } from './build-project.ts';
import { mirrorScript } from './mirror-script.ts';

/** A model and the one commit of it that may be served. */
export interface PinnedModel {
  readonly modelId: string;
  readonly revision: string | undefined;
}

/** Every model whose files pods read, draft models too, each once. */
export function pinnedModels(plan: Plan): readonly PinnedModel[] {
  const all = plan.models.flatMap((model): PinnedModel[] => [
    { modelId: model.modelId, revision: model.revision },
    ...(model.speculative
      ? [{ modelId: model.speculative.draftModelId, revision: model.speculative.draftRevision }]
      : []),
  ]);
  return [...new Map(all.map((model) => [`${model.modelId}@${model.revision}`, model])).values()];
}

/** Commands of the mirror. An unpinned model is resolved and named, and the build fails: nothing unpinned is served. */
export function mirrorCommands(plan: Plan): readonly string[] {
  const models = pinnedModels(plan);
  const pinned = models.filter((model) => model.revision !== undefined);
  const unpinned = models.filter((model) => model.revision === undefined);
  return [
    `cat > mirror_model.py <<'PYTHON'\n${mirrorScript}PYTHON`,
    `HUB_TOKEN="$(aws secretsmanager get-secret-value --secret-id "${plan.name}/model-hub" --query SecretString --output text 2>/dev/null || true)"`,
    'export HUB_TOKEN',
    ...pinned.map(({ modelId, revision }) => `python3 mirror_model.py '${modelId}' '${revision}' "$MODEL_BUCKET"`),
    ...unpinned.map(
      ({ modelId }) =>
        `echo '${modelId} has no revision in groundplan.yaml: name the commit to mirror (model.revision)' >&2`,
    ),
    ...(unpinned.length > 0 ? ['exit 1'] : []),
  ];
}

/** P3: copies pinned revisions into the account's bucket. Without an internet path it is run from outside instead. */
export function addModelMirror(
  scope: Construct,
  plan: Plan,
  props: { readonly keys: KeyRing; readonly network: Network; readonly data: DataStack },
): void {
  if (plan.models.length === 0 || plan.platform.isolated) return;
  const { models } = props.data;
  buildProject(scope, 'ModelMirror', {
    plan,
    keys: props.keys,
    network: props.network,
    name: 'model-mirror',
    description: 'Mirrors pinned model revisions with checksums',
    commands: mirrorCommands(plan),
    environment: { MODEL_BUCKET: models.ref },
    timeoutMinutes: 480,
    statements: [
      allow(['s3:ListBucket'], [models.attrArn]),
      allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], [`${models.attrArn}/models/*`]),
      encryptWith(props.keys.models),
      allow(['secretsmanager:GetSecretValue'], [arn('secretsmanager', `secret:${plan.name}/model-hub-*`)]),
      allow(['kms:Decrypt'], [props.keys.secrets]),
    ],
  });
}

import type { Artifact } from '../../../lib/artifacts/artifact.ts';
import type { Plan } from '../../../lib/plan/plan.ts';
import { importImagesScript } from './delivery/image-import.ts';
import { mirrorScript } from './delivery/mirror-script.ts';
import { pinnedModels } from './delivery/model-mirror.ts';
import { restoreScript } from './stores/restore-script.ts';

/** Files of a project on AWS that are no stack and no page: the model mirror, the restore of the store. */
export function awsArtifacts(plan: Plan): readonly Artifact[] {
  const restore = restoreScript(plan);
  return [
    ...(plan.models.length > 0
      ? [
          { path: 'scripts/mirror_model.py', contents: mirrorScript, executable: true },
          { path: 'scripts/import-models.sh', contents: importScript(plan), executable: true },
        ]
      : []),
    ...(plan.platform.isolated
      ? [{ path: 'scripts/import-images.sh', contents: importImagesScript(plan), executable: true }]
      : []),
    ...(restore ? [{ path: 'scripts/restore-vector-store.sh', contents: restore, executable: true }] : []),
  ];
}

/** For a platform without an internet path: run where the hub can be reached, with credentials that may write the bucket. */
function importScript(plan: Plan): string {
  const pinned = pinnedModels(plan).flatMap(({ modelId, revision }) => (revision ? [{ modelId, revision }] : []));
  return `#!/usr/bin/env bash
# Brings the pinned model revisions of ${plan.name} into its bucket from a machine that reaches the hub.
# The build project «${plan.name}-model-mirror» does the same where the platform has an internet path.
set -euo pipefail
cd "$(dirname "$0")"
bucket=$(aws cloudformation describe-stack-resource --region '${plan.platform.region}' --stack-name '${plan.name}-data' \\
  --logical-resource-id Models --query StackResourceDetail.PhysicalResourceId --output text)
${pinned.map(({ modelId, revision }) => `python3 mirror_model.py '${modelId}' '${revision}' "$bucket"`).join('\n')}
`;
}

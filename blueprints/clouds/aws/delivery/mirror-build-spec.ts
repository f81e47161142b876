import type { Plan } from '../../../../lib/plan/plan.ts';

/** Key prefix of a mirrored revision; the previous revision keeps its own and stays runnable. */
export function modelPrefix(modelId: string, revision: string): string {
  return `models/${modelId}/${revision}/`;
}

/**
 * Shell steps of the mirror: list the files of the revision, fetch each, compare with the hub's SHA-256, upload, and
 * write `checksums.txt` last. A revision without that file is not complete and is not served.
 */
export function mirrorBuildSpec(plan: Plan): string {
  const jobs = plan.models.map(({ modelId, revision }) => ({ modelId, revision: revision ?? '' }));
  return JSON.stringify({
    version: '0.2',
    env: { shell: 'bash' },
    phases: {
      build: {
        commands: ['set -euo pipefail', ...jobs.map(({ modelId, revision }) => `mirror '${modelId}' '${revision}'`)],
      },
    },
  });
}

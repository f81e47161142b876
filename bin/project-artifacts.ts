import { projectArtifacts as assemble } from '../blueprints/project/index.ts';
import type { Artifact } from '../lib/artifacts/artifact.ts';
import type { Plan } from '../lib/plan/plan.ts';
import { readTemplates } from './templates.ts';

/** Every file of a plan's project, with the layouts read from the package. */
export function projectArtifacts(plan: Plan): Promise<readonly Artifact[]> {
  return assemble(plan, readTemplates());
}

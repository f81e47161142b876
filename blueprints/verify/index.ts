import { parseAllDocuments } from 'yaml';
import type { Catalog } from '../../lib/catalog/catalog.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import type { KubernetesObject as CloudObject } from '../clouds/aws/nag/world.ts';
import type { KubernetesObject } from '../kubernetes/index.ts';
import { kubernetesViolations, ruleIds } from '../kubernetes/rules.ts';
import { type Check, reportOf, type VerifyReport } from './report.ts';

export type { Check, VerifyReport } from './report.ts';

/** A project as it lies on the disk: what `verify` may look at. */
export interface ProjectFiles {
  readonly plan: Plan;
  /** Path beneath the project to contents. */
  readonly manifests: ReadonlyMap<string, string>;
  /** Checks the command made itself: schema of the plan, answers, files. */
  readonly before: readonly Check[];
}

/** Everything a generated project is held to, in one report. */
export async function verifyProject(project: ProjectFiles, catalog: Catalog): Promise<VerifyReport> {
  const { plan } = project;
  const { charts, problems } = readManifests(project.manifests);
  const violations = kubernetesViolations(charts, plan);
  const kubernetes: Check = {
    id: 'kubernetes',
    title: `Kubernetes objects: ${ruleIds.length} rules`,
    problems: [...problems, ...violations.map(({ rule, object, message }) => `${object}: ${rule}: ${message}`)],
    notes: [],
    looked: [...charts.values()].flat().length,
  };
  const objects = JSON.parse(JSON.stringify([...charts.values()].flat())) as CloudObject[];
  const cloud = plan.platform.cloud === 'aws' ? (await import('./cloud.ts')).cloudChecks(plan, objects, catalog) : [];
  return reportOf([...project.before, kubernetes, ...cloud]);
}

/** The objects on the disk by chart, edits of the user included; a file that is not YAML is a problem, not a crash. */
function readManifests(files: ReadonlyMap<string, string>): {
  readonly charts: ReadonlyMap<string, readonly KubernetesObject[]>;
  readonly problems: readonly string[];
} {
  const charts = new Map<string, readonly KubernetesObject[]>();
  const problems: string[] = [];
  for (const [path, text] of files) {
    const documents = parseAllDocuments(text);
    const errors = [...documents].flatMap((document) => document.errors);
    for (const error of errors) problems.push(`${path}: ${error.message.split('\n')[0]}`);
    if (errors.length > 0) continue;
    const objects = [...documents].map((document) => document.toJS() as unknown).filter((each) => each !== null);
    const whole = objects.filter(isObject);
    if (whole.length < objects.length) problems.push(`${path}: an entry has no apiVersion, kind or name`);
    charts.set(path.replace(/^kubernetes\//, '').replace(/\.ya?ml$/, ''), whole);
  }
  return { charts, problems };
}

function isObject(value: unknown): value is KubernetesObject {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Partial<KubernetesObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}

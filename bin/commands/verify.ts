import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { ZodError } from 'zod';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import type { Check, VerifyReport } from '../../blueprints/verify/report.ts';
import { type Plan, readPlan } from '../../lib/plan/plan.ts';
import { exitCodes, paint, printJson, progress } from '../output.ts';
import { planFrom } from '../planning.ts';

interface Options {
  readonly json?: boolean;
}

/** Files under kubernetes/ that are no objects of the API server. */
const notManifests = new Set(['helmfile.yaml', 'kustomization.yaml']);

export function configure(command: Command): void {
  command
    .argument('[project]', 'folder of a generated project', '.')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Reads the project as it lies there, your edits included: the plan against its schema and the answers, the manifests
against the Kubernetes rules, the stacks against cdk-nag's packs for the regimes and rules of our own, the compliance
matrix, and the bill against the resources. Exit code 0: all holds; 2: something does not.

Examples:
  groundplan verify my-platform
  groundplan verify my-platform --json | jq '.checks[] | select(.problems != [])'`,
    )
    .action(async (project: string, options: Options) => {
      const report = await verify(resolve(project));
      if (!report.ok) process.exitCode = exitCodes.wrongAnswers;
      if (options.json) printJson(report);
      else process.stdout.write(printed(report, project));
    });
}

async function verify(root: string): Promise<VerifyReport> {
  const read = readProjectPlan(root);
  if (!read.plan) return { ok: false, checks: [read.check] };
  progress('planning again from the answers …');
  const before = [read.check, await answersCheck(root, read.plan)];
  progress('synthesizing and checking …');
  const { verifyProject } = await import('../../blueprints/verify/index.ts');
  return verifyProject({ plan: read.plan, manifests: manifestsOf(root), before }, loadCatalog(products));
}

function readProjectPlan(root: string): { readonly plan?: Plan; readonly check: Check } {
  const path = join(root, 'plan.json');
  const check = (problems: readonly string[]): Check => ({
    id: 'plan',
    title: 'plan.json against its schema',
    problems,
    notes: [],
    looked: 1,
  });
  if (!existsSync(path))
    return { check: check([`${path}: not there. Generate the project first: groundplan generate groundplan.yaml`]) };
  try {
    return { plan: readPlan(readFileSync(path, 'utf8')), check: check([]) };
  } catch (error) {
    if (error instanceof ZodError)
      return { check: check(error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)) };
    if (error instanceof SyntaxError) return { check: check([`plan.json is not JSON: ${error.message}`]) };
    throw error;
  }
}

/** The plan must be what its answers give today; otherwise one of the two was changed without the other. */
async function answersCheck(root: string, plan: Plan): Promise<Check> {
  const answers = join(root, 'groundplan.yaml');
  const found = (problems: readonly string[], notes: readonly string[] = []): Check => ({
    id: 'answers',
    title: 'groundplan.yaml gives plan.json',
    problems,
    notes,
    looked: 1,
  });
  if (!existsSync(answers)) return found(['groundplan.yaml: not there']);
  const planned = planFrom({ answers });
  if (!planned.ok)
    return found(planned.reasons.map(({ path, asked, found: was }) => `${path}: asked ${asked}; found ${was}`));
  if (withoutLinks(readPlan(JSON.stringify(planned.value.plan))) === withoutLinks(plan)) return found([]);
  return found(['groundplan.yaml gives another plan than plan.json holds. Run: groundplan generate groundplan.yaml']);
}

/** Links to what was synthesized are added when the project is written; everything else is the planner's. */
function withoutLinks(plan: Plan): string {
  return JSON.stringify({ ...plan, links: [] });
}

function manifestsOf(root: string): ReadonlyMap<string, string> {
  const folder = join(root, 'kubernetes');
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name) && !notManifests.has(name));
  return new Map(names.sort().map((name) => [`kubernetes/${name}`, readFileSync(join(folder, name), 'utf8')]));
}

function printed(report: VerifyReport, project: string): string {
  const lines = report.checks.flatMap(({ title, problems, notes, looked }) => [
    `${problems.length === 0 ? paint('green', 'ok    ') : paint('red', 'FAILED')}  ${title} (${looked} looked at)`,
    ...problems.map((problem) => `        ${problem}`),
    ...notes.map((note) => paint('dim', `        ${note}`)),
  ]);
  const problems = report.checks.reduce((sum, check) => sum + check.problems.length, 0);
  const where = relative(process.cwd(), resolve(project)) || '.';
  lines.push(
    report.ok ? `${where}: everything holds` : `${where}: ${problems} ${problems === 1 ? 'problem' : 'problems'}`,
  );
  return `${lines.join('\n')}\n`;
}

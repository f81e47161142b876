/**
 * Presets × regimes × {new, existing VPC} × {internet, isolated} × operating systems of the nodes, every store and every
 * way nodes come up: plans, synthesizes twice, holds every app against cdk-nag, our own rules, the compliance matrix, the
 * bill and equal bytes, and writes the templates for cfn-lint.
 *
 *   node conformance/aws/check.ts --out <folder> [--all]
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { allCases, caseName, isRefused, nodeCases, pairwiseCases, planFor, storeCases } from './cases.ts';
import { checkPlan } from './check-plan.ts';

const { values } = parseArgs({
  options: { all: { type: 'boolean' }, out: { type: 'string' }, only: { type: 'string' } },
});
const out = resolve(values.out ?? mkdtempSync(join(tmpdir(), 'groundplan-templates-')));
mkdirSync(out, { recursive: true });

const cases = [...(values.all ? allCases() : pairwiseCases()), ...storeCases(), ...nodeCases()].filter((row) =>
  caseName(row).includes(values.only ?? ''),
);
const seen = new Set<string>();
let problems = 0;
let refused = 0;
for (const row of cases) {
  const name = caseName(row);
  const begin = performance.now();
  const plan = planFor(row);
  if (!plan.ok) {
    refused++;
    const reasons = plan.reasons.map(({ path, found }) => `${path}: ${found}`).join('; ');
    if (!isRefused(row)) problems++;
    console.log(`${isRefused(row) ? 'refused' : 'REFUSED'}  ${name}  ${reasons}`);
    continue;
  }
  const report = await checkPlan(plan.value);
  for (const { stackName, text } of report.templates) {
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    if (seen.has(hash)) continue;
    seen.add(hash);
    const folder = join(out, plan.value.platform.region);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}--${stackName}.template.json`), text);
  }
  problems += report.problems.length;
  const { resources, bytes } = report.largest;
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(
    `${report.problems.length === 0 ? 'ok' : 'FAILED'}  ${name}  ${report.templates.length} stacks, largest ${resources} resources and ${bytes} bytes, ${seconds} s`,
  );
  for (const problem of report.problems) console.log(`        ${problem}`);
}
console.log(
  `${cases.length} cases, ${refused} refused, ${seen.size} different templates in ${out}, ${problems} problems`,
);
if (!values.out && existsSync(out)) rmSync(out, { recursive: true });
process.exitCode = problems === 0 && cases.length > 0 ? 0 : 1;

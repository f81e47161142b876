import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { kubernetesArtifacts } from '../../blueprints/kubernetes/index.ts';
import { type VerifyReport, verifyProject } from '../../blueprints/verify/index.ts';
import { planFor } from '../../conformance/aws/cases.ts';
import type { Plan } from '../../lib/plan/plan.ts';

const catalog = loadCatalog(products);
const planned = planFor({
  preset: 'batch-extraction',
  regime: 'soc2',
  vpc: 'new',
  path: 'internet',
  system: 'bottlerocket',
});
if (!planned.ok) throw new Error(JSON.stringify(planned.reasons));
const plan: Plan = planned.value;
let manifests: ReadonlyMap<string, string>;

beforeAll(async () => {
  const files = (await kubernetesArtifacts(plan)).filter(
    ({ path }) => path.endsWith('.yaml') && !/helmfile|kustomization/.test(path),
  );
  manifests = new Map(files.map(({ path, contents }) => [path, contents]));
});

const verify = (change: { readonly plan?: Plan; readonly manifests?: ReadonlyMap<string, string> } = {}) =>
  verifyProject({ plan, manifests, before: [], ...change }, catalog);
const failed = (report: VerifyReport) => report.checks.filter((check) => check.problems.length > 0).map(({ id }) => id);
const edited = (change: (text: string) => string) =>
  new Map([...manifests].map(([path, text]) => [path, change(text)]));

describe('verify', { timeout: 120_000 }, () => {
  test('a project as it was generated holds', async () => {
    const report = await verify();
    expect(report.checks.flatMap((check) => check.problems)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.checks.map(({ id }) => id)).toEqual(['kubernetes', 'policy', 'controls', 'bill']);
  });

  test('fails when a manifest was edited to run as root', async () => {
    const report = await verify({
      manifests: edited((text) => text.replaceAll('runAsNonRoot: true', 'runAsNonRoot: false')),
    });
    expect(failed(report)).toContain('kubernetes');
  });

  test('fails when a manifest is not YAML', async () => {
    const report = await verify({ manifests: new Map([['kubernetes/x.yaml', 'a: [1']]) });
    expect(report.checks[0]?.problems.join()).toContain('kubernetes/x.yaml');
  });

  test('fails when the walls between workloads are gone', async () => {
    const walls = /^kind: NetworkPolicy$/gm;
    const report = await verify({ manifests: edited((text) => text.replaceAll(walls, 'kind: ConfigMap')) });
    expect(failed(report)).toContain('controls');
  });

  test('fails when the plan pays for less than it raises', async () => {
    const cheaper = { ...plan, platform: { ...plan.platform, natGateways: 0 } };
    expect(failed(await verify({ plan: cheaper }))).toContain('bill');
  });

  test('fails when the ceiling is below the largest configuration', async () => {
    const poorer = { ...plan, spend: { ...plan.spend, ceilingUsdPerMonth: 10 } };
    const report = await verify({ plan: poorer });
    expect(report.checks.find(({ id }) => id === 'bill')?.problems.join()).toContain('above the ceiling');
  });
});

describe('the command', { timeout: 120_000 }, () => {
  function run(files: Readonly<Record<string, string>>): { readonly status: number; readonly report: VerifyReport } {
    const folder = mkdtempSync(join(tmpdir(), 'groundplan-verify-test-'));
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      const output = execFileSync(process.execPath, ['bin/groundplan.ts', 'verify', folder, '--json'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return { status: 0, report: JSON.parse(output) as VerifyReport };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { status, report: JSON.parse(stdout) as VerifyReport };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['there is no plan', {}, 'not there'],
    ['the plan is not JSON', { 'plan.json': '{' }, 'not JSON'],
    ['the plan breaks its schema', { 'plan.json': '{"schemaVersion": 9}' }, 'schemaVersion'],
  ])('exits with 2 when %s', (_title, files, said) => {
    const { status, report } = run(files);
    expect(status).toBe(2);
    expect(report.ok).toBe(false);
    expect(report.checks[0]?.problems.join()).toContain(said);
  });
});

/**
 * Opens the documents of every preset, and of the situations the tests know, in Chromium and looks at each page as a
 * reader does: on a desk and on a phone, in light and dark, printed, and without a script.
 *
 *   CHROMIUM=/usr/bin/chromium node conformance/site/check.ts [--only <preset>]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { planFrom } from '../../bin/planning.ts';
import { projectArtifacts } from '../../bin/project-artifacts.ts';
import { presets } from '../../blueprints/presets/index.ts';
import type { Artifact } from '../../lib/artifacts/artifact.ts';
import { documentArtifacts } from '../../lib/documents/index.ts';
import { plans } from '../../test/documents/plans.ts';
import { templates } from '../../test/documents/templates.ts';
import { type Look, lookAt } from './look.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

async function projects(): Promise<ReadonlyMap<string, readonly Artifact[]>> {
  const found = new Map<string, readonly Artifact[]>();
  for (const preset of Object.keys(presets)) {
    if (values.only !== undefined && values.only !== preset) continue;
    const planned = planFrom({ preset });
    if (!planned.ok) throw new Error(`${preset}: ${planned.reasons.map((reason) => reason.found).join('; ')}`);
    found.set(preset, await projectArtifacts(planned.value.plan));
  }
  for (const [name, plan] of Object.entries(plans))
    if (values.only === undefined || values.only === name)
      found.set(name, documentArtifacts(plan, templates, { runbookRows: [] }));
  return found;
}

function write(root: string, artifacts: readonly Artifact[]): string {
  for (const { path, contents } of [
    ...artifacts,
    { path: 'plan.json', contents: '{}' },
    { path: 'groundplan.yaml', contents: '' },
  ]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
  }
  return join(root, 'docs', 'index.html');
}

const looks: readonly Look[] = [
  { name: 'desk, light', width: 1280, height: 900, colorScheme: 'light', script: true },
  { name: 'desk, dark', width: 1280, height: 900, colorScheme: 'dark', script: true },
  { name: 'phone, dark', width: 390, height: 800, colorScheme: 'dark', script: true },
  { name: 'no script', width: 1280, height: 900, colorScheme: 'light', script: false },
];

const folder = mkdtempSync(join(tmpdir(), 'groundplan-site-'));
const browser = await chromium.launch({
  executablePath,
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
let problems = 0;
let pages = 0;
try {
  for (const [name, artifacts] of await projects()) {
    const site = write(join(folder, name.replaceAll(' ', '-')), artifacts);
    for (const look of Object.hasOwn(presets, name) ? looks : looks.slice(0, 1)) {
      const report = await lookAt(browser, site, look);
      pages += report.pages;
      problems += report.problems.length;
      for (const problem of report.problems) console.log(`${name} (${look.name}): ${problem}`);
    }
    console.log(`looked at ${name}`);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${pages} pages looked at, ${problems} problems`);
process.exitCode = problems === 0 && pages > 0 ? 0 : 1;

import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../lib/artifacts/artifact.ts';
import { documentArtifacts, runbookIds } from '../../lib/documents/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { brokenLinks, read } from './links.ts';
import { plans } from './plans.ts';
import { templates } from './templates.ts';

const extras = {
  runbookRows: [
    {
      runbook: 'latency-degradation',
      symptom: 'Slow',
      check: 'GET _stats | head',
      action: 'Add one',
      product: 'A server',
    },
  ],
};
const rendered = new WeakMap<Plan, readonly Artifact[]>();
/** Once for each plan object: a test that changes a plan copies it first. */
function render(plan: Plan): readonly Artifact[] {
  const artifacts = rendered.get(plan) ?? documentArtifacts(plan, templates, extras);
  rendered.set(plan, artifacts);
  return artifacts;
}
const file = (plan: Plan, path: string) => {
  const found = render(plan).find((artifact) => artifact.path === path);
  if (!found) throw new Error(`no ${path}`);
  return found.contents;
};

describe.each(Object.entries(plans))('documents of %s', (_name, plan) => {
  const artifacts = render(plan);
  const markdown = artifacts.filter(({ path }) => path.endsWith('.md'));

  test('the same plan gives the same bytes', () => {
    expect(render(structuredClone(plan))).toEqual(artifacts);
  });

  test('every path is written once, beneath docs/ or runbooks/', () => {
    const paths = artifacts.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(path).toMatch(/^(docs|runbooks)\/[\w./-]+$/);
  });

  test('every link leads to a file and a heading that are there', () => {
    expect(brokenLinks(artifacts)).toEqual([]);
  });

  test('every alert has its runbook, and the runbook names the alert', () => {
    for (const { id, runbook } of plan.alerts) {
      const page = artifacts.find(({ path }) => path === `runbooks/${runbook}.md`)?.contents;
      expect(page, `${id}: runbooks/${runbook}.md`).toContain(`[${id}](../docs/slo.md#${id.toLowerCase()})`);
    }
  });

  test('no section is empty, every page has one title', () => {
    for (const { path, contents } of markdown) {
      if (path === 'docs/decisions/all.md') continue;
      const { headings } = read(contents);
      expect(headings.filter(({ depth }) => depth === 1).length, path).toBe(1);
      const empty = headings.filter((heading) => heading.empty && !/^\d+\. /.test(heading.text));
      expect(empty.map(({ text }) => `${path}: ${text}`)).toEqual([]);
    }
  });

  test('nothing leaks into the text that no reader can read', () => {
    for (const { path, contents } of artifacts) {
      expect(contents, path).not.toMatch(/undefined|\bNaN\b|Infinity|\[object|\{\{/);
      expect(contents, path).not.toMatch(/\b1 (replicas|nodes|requests|days|candidates|GPUs)\b/);
    }
  });

  test('every table has as many cells as its head', () => {
    for (const { path, contents } of markdown) {
      const rows = contents.split('\n').filter((line) => line.startsWith('|'));
      const cells = (row: string) => row.replaceAll('\\|', '').split('|').length;
      let width = 0;
      for (const [index, row] of rows.entries()) {
        if (/^\|( ---:? \|| :?---:? \|)+$/.test(rows[index + 1] ?? '')) width = cells(row);
        expect(cells(row), `${path}: ${row}`).toBe(width);
      }
    }
  });

  test('every picture is shown by a page and describes itself', () => {
    const text = markdown.map(({ contents }) => contents).join('\n');
    for (const { path, contents } of artifacts.filter((artifact) => artifact.path.endsWith('.svg'))) {
      expect(text, path).toContain(path.replace('docs/', ''));
      expect(contents, path).toMatch(/<title>[^<]+<\/title>\n<desc>[^<]+<\/desc>/);
      expect(contents, path).not.toMatch(/https?:\/\/(?!www\.w3\.org)|<image|<script|@import/);
    }
  });

  test('the site holds every page and asks for nothing from outside', () => {
    const site = file(plan, 'docs/index.html');
    for (const { path } of markdown) {
      if (path === 'docs/decisions/all.md') continue;
      const id = path.replace('docs/', '').replace('.md', '').replaceAll('/', '-').toLowerCase();
      expect(site, path).toContain(`<article id="${id}"`);
      expect(site, path).toContain(`<a href="#${id}">`);
    }
    const ids = [...site.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target = ''] of site.matchAll(/href="#([^"]*)"/g)) expect(ids, target).toContain(target);
    expect(site).not.toMatch(/ src=|<link rel="stylesheet|@import|url\(/);
  });

  test('the status file holds the predictions of the plan and nothing measured', () => {
    const status: unknown = JSON.parse(file(plan, 'docs/status.json'));
    const figures = (status as { figures: { id: string; predicted: number | null; measured: unknown }[] }).figures;
    expect(figures.find(({ id }) => id === 'ttft.p95')?.predicted).toBe(
      plan.capacity?.chosen.prediction.ttftSeconds.p95 ?? null,
    );
    expect(figures.filter(({ measured }) => measured !== null)).toEqual([]);
    expect(file(plan, 'docs/STATUS.md')).toContain('not measured yet');
  });
});

describe('what a review asks for (P16)', () => {
  const plan = plans['support chat'];

  test.each([
    [
      'docs/architecture.md',
      [
        'Purpose',
        'Context',
        'Diagram',
        'Components',
        'Data flow and trust boundaries',
        'Sizing',
        'Availability',
        'Network',
        'Identity, secrets and keys',
        'What was left out',
      ],
    ],
    [
      'docs/decisions/07-vector-store.md',
      ['Context', 'Decision', 'Options', 'Consequences', 'What would change it', 'Evidence'],
    ],
    ['docs/cost.md', ['By part of the platform', 'By line', 'Proof of the ceiling', 'Budget steps', 'Gaps']],
    ['docs/slo.md', ['Latency', 'Availability', 'Error budgets', 'Alerts']],
    ['docs/compliance.md', ['Guarantees', 'What stays with you', 'Findings set aside']],
    ['docs/load-test.md', ['Stages', 'Requests', 'Compare']],
  ])('%s has its sections', (path, sections) => {
    const headings = read(file(plan, path)).headings.map(({ text }) => text);
    for (const section of sections) expect(headings).toContain(section);
  });

  test.each(runbookIds.map((id) => [id]))(
    'runbook %s has first steps, decisions, escalation and a check (P17)',
    (id) => {
      const page = file(plan, `runbooks/${id}.md`);
      const headings = read(page).headings.map(({ text }) => text);
      expect(headings).toEqual(
        expect.arrayContaining(['Symptoms', 'First 5 minutes', 'Decide', 'Escalate', 'Verify', 'Afterwards']),
      );
      expect(page).toContain('Platform on-call is paged through');
      expect(page).toContain('```sh');
    },
  );

  test('every decision has a record, and the record its reversal, migration, effort and risk', () => {
    for (const decision of plan.decisions) {
      const pages = render(plan).filter(({ contents }) => contents.startsWith(`# ${decision.id} `));
      expect(pages).toHaveLength(1);
      for (const text of [decision.effort, decision.risk, decision.reversal, decision.migration])
        expect(pages[0]?.contents).toContain(text);
    }
  });

  test('a pinned decision says so, why, and against what advice', () => {
    const pinned = structuredClone(plan);
    const [first] = pinned.decisions;
    if (first)
      first.pinned = { reason: 'The board asked for it', against: 'The rule chooses another', costUsdPerMonth: 120 };
    const page = file(pinned, 'docs/decisions/01-adaptation.md');
    expect(page).toContain('The board asked for it.');
    expect(page).toContain('Against the advice: The rule chooses another.');
    expect(page).toContain('120 USD a month more');
  });
});

describe('figures come from the plan', () => {
  const plan = plans['support chat'];

  test('the load test runs at twice the peak (P18)', () => {
    expect(file(plan, 'docs/load-test.md')).toContain('| Twice the peak | 12 requests/s |');
    expect(file(plans['overnight batch'], 'docs/load-test.md')).toContain('| Twice the peak | 27.8 requests/s |');
    expect(file(plans.homelab, 'docs/load-test.md')).toContain('| Twice that | 4 requests in flight |');
  });

  test('what twice the peak must hold follows from what the largest configuration carries', () => {
    expect(file(plan, 'docs/load-test.md')).toContain('Beyond the plan: 3 replicas carry 9.6 requests/s');
    const strong = structuredClone(plan);
    if (strong.capacity)
      strong.capacity = { ...strong.capacity, chosen: { ...strong.capacity.chosen, goodputPerReplica: 9 } };
    expect(file(strong, 'docs/load-test.md')).toContain('Every goal: 3 replicas carry 27 requests/s inside them.');
  });

  test.each([
    [0.1, 'inside the goal with the whole error band'],
    [0.6, 'inside the goal; the upper end of the band is above it'],
  ])('an error band of %f reads: %s', (errorBand, verdict) => {
    const other = structuredClone(plan);
    if (other.capacity) {
      const { chosen } = other.capacity;
      other.capacity = { ...other.capacity, chosen: { ...chosen, prediction: { ...chosen.prediction, errorBand } } };
    }
    expect(file(other, 'docs/slo.md')).toContain(`| Time to first token, P95 | 400 ms |`);
    expect(
      file(other, 'docs/slo.md')
        .split('\n')
        .find((line) => line.startsWith('| Time to first token, P95')),
    ).toContain(verdict);
  });

  test('an uncalibrated GPU says how to calibrate it', () => {
    const other = structuredClone(plan);
    if (other.capacity) {
      const { chosen } = other.capacity;
      other.capacity = {
        ...other.capacity,
        chosen: { ...chosen, prediction: { ...chosen.prediction, basis: 'assumed' } },
      };
    }
    expect(file(other, 'docs/slo.md')).toContain('Uncalibrated');
    expect(file(other, 'docs/slo.md')).toContain('`groundplan calibrate`');
  });

  test('N+1 is said to hold only where it does', () => {
    expect(file(plan, 'docs/architecture.md')).toContain('N+1 holds at peak: 3 replicas less one carry 6.4 requests/s');
    const weak = structuredClone(plan);
    if (weak.capacity)
      weak.capacity = { ...weak.capacity, chosen: { ...weak.capacity.chosen, goodputPerReplica: 2.5 } };
    expect(file(weak, 'docs/architecture.md')).toContain('At peak there is no spare replica');
  });

  test('a broken ceiling is not called a proof', () => {
    expect(file(plan, 'docs/cost.md')).toContain('stays below the ceiling. 6,815 USD are left.');
    const broken = structuredClone(plan);
    broken.spend.proof.totalUsd = 16_000;
    expect(file(broken, 'docs/cost.md')).toContain('does not stay below the ceiling. That is 1,000 USD above');
  });

  test('a rollback that cannot fit into five minutes says so', () => {
    expect(file(plan, 'runbooks/model-rollback.md')).toContain('Loading takes 95 s by the plan');
    expect(file(plans['several machines a replica'], 'runbooks/model-rollback.md')).toContain(
      'Loading alone takes 10 min 40 s, so an undo does not fit into 5 minutes.',
    );
  });

  test('commands name objects of this plan only', () => {
    const known = new Set([...plan.models.map(({ role }) => role), 'gateway', 'ingestion']);
    for (const id of runbookIds)
      for (const [, name = ''] of file(plan, `runbooks/${id}.md`).matchAll(
        /\b(?:deployment|cronjob|leaderworkerset)\/([\w-]+)/g,
      ))
        expect(known, `${id}: ${name}`).toContain(name);
  });

  test('jobs that nobody generates are named as yours', () => {
    const page = file(plan, 'docs/index.md');
    expect(page).toContain('A CronJob `ingestion` in the namespace `retrieval`.');
    expect(page).toContain('A CronJob `evaluation` in the namespace `serving`.');
    expect(file(plans.homelab, 'docs/index.md')).not.toContain('yours to add');
  });

  test('what products add stands in its runbook, in one row each', () => {
    expect(file(plan, 'runbooks/latency-degradation.md')).toContain(
      '- A server: Slow. Look at: GET \\_stats \\| head. Then: Add one.',
    );
    expect(file(plan, 'runbooks/cost-spike.md')).not.toContain('A server');
  });
});

test('the stacks that were synthesized are counted by kind', () => {
  const resources = ['aws/Data/Corpus', 'aws/Data/Models', 'aws/Network/Vpc'].map((path) => ({
    path,
    type: path.endsWith('Vpc') ? 'AWS::EC2::VPC' : 'AWS::S3::Bucket',
  }));
  const page = documentArtifacts(plans['support chat'], templates, { ...extras, resources })[1]?.contents;
  expect(page).toContain('| `Data` | 2 | 2 × S3 Bucket |\n| `Network` | 1 | EC2 VPC |');
});

test('resources that follow from a decision for one reason stand together', () => {
  const plan = structuredClone(plans['support chat']);
  plan.links = ['aws/A', 'aws/B'].map((path) => ({
    from: 'decision:D1',
    to: `resource:${path}`,
    because: 'Both follow',
  }));
  expect(file(plan, 'docs/decisions/01-adaptation.md')).toContain('- `aws/A` and `aws/B`: Both follow.');
});

describe('compliance', () => {
  const plan = plans['support chat'];
  const row = (state: 'met' | 'unmet') => ({
    id: 'key-rotation' as const,
    title: 'Yearly key rotation',
    clauses: [{ framework: 'soc2' as const, clause: 'CC6.1' }],
    state,
    resources: state === 'met' ? ['aws/Security/DataKey'] : [],
    offenders: [],
    evidence: state === 'met' ? 'aws kms get-key-rotation-status | jq' : '',
    note: state === 'met' ? '' : 'no resource proves it',
  });
  const page = (more: object) =>
    documentArtifacts(plan, templates, { ...extras, ...more }).find(({ path }) => path === 'docs/compliance.md')
      ?.contents;

  test('control, clause, resource and evidence stand together', () => {
    const text = page({ complianceMatrix: [row('met')] });
    expect(text).toContain('1 guarantee met, 0 not met');
    expect(text).toContain('| [Yearly key rotation](#yearly-key-rotation) | SOC 2 CC6.1 | met | 1 |');
    expect(text).toContain('Shown by aws/Security: `DataKey`.\n\n```sh\naws kms get-key-rotation-status | jq\n```');
  });

  test('what nothing proves is not called met', () => {
    expect(page({ complianceMatrix: [row('unmet')] })).toContain('State: not met. No resource proves it.');
  });

  test('without synthesized resources nothing is claimed', () => {
    expect(page({})).toContain('not yet what proves it');
    expect(page({})).toContain('nothing was synthesized when this page was made');
  });

  test('a finding set aside carries its reason', () => {
    expect(
      page({ suppressions: [{ rule: 'AwsSolutions-X1', resource: 'aws/A', reason: 'It is a mirror.' }] }),
    ).toContain('| `AwsSolutions-X1` | `aws/A` | It is a mirror. |');
  });
});

test('headings of the same text get anchors of their own', () => {
  const plan = structuredClone(plans['support chat']);
  const [first] = plan.decisions;
  if (first) first.options = [...first.options, ...first.options.slice(1)];
  const ids = [...file(plan, 'docs/index.html').matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(ids).toContain('decisions-01-adaptation--the-alternative-1');
  expect(new Set(ids).size).toBe(ids.length);
});

test('text of the answers cannot become mark-up of the site', () => {
  const hostile = structuredClone(plans['support chat']);
  const text = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) `|` "quoted"';
  hostile.skippedSafeguards = [{ what: text, risk: text, row: text }];
  const [model] = hostile.models;
  if (model) model.modelId = text;
  const [decision] = hostile.decisions;
  if (decision) Object.assign(decision, { choiceTitle: text, reasons: [text], question: text });
  if (hostile.requirements.operations.onCall) hostile.requirements.operations.onCall.channel = text;
  const site = file(hostile, 'docs/index.html');
  expect(site).not.toContain('<img');
  expect(site).not.toMatch(/href="javascript:/);
  expect(brokenLinks(render(hostile))).toEqual([]);
});

import type { Artifact } from '../artifacts/artifact.ts';
import type { Plan } from '../plan/plan.ts';
import { architecturePage } from './architecture.ts';
import { compliancePage } from './compliance-page.ts';
import { costPage } from './cost.ts';
import { allDecisions, decisionPages } from './decision-records.ts';
import type { DocumentExtras, Page, PageInput } from './document.ts';
import { failureModesPage } from './failure-modes.ts';
import { loadTestPage } from './load-test.ts';
import { overviewPage } from './overview.ts';
import { pictureArtifacts } from './pictures.ts';
import { Renderer, type Templates } from './render.ts';
import { runbookPages } from './runbook-pages.ts';
import { siteHtml } from './site.ts';
import { sloPage } from './slo.ts';
import { statusArtifact, statusPage } from './status.ts';
import { whatIfPage } from './what-if.ts';

/**
 * Every document of a plan: Markdown pages, their pictures, the status file, and one HTML file that holds them all.
 *
 * @param templates - template texts by name, as `templates/` has them: `cost.md`, `site.html`, `site.css`
 * @returns artifacts under `docs/` and `runbooks/`; the same plan gives the same bytes
 */
export function documentArtifacts(plan: Plan, templates: Templates, extras: DocumentExtras): readonly Artifact[] {
  const input: PageInput = { plan, extras, render: new Renderer(templates) };
  const decisions = decisionPages(input);
  const rest: readonly Page[] = [
    ...(extras.pages ?? []),
    architecturePage(input),
    ...decisions,
    costPage(input),
    whatIfPage(input),
    compliancePage(input),
    failureModesPage(input),
    sloPage(input),
    loadTestPage(input),
    statusPage(input),
    ...runbookPages(input),
  ];
  const pages = [overviewPage(input, rest), ...rest];
  const pictures = pictureArtifacts(plan);
  return [
    ...pages.map(({ path, markdown }) => ({ path, contents: markdown })),
    { path: 'docs/decisions/all.md', contents: allDecisions(decisions, plan.name) },
    statusArtifact(plan),
    ...pictures,
    { path: 'docs/index.html', contents: siteHtml(plan, pages, pictures, input.render, templates) },
  ];
}

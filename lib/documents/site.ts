import { Marked, type Tokens } from 'marked';
import type { Artifact } from '../artifacts/artifact.ts';
import type { Plan } from '../plan/plan.ts';
import type { Group, Page } from './document.ts';
import { slug } from './format.ts';
import type { Renderer, Templates } from './render.ts';
import { escapeXml } from './svg.ts';

const groups: readonly Group[] = ['Start', 'Design', 'Decisions', 'Review', 'Operations', 'Runbooks'];

/** Id of a page on the site: `decisions-07-vector-store`, `runbooks-cost-spike`. */
export function pageId(path: string): string {
  return path
    .replace(/^docs\//, '')
    .replace(/\.md$/, '')
    .replaceAll('/', '-')
    .toLowerCase();
}

/** A path beside a page, from the root of the project. */
const beside = (page: string, path: string) => decodeURI(new URL(path, `file:///${page}`).pathname.slice(1));

/** The same path as seen from `docs/index.html`. */
const fromSite = (path: string) => (path.startsWith('docs/') ? path.slice('docs/'.length) : `../${path}`);

/** Where a link of a page leads on the site: to a section, or, for a file that is no page, to that file. */
function resolve(from: string, href: string, paths: ReadonlySet<string>): string {
  if (/^[a-z]+:/i.test(href)) return href;
  const [file = '', anchor] = href.split('#');
  const target = file === '' ? from : beside(from, file);
  if (!paths.has(target)) return fromSite(target);
  return anchor === undefined ? `#${pageId(target)}` : `#${pageId(target)}--${anchor}`;
}

/** Markdown of one page to HTML: anchors of its own, links within the site, pictures set in as SVG. */
function pageHtml(page: Page, paths: ReadonlySet<string>, pictures: ReadonlyMap<string, string>): string {
  const id = pageId(page.path);
  const used = new Map<string, number>();
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading): string {
        const base = slug(text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`\\]/g, ''));
        const times = used.get(base) ?? 0;
        used.set(base, times + 1);
        const anchor = times === 0 ? base : `${base}-${times}`;
        const inner = this.parser.parseInline(tokens);
        return depth === 1
          ? `<h1 tabindex="-1">${inner}</h1>\n`
          : `<h${depth} id="${id}--${anchor}">${inner}</h${depth}>\n`;
      },
      link({ href, title, tokens }: Tokens.Link): string {
        const target = resolve(page.path, href, paths);
        return `<a href="${escapeXml(target)}"${title ? ` title="${escapeXml(title)}"` : ''}>${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, title }: Tokens.Image): string {
        const path = beside(page.path, href);
        const svg = pictures.get(path);
        if (svg === undefined) throw new Error(`${page.path} shows ${path}, which is no picture of this plan`);
        return `<figure>${svg.trim()}<figcaption>${escapeXml(title ?? '')}</figcaption></figure>`;
      },
      table(token: Tokens.Table): string {
        const cell = (tag: string, content: Tokens.TableCell, scope: string) =>
          `<${tag}${scope}${content.align === 'right' ? ' class="number"' : ''}>${this.parser.parseInline(content.tokens)}</${tag}>`;
        const head = token.header.map((content) => cell('th', content, ' scope="col"')).join('');
        const rows = token.rows
          .map((row) => `<tr>${row.map((content) => cell('td', content, '')).join('')}</tr>`)
          .join('\n');
        return `<div class="table" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${head}</tr></thead><tbody>\n${rows}\n</tbody></table></div>\n`;
      },
      code({ text, lang }: Tokens.Code): string {
        return `<pre tabindex="0"><code${lang ? ` class="${escapeXml(lang)}"` : ''}>${escapeXml(text)}</code></pre>\n`;
      },
      // Our Markdown holds no HTML; whatever looks like it came from an answer and is text.
      html({ text }: Tokens.HTML | Tokens.Tag): string {
        return escapeXml(text);
      },
    },
  });
  return marked.parse(page.markdown, { async: false }).replace(/<p>(<figure>[\s\S]*?<\/figure>)<\/p>/g, '$1');
}

/** All pages in one file that needs no network, no server and no script to be read, and prints as a whole. */
export function siteHtml(
  plan: Plan,
  pages: readonly Page[],
  pictures: readonly Artifact[],
  render: Renderer,
  templates: Templates,
): string {
  const paths = new Set(pages.map(({ path }) => path));
  const svgs = new Map(pictures.map(({ path, contents }) => [path, contents]));
  const [style, script] = [templates['site.css'], templates['site.js']];
  if (style === undefined || script === undefined) throw new Error('no template named site.css or site.js');
  return render.html('site.html', {
    title: `${plan.name}: architecture documents`,
    name: plan.name,
    generator: plan.generator,
    catalogDate: plan.catalogDate,
    style: render.safe(style),
    script: render.safe(script),
    groups: groups
      .map((group) => ({
        title: group,
        pages: pages
          .filter((page) => page.group === group)
          .map((page) => ({ id: pageId(page.path), title: page.title })),
      }))
      .filter((group) => group.pages.length > 0),
    sections: groups.flatMap((group) =>
      pages
        .filter((page) => page.group === group)
        .map((page) => ({
          id: pageId(page.path),
          title: page.title,
          html: render.safe(pageHtml(page, paths, svgs)),
        })),
    ),
  });
}

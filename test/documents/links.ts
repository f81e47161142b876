import { posix } from 'node:path';
import { Marked } from 'marked';
import type { Artifact } from '../../lib/artifacts/artifact.ts';
import { slug } from '../../lib/documents/format.ts';

/** Files of a project that documents may point at and that other rooms write. */
const elsewhere = new Set(['plan.json', 'groundplan.yaml']);

interface Found {
  readonly hrefs: readonly string[];
  readonly anchors: ReadonlySet<string>;
  readonly headings: readonly { readonly depth: number; readonly text: string; readonly empty: boolean }[];
}

/** Links, anchors and headings of a Markdown file, as a code host would read it. */
export function read(markdown: string): Found {
  const marked = new Marked({ gfm: true });
  const tokens = marked.lexer(markdown);
  const hrefs: string[] = [];
  void marked.walkTokens(tokens, (token) => {
    if (token.type === 'link' || token.type === 'image') hrefs.push(token.href);
  });
  const blocks = tokens.filter(({ type }) => type !== 'space');
  const headings = blocks.flatMap((token, index) => {
    if (token.type !== 'heading') return [];
    const next = blocks[index + 1];
    const empty = next === undefined || (next.type === 'heading' && next.depth <= token.depth);
    return [{ depth: Number(token.depth), text: String(token.text), empty }];
  });
  const used = new Map<string, number>();
  const anchors = new Set(
    headings.map(({ text }) => {
      const base = slug(text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`\\]/g, ''));
      const times = used.get(base) ?? 0;
      used.set(base, times + 1);
      return times === 0 ? base : `${base}-${times}`;
    }),
  );
  return { hrefs, anchors, headings };
}

/** Every relative link that leads to no file of the project, or to no heading of it. */
export function brokenLinks(artifacts: readonly Artifact[]): string[] {
  const paths = new Set(artifacts.map(({ path }) => path));
  const pages = new Map(
    artifacts.filter(({ path }) => path.endsWith('.md')).map(({ path, contents }) => [path, read(contents)]),
  );
  return [...pages].flatMap(([path, { hrefs }]) =>
    hrefs
      .filter((href) => !/^(https?|mailto):/.test(href))
      .filter((href) => {
        const [file = '', anchor] = href.split('#');
        const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file));
        if (elsewhere.has(target)) return false;
        return !paths.has(target) || (anchor !== undefined && !pages.get(target)?.anchors.has(anchor));
      })
      .map((href) => `${path}: ${href}`),
  );
}

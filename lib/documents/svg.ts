/** What every picture shares: colours for both schemes, text escapes, the outer element. */

const light =
  '--ink:#1c2530;--muted:#556270;--line:#8b97a5;--faint:#dbe1e8;--surface:#f5f7fa;--paper:#ffffff;--accent:#2a5fb0;--second:#a4500f;--goal:#b3261e';
const dark =
  '--ink:#e4e9ef;--muted:#a3aebb;--line:#7b8794;--faint:#37414d;--surface:#1e262f;--paper:#141a21;--accent:#7fb0f5;--second:#f0a35e;--goal:#ff8a80';

const style = [
  `svg.plan{${light};font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}`,
  `@media screen and (prefers-color-scheme:dark){svg.plan{${dark}}}`,
  'svg.plan text{fill:var(--ink)}svg.plan text.muted{fill:var(--muted)}svg.plan text.strong{font-weight:600}',
  'svg.plan .axis{stroke:var(--faint);fill:none}svg.plan .bar{fill:var(--accent)}svg.plan .second{fill:var(--second)}',
  'svg.plan .whisker{stroke:var(--ink);fill:none}svg.plan .goal{stroke:var(--goal);stroke-width:2.5;fill:none}',
  'svg.plan .curve{stroke:var(--accent);stroke-width:2;fill:none}svg.plan .curve.b{stroke:var(--second);stroke-dasharray:6 4}svg.plan .curve.c{stroke:var(--ink);stroke-dasharray:2 3}',
].join('');

export function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** Two decimals: enough for a picture, and the same bytes everywhere. */
export const at = (value: number) => String(Math.round(value * 100) / 100);

/** Width of text in a sans-serif face; errs wide. */
export const textWidth = (text: string, size: number) => text.length * size * 0.62;

/** A stand-alone SVG that also reads well inside a page: it scales down, names itself, and follows the colour scheme. */
export function picture(
  width: number,
  height: number,
  title: string,
  description: string,
  body: string,
  extraStyle = '',
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="plan" viewBox="0 0 ${at(width)} ${at(height)}" width="${at(width)}" height="${at(height)}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<desc>${escapeXml(description)}</desc>`,
    `<style>${style}${extraStyle}</style>`,
    body,
    '</svg>',
    '',
  ].join('\n');
}

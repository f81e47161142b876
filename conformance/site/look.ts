import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';

/** One way to look at the site. */
export interface Look {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
  readonly script: boolean;
}

export interface Report {
  readonly pages: number;
  readonly problems: readonly string[];
}

/** Lowest contrast of text against its ground that the accessibility guidelines (WCAG 2.2, AA) accept. */
const lowestContrast = 4.5;

// What runs inside the browser is text: it is compiled there, against a DOM that these types do not know.
const shownArticles = `[...document.querySelectorAll('article')].filter((a) => a.offsetParent !== null).map((a) => a.id)`;
const overflow = `document.documentElement.scrollWidth - document.documentElement.clientWidth`;
const anchorsWithoutTarget = `[...document.querySelectorAll('a[href^="#"]')]
  .map((a) => a.getAttribute('href').slice(1)).filter((id) => !document.getElementById(id))`;
const fileLinks = `[...new Set([...document.querySelectorAll('a[href]')].map((a) => a.href).filter((h) => h.startsWith('file:')).map((h) => h.split('#')[0]))]`;
const textOutsidePicture = `[...document.querySelectorAll('article svg')].filter((s) => s.getClientRects().length > 0).flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((t) => {
    const box = t.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
  }).map((t) => t.textContent);
})`;
const textOutsideBox = `[...document.querySelectorAll('article svg .part')].filter((g) => g.getClientRects().length > 0).flatMap((part) => {
  const shape = part.querySelector('path, polygon, ellipse').getBoundingClientRect();
  return [...part.querySelectorAll('text')].filter((t) => {
    const box = t.getBoundingClientRect();
    return box.left < shape.left - 1 || box.right > shape.right + 1;
  }).map((t) => t.textContent);
})`;
const contrasts = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const luminance = (color) => channels(color).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (!/rgba\\(.*, 0\\)|transparent/.test(color)) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = {};
  for (const element of document.querySelectorAll('h1, h2, p, li, td, th, a, code, figcaption, footer, nav h2, svg text')) {
    if (element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const color = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [luminance(color), luminance(ground(element.closest('svg')?.parentElement ?? element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    found[element.tagName] = Math.min(found[element.tagName] ?? 99, ratio);
  }
  return found;
})()`;

async function lookAtPage(page: Page, id: string): Promise<string[]> {
  const problems: string[] = [];
  const shown = await page.evaluate<string[]>(shownArticles);
  if (shown.join() !== id) problems.push(`#${id} shows ${shown.join(', ') || 'nothing'}`);
  const wide = await page.evaluate<number>(overflow);
  if (wide > 0) problems.push(`#${id} is ${wide} px wider than the window`);
  for (const text of await page.evaluate<string[]>(textOutsidePicture))
    problems.push(`#${id}: «${text}» stands outside its picture`);
  for (const text of await page.evaluate<string[]>(textOutsideBox))
    problems.push(`#${id}: «${text}» stands outside its box`);
  for (const [tag, ratio] of Object.entries(await page.evaluate<Record<string, number>>(contrasts)))
    if (ratio < lowestContrast) problems.push(`#${id}: ${tag} has a contrast of ${ratio.toFixed(2)}`);
  return problems;
}

/** Opens every page of a site by its link in the menu, and then the site as it prints. */
export async function lookAt(browser: Browser, site: string, look: Look): Promise<Report> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.colorScheme,
    javaScriptEnabled: look.script,
  });
  const problems: string[] = [];
  const page = await context.newPage();
  const url = pathToFileURL(site).href;
  page.on('console', (message) => problems.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url && !request.url().startsWith('data:'))
      problems.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  const links = page.locator('nav a');
  const ids = (await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))).map((href) =>
    href.slice(1),
  );
  for (const [index, id] of ids.entries()) {
    const menu = page.locator('.menu summary');
    if ((await menu.isVisible()) && !(await links.nth(index).isVisible())) await menu.click();
    await links.nth(index).click();
    problems.push(...(await lookAtPage(page, id)));
    // The mark follows the event of the changed address, which a browser sends a moment later.
    const marked = links.nth(index).and(page.locator('[aria-current="page"]'));
    const isMarked = () =>
      marked.waitFor({ state: 'attached', timeout: 5000 }).then(
        () => true,
        () => false,
      );
    if (look.script && !(await isMarked())) problems.push(`#${id} is not marked in the menu`);
  }
  for (const target of await page.evaluate<string[]>(anchorsWithoutTarget)) problems.push(`no anchor #${target}`);
  for (const target of await page.evaluate<string[]>(fileLinks))
    if (!existsSync(fileURLToPath(target))) problems.push(`no file ${target}`);

  // A link into the middle of a page opens that page.
  const deep = page.locator('article h2[id]').last();
  const deepId = (await deep.getAttribute('id')) ?? '';
  await page.goto(`${url}#${deepId}`);
  if (!(await page.locator(`[id="${deepId}"]`).isVisible())) problems.push(`#${deepId} opens nothing`);

  await page.emulateMedia({ media: 'print' });
  const printed = await page.evaluate<string[]>(shownArticles);
  if (printed.length !== ids.length) problems.push(`prints ${printed.length} of ${ids.length} pages`);
  if (await page.locator('nav').isVisible()) problems.push('prints the menu');
  await context.close();
  return { pages: ids.length, problems: [...new Set(problems)] };
}

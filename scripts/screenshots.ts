/**
 * Makes the pictures of the README: the wizard's review page as a real terminal shows it, and the first page of the
 * documents as a browser shows it.
 *
 *   CHROMIUM=/usr/bin/chromium node scripts/screenshots.ts [--preset support-chat-rag]
 *
 * wizard.svg is the same bytes for the same plan; document.png also depends on the version of Chromium and its fonts.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { chromium } from 'playwright-core';
import { planFrom } from '../bin/planning.ts';
import { projectArtifacts } from '../bin/project-artifacts.ts';
import { terminalSvg } from './screenshots/terminal-svg.ts';

const { values } = parseArgs({ options: { preset: { type: 'string', default: 'support-chat-rag' } } });
const root = join(import.meta.dirname, '..');
const images = join(root, 'docs', 'images');
const size = { cols: 124, rows: 62 } as const;

/** Runs the wizard until the text stands on its screen, and returns that screen. */
async function wizardScreen(text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'groundplan-screenshot-'));
  const { CI: _, NO_COLOR: __, ...environment } = process.env;
  const terminal = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 500 });
  const pty = spawn(
    process.execPath,
    [join(root, 'bin/groundplan.ts'), 'new', 'my-platform', '--preset', values.preset],
    {
      ...size,
      cwd: folder,
      env: { ...environment, TERM: 'xterm-256color', FORCE_COLOR: '1' },
    },
  );
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`«${text}» did not come within two minutes`)), 120_000);
      let settled: NodeJS.Timeout | undefined;
      pty.onData((data) =>
        terminal.write(data, () => {
          clearTimeout(settled);
          const lines = Array.from({ length: size.rows }, (_row, y) =>
            terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y)?.translateToString(true),
          );
          if (!lines.some((line) => line?.includes(text))) return;
          // The screen is whole when nothing more is printed for a second.
          settled = setTimeout(() => {
            clearTimeout(timer);
            resolve();
          }, 1000);
        }),
      );
    });
    return terminalSvg(terminal, 'The review page of the wizard');
  } finally {
    pty.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first page of a preset's documents, in a window of a usual size. */
async function documentPicture(): Promise<Buffer> {
  const planned = planFrom({ preset: values.preset });
  if (!planned.ok) throw new Error(`${values.preset}: ${planned.reasons.map(({ found }) => found).join('; ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'groundplan-screenshot-'));
  for (const { path, contents } of await projectArtifacts(planned.value.plan)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, colorScheme: 'light' });
    await page.goto(`${pathToFileURL(join(folder, 'docs', 'index.html')).href}#architecture--diagram`);
    return await page.screenshot();
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

mkdirSync(images, { recursive: true });
writeFileSync(join(images, 'wizard.svg'), await wizardScreen('What now?'));
writeFileSync(join(images, 'document.png'), await documentPicture());
console.log('wrote docs/images/wizard.svg and docs/images/document.png');
process.exit(0);

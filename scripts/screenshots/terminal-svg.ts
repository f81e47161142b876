import type { IBufferCell, Terminal } from '@xterm/headless';

const cell = { width: 8.4, height: 18, size: 14 } as const;
const padding = 16;
const ink = '#d7dde4';
const ground = '#10151b';
/** The sixteen named colours, readable on the dark ground. */
const palette = [
  '#5b6572',
  '#ff7b72',
  '#6cc36a',
  '#e3b341',
  '#79b0ff',
  '#d2a8ff',
  '#56d4dd',
  '#c9d1d9',
  '#8b96a3',
  '#ffa198',
  '#85d882',
  '#f2cc60',
  '#a5cdff',
  '#e2c5ff',
  '#7ee7ee',
  '#ffffff',
] as const;

interface Run {
  readonly x: number;
  readonly text: string;
  readonly color: string;
  readonly bold: boolean;
}

function colorOf(buffer: IBufferCell): string {
  if (buffer.isFgRGB()) return `#${buffer.getFgColor().toString(16).padStart(6, '0')}`;
  if (buffer.isFgPalette()) return palette[buffer.getFgColor()] ?? ink;
  return buffer.isDim() ? '#8b96a3' : ink;
}

/** Cells of one line that look alike, joined. */
function runsOf(terminal: Terminal, y: number): readonly Run[] {
  const line = terminal.buffer.active.getLine(y);
  const runs: Run[] = [];
  for (let x = 0; line && x < terminal.cols; x++) {
    const buffer = line.getCell(x);
    if (!buffer) continue;
    const [text, color, bold] = [buffer.getChars() || ' ', colorOf(buffer), buffer.isBold() !== 0];
    const last = runs.at(-1);
    if (last && last.color === color && last.bold === bold) runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push({ x, text, color, bold });
  }
  return runs.filter(({ text }) => text.trim() !== '').map((run) => ({ ...run, text: run.text.trimEnd() }));
}

const escapeXml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** The visible screen as text, so that it can be read, searched and scaled; every run keeps the width of its cells. */
export function terminalSvg(terminal: Terminal, title: string): string {
  const top = terminal.buffer.active.viewportY;
  const lines = Array.from({ length: terminal.rows }, (_, y) => runsOf(terminal, top + y));
  const used = lines.findLastIndex((runs) => runs.length > 0) + 1;
  const width = terminal.cols * cell.width + 2 * padding;
  const height = used * cell.height + 2 * padding;
  const rows = lines.slice(0, used).flatMap((runs, y) =>
    runs.map(({ x, text, color, bold }) => {
      const indent = text.length - text.trimStart().length;
      const left = padding + (x + indent) * cell.width;
      const shown = text.trimStart();
      return `<text x="${left.toFixed(1)}" y="${padding + y * cell.height + cell.size}" fill="${color}"${
        bold ? ' font-weight="700"' : ''
      } textLength="${(shown.length * cell.width).toFixed(1)}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escapeXml(shown)}</text>`;
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(1)} ${height}" width="${width.toFixed(1)}" height="${height}" role="img">`,
    `<title>${title}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${ground}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${cell.size}">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

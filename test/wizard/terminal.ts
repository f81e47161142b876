import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type IPty, spawn } from '@lydell/node-pty';

/** The command line of this checkout. */
export const program = join(import.meta.dirname, '../../bin/groundplan.ts');

export const keys = { enter: '\r', up: '\x1b[A', down: '\x1b[B', space: ' ', interrupt: '\x03' } as const;

/** A real pseudo-terminal with the command line in it. */
export interface Terminal {
  /** Waits until the text is printed after what was seen last; fails with the screen where it does not come. */
  readonly see: (text: string | RegExp, milliseconds?: number) => Promise<string>;
  readonly type: (text: string) => void;
  readonly exitCode: Promise<number>;
  /** Everything printed so far, without control characters. */
  readonly screen: () => string;
  readonly close: () => void;
}

/** Starts `groundplan <args>` in a folder, 100 columns wide, with colours off. */
export function openTerminal(args: readonly string[], folder: string): Terminal {
  const { CI: _, ...environment } = process.env;
  const pty: IPty = spawn(process.execPath, [program, ...args], {
    cols: 100,
    rows: 40,
    cwd: folder,
    env: { ...environment, NO_COLOR: '1', TERM: 'xterm' },
  });
  let output = '';
  let seen = 0;
  let changed: () => void = () => {};
  pty.onData((data) => {
    output += stripVTControlCharacters(data);
    changed();
  });
  const exitCode = new Promise<number>((resolve) => pty.onExit(({ exitCode: code }) => resolve(code)));

  const position = (text: string | RegExp): number => {
    const rest = output.slice(seen);
    if (typeof text === 'string') {
      const at = rest.indexOf(text);
      return at < 0 ? -1 : at + text.length;
    }
    const match = text.exec(rest);
    return match ? match.index + match[0].length : -1;
  };

  return {
    see: (text, milliseconds = 10_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          changed = () => {};
          reject(new Error(`waited for ${text} and saw:\n${output.slice(Math.max(0, seen - 200))}`));
        }, milliseconds);
        const look = (): void => {
          const at = position(text);
          if (at < 0) return;
          clearTimeout(timer);
          changed = () => {};
          const found = output.slice(seen, seen + at);
          seen += at;
          resolve(found);
        };
        changed = look;
        look();
      }),
    type: (text) => pty.write(text),
    exitCode,
    screen: () => output,
    close: () => pty.kill(),
  };
}

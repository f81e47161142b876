/**
 * Fills the blocks of README.md that show real output: each `<!-- run: … -->` is followed by a code block that this
 * script replaces with what the command prints. `--check` writes nothing and fails when a block is out of date.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const path = join(root, 'README.md');
const folder = mkdtempSync(join(tmpdir(), 'groundplan-readme-'));

/** `groundplan plan … | head -20`: the line as shown, run in an empty folder. */
function output(line: string): string {
  const [command = '', filter] = line.split(' | ');
  const args = command.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? [];
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/groundplan.ts'), ...args.slice(1)], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', CI: 'true' },
  });
  const lines = `${stdout}${stderr}`.trimEnd().split('\n');
  const kept = filter?.startsWith('head -') ? lines.slice(0, Number(filter.slice('head -'.length))) : lines;
  return kept.map((text) => text.trimEnd()).join('\n');
}

const before = readFileSync(path, 'utf8');
const after = before.replaceAll(
  /<!-- run: (.+?) -->\n\n```[a-z]*\n[\s\S]*?```/g,
  (_block, line: string) => `<!-- run: ${line} -->\n\n\`\`\`\n$ ${line}\n${output(line)}\n\`\`\``,
);
rmSync(folder, { recursive: true });
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('README.md shows output that is out of date: run `node scripts/readme.ts`.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(path, after);
}

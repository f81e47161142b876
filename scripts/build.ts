/** Builds the published package into dist/: JavaScript with declarations, and the data files beside it. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});

/** tsc leaves out what is read by path instead of imported. */
for (const folder of ['lib', 'blueprints']) {
  for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    if (/\.(json|hbs|yaml|sql|sh|md)$/.test(name)) cpSync(join(root, folder, name), join(root, 'dist', folder, name));
  }
}

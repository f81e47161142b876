/** Start-up of the command line as a ratio to an empty Node, measured in turns in one run. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cli = join(root, 'bin/groundplan.ts');
const cases = {
  'node -e 0': ['-e', '0'],
  'groundplan --help': [cli, '--help'],
  'groundplan --version': [cli, '--version'],
  'groundplan plan --help': [cli, 'plan', '--help'],
  'groundplan catalog show gpus L40S': [cli, 'catalog', 'show', 'gpus', 'L40S'],
} as const;

const rounds = Number(process.argv[2] ?? 15);
const times: Record<string, number[]> = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, args] of Object.entries(cases)) {
    const begin = process.hrtime.bigint();
    spawnSync(process.execPath, args, { stdio: 'ignore', cwd: root });
    times[name]?.push(Number(process.hrtime.bigint() - begin) / 1e6);
  }
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const base = median(times['node -e 0'] ?? []);
for (const name of Object.keys(cases)) {
  const value = median(times[name] ?? []);
  console.log(`${name.padEnd(36)} ${value.toFixed(0).padStart(5)} ms   ${(value / base).toFixed(2)} × node -e 0`);
}
const help = median(times['groundplan --help'] ?? []);
console.log(
  `\nbound for --help: 2 × node -e 0 + 60 ms = ${(2 * base + 60).toFixed(0)} ms: ${help <= 2 * base + 60 ? 'met' : 'MISSED'}`,
);

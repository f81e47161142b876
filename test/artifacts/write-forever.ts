import { writeProject } from '../../lib/artifacts/write.ts';

/** Writes two projects in turn until it is killed; see write.test.ts. */
const root = process.argv[2] ?? '';
const project = (contents: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `folder-${index % 5}/${index}.txt`, contents }));
const even = project('even'.repeat(2000), 40);
const odd = project('odd'.repeat(2000), 41);
writeProject(root, even);
process.send?.('ready');
for (;;) {
  writeProject(root, odd);
  writeProject(root, even);
}

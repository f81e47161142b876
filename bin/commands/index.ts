import type { Command } from 'commander';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly configure: (command: Command) => void }>;
}

/** Every command in the order of the journey; a command's file is loaded when it is the one that was asked for. */
export const commands: readonly CommandEntry[] = [
  { name: 'new', summary: 'ask the questions and write the answers and the project', load: () => import('./new.ts') },
  { name: 'plan', summary: 'decide, size and price; write nothing', load: () => import('./plan.ts') },
  { name: 'generate', summary: 'write the project, all or nothing', load: () => import('./generate.ts') },
  {
    name: 'explain',
    summary: 'say why: a decision, row, answer, resource, flag or alert',
    load: () => import('./explain.ts'),
  },
  { name: 'compare', summary: 'name what differs between two sets of answers', load: () => import('./compare.ts') },
  { name: 'verify', summary: 'check a generated project against every rule', load: () => import('./verify.ts') },
  { name: 'predict', summary: 'predict latency and throughput of serving points', load: () => import('./predict.ts') },
  { name: 'calibrate', summary: 'correct the model with your own measurements', load: () => import('./calibrate.ts') },
  { name: 'catalog', summary: 'print facts with their source and age', load: () => import('./catalog.ts') },
  { name: 'schema', summary: 'print the JSON Schema of the answers', load: () => import('./schema.ts') },
];

import { Worker } from 'node:worker_threads';
import { filledIn } from './estimate.ts';

/** The newest figure for the answers so far, computed beside the prompts. */
export interface LiveEstimate {
  /** Hands over the answers; what was under way for older ones is dropped. */
  readonly update: (answers: unknown) => void;
  /** The line for the newest answers, once: undefined until there is another. */
  readonly take: () => string | undefined;
  readonly stop: () => Promise<void>;
}

export function liveEstimate(): LiveEstimate {
  let worker: Worker | undefined;
  let busy = false;
  let waiting: unknown;
  let newest = '';
  let shown = '';

  const send = (answers: unknown): void => {
    worker ??= startWorker((line) => {
      busy = false;
      if (line !== undefined) newest = line;
      if (waiting !== undefined) {
        const next = waiting;
        waiting = undefined;
        send(next);
      }
    });
    busy = true;
    worker.postMessage(answers);
  };

  return {
    update: (answers) => {
      if (filledIn(answers) === undefined) return;
      if (busy) waiting = answers;
      else send(answers);
    },
    take: () => {
      if (newest === shown) return undefined;
      shown = newest;
      return newest;
    },
    stop: async () => {
      await worker?.terminate();
    },
  };
}

function startWorker(onLine: (line: string | undefined) => void): Worker {
  // The same file is TypeScript in a checkout and JavaScript in the package.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./estimate-worker.${extension}`, import.meta.url), { stdout: false });
  worker.unref();
  worker.on('message', onLine);
  worker.on('error', () => onLine(undefined));
  return worker;
}

import { parentPort } from 'node:worker_threads';
import { estimateLine } from './estimate.ts';

/** Sizing takes up to seconds; here it does not hold up the next question. */
parentPort?.on('message', (answers: unknown) => {
  let line: string | undefined;
  try {
    line = estimateLine(answers);
  } catch (error) {
    // The figure beside a prompt is a courtesy; the review plans again and would show the bug whole.
    line = `no figure: ${error instanceof Error ? error.message : String(error)}`;
  }
  parentPort?.postMessage(line);
});

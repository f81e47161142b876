import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { estimateLine, filledIn, isEnough } from '../../bin/wizard/estimate.ts';
import { type LiveEstimate, liveEstimate } from '../../bin/wizard/live.ts';
import { presets } from '../../blueprints/presets/index.ts';
import { withValue } from '../../lib/requirements/path.ts';

const homelab = presets.homelab.answers;
let live: LiveEstimate | undefined;
afterEach(async () => {
  await live?.stop();
  live = undefined;
});

/** The next line, or undefined after the time given. */
async function nextLine(milliseconds: number): Promise<string | undefined> {
  for (let waited = 0; waited < milliseconds; waited += 50) {
    const line = live?.take();
    if (line !== undefined) return line;
    await sleep(50);
  }
  return undefined;
}

describe('figures beside the prompts', () => {
  test('come from a worker, once for each change', { timeout: 40_000 }, async () => {
    live = liveEstimate();
    live.update(homelab);
    expect(await nextLine(30_000)).toMatch(/^1 × L4 for Qwen\/Qwen3-8B .* USD a month/);
    expect(live.take()).toBeUndefined();
  });

  test('name the limit where nothing fits', () => {
    const tight = withValue(homelab, ['latency', 'tpotMs'], { p50: 1, p95: 2 });
    expect(estimateLine(tight)).toContain('nothing fits yet: ');
  });

  test('wait until enough is known', async () => {
    expect(isEnough({ latency: { streaming: true } })).toBe(false);
    expect(estimateLine({ latency: { streaming: true } })).toBeUndefined();
    live = liveEstimate();
    live.update({ latency: { streaming: true } });
    expect(await nextLine(200)).toBeUndefined();
  });

  test('stand-ins never replace an answer', () => {
    const { compliance: _, operations: __, ...open } = homelab;
    expect(filledIn(open)).toMatchObject({ ...open, operations: { environment: 'dev' }, name: 'homelab' });
  });
});

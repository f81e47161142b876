/** A seeded stream of numbers. Two streams of different names are independent, so one run may be coupled with another. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** Exponential with mean 1. */
  readonly exponential: () => number;
  /** Gamma with mean 1 and the given shape. */
  readonly gamma: (shape: number) => number;
}

/** Hash of seed and stream name (FNV-1a with a final mix): equal inputs give equal streams on every machine. */
function hash(seed: number, name: string): number {
  let value = 0x811c9dc5 ^ (seed | 0);
  for (let index = 0; index < name.length; index++) {
    value = Math.imul(value ^ name.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/**
 * A small fast counter generator (SFC32) behind the usual distributions.
 *
 * @param name - what the numbers are for (`arrivals`, `input`); streams of one seed do not disturb each other, so adding
 *   a draw to one leaves the others as they were.
 */
export function createRandom(seed: number, name: string): RandomStream {
  const state = new Uint32Array([hash(seed, name), hash(seed, `${name}/2`), hash(seed, `${name}/3`), 1]);
  const uniform = (): number => {
    const a = state[0] as number;
    const b = state[1] as number;
    const c = state[2] as number;
    const counter = state[3] as number;
    const sum = (((a + b) | 0) + counter) | 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let index = 0; index < 12; index++) uniform();

  const normal = (): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
  const exponential = (): number => -Math.log(1 - uniform());
  /** Marsaglia and Tsang's squeeze; a shape below 1 is boosted. */
  const gamma = (shape: number): number => {
    const boosted = shape < 1 ? shape + 1 : shape;
    const d = boosted - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      const u = 1 - uniform();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        const drawn = shape < 1 ? d * v * (1 - uniform()) ** (1 / shape) : d * v;
        return drawn / shape;
      }
    }
  };
  return { uniform, normal, exponential, gamma };
}

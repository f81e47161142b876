import type { ModelServerBlueprint } from '../contract.ts';
import { llamaCpp } from './llama-cpp/index.ts';
import { ollama } from './ollama/index.ts';
import { tgi } from './tgi/index.ts';
import { triton } from './triton/index.ts';
import { vllm } from './vllm/index.ts';

/** Every model server there is; the key is its id everywhere. */
export const modelServers = {
  'llama-cpp': llamaCpp,
  ollama,
  tgi,
  triton,
  vllm,
} as const satisfies Record<string, ModelServerBlueprint>;

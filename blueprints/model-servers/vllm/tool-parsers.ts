import type { vllmFlags } from './flags.ts';

type ToolParser = (typeof vllmFlags.toolParsers)[number];

/** Parser of a model family's tool calls, most particular first; read against the model's id without its owner. */
const families: readonly (readonly [RegExp, ToolParser])[] = [
  [/llama-?4/i, 'llama4_pythonic'],
  [/llama-?3/i, 'llama3_json'],
  [/qwen3.*coder/i, 'qwen3_coder'],
  [/qwen3\.5|qwen3\.6|qwen3\.8/i, 'qwen3_xml'],
  [/qwen|qwq|hermes/i, 'hermes'],
  [/gpt-oss/i, 'openai'],
  [/deepseek-v4/i, 'deepseek_v4'],
  [/deepseek-v3\.2/i, 'deepseek_v32'],
  [/deepseek-v3\.1/i, 'deepseek_v31'],
  [/deepseek-(v3|r1)/i, 'deepseek_v3'],
  [/glm-(4\.7|5)/i, 'glm47'],
  [/glm-4/i, 'glm45'],
  [/kimi-k3/i, 'kimi_k3'],
  [/kimi-k2/i, 'kimi_k2'],
  [/minimax-m3/i, 'minimax_m3'],
  [/minimax/i, 'minimax_m2'],
  [/mistral|mixtral|ministral|magistral|devstral/i, 'mistral'],
  [/granite-?4/i, 'granite4'],
  [/granite/i, 'granite'],
  [/gemma-?4/i, 'gemma4'],
  [/functiongemma/i, 'functiongemma'],
  [/phi-4-mini/i, 'phi4_mini_json'],
  [/internlm/i, 'internlm'],
  [/ernie/i, 'ernie45'],
  [/seed-oss/i, 'seed_oss'],
  [/olmo-?3/i, 'olmo3'],
];

/** The parser this version has for a model, or undefined where it has none: tool calls are then not enabled. */
export function toolParserOf(modelId: string): ToolParser | undefined {
  const name = modelId.slice(modelId.lastIndexOf('/') + 1);
  return families.find(([pattern]) => pattern.test(name))?.[1];
}

import type { GatewayBlueprint } from '../contract.ts';
import { envoyAiGateway } from './envoy-ai-gateway/index.ts';
import { litellm } from './litellm/index.ts';

/** Every gateway there is; the key is its id everywhere. */
export const gateways = {
  'envoy-ai-gateway': envoyAiGateway,
  litellm,
} as const satisfies Record<string, GatewayBlueprint>;

import type { HostedModel } from '../catalog/catalog.ts';

/** Host of each provider's API. `{region}` is the platform's own region. */
const providerHosts: Readonly<Record<string, string>> = {
  anthropic: 'api.anthropic.com',
  'aws-bedrock': 'bedrock-runtime.{region}.amazonaws.com',
  'google-gemini-api': 'generativelanguage.googleapis.com',
  'google-vertex': 'aiplatform.{region}.rep.googleapis.com',
  openai: 'api.openai.com',
};

/** Prefix of each provider in a gateway's model name. */
const gatewayProviders: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  'aws-bedrock': 'bedrock',
  'google-gemini-api': 'gemini',
  'google-vertex': 'vertex_ai',
  openai: 'openai',
};

/** `provider/model`, as gateways name a hosted model: `bedrock/eu.anthropic…`, `openai/gpt-5`. */
export function gatewayTarget(model: HostedModel): string {
  const prefix = gatewayProviders[model.provider] ?? model.provider;
  return model.id.startsWith(`${prefix}/`) ? model.id : `${prefix}/${model.id}`;
}

/** Whether the provider is reached over a private endpoint of the platform's own cloud. */
export function reachedPrivately(model: HostedModel, cloud: string): boolean {
  return model.provider === 'aws-bedrock' && cloud === 'aws';
}

/** V2: the domains calls may leave to; egress rules and the gateway are held to them. */
export const approvedDomains: readonly string[] = [
  'api.anthropic.com',
  'amazonaws.com',
  'generativelanguage.googleapis.com',
  'rep.googleapis.com',
  'api.openai.com',
];

/** Address of a hosted model's API; undefined for a provider nobody has approved. */
export function hostedEndpoint(model: HostedModel, region: string): string | undefined {
  const host = providerHosts[model.provider];
  return host === undefined ? undefined : `https://${host.replace('{region}', model.region ?? region)}`;
}

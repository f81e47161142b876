import type { HostedModel } from '../catalog/catalog.ts';

/** Host of each provider's API. `{region}` is the platform's own region. */
const providerHosts: Readonly<Record<string, string>> = {
  anthropic: 'api.anthropic.com',
  'aws-bedrock': 'bedrock-runtime.{region}.amazonaws.com',
  'google-gemini-api': 'generativelanguage.googleapis.com',
  'google-vertex': 'aiplatform.{region}.rep.googleapis.com',
  openai: 'api.openai.com',
};

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

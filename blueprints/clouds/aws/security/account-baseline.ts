import type { Construct } from 'constructs';

/**
 * GuardDuty, Security Hub, the Config recorder and registry scanning exist once an account and region. Where an
 * organization runs them already, `cdk deploy -c groundplan:accountBaseline=existing` leaves them alone.
 */
export function ownsAccountBaseline(scope: Construct): boolean {
  return scope.node.tryGetContext('groundplan:accountBaseline') !== 'existing';
}

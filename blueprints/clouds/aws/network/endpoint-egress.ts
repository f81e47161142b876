/** Egress rule of a group whose members only answer: without one, CloudFormation leaves every way out open. */
export const noOutgoingTraffic = {
  ipProtocol: 'icmp',
  fromPort: 252,
  toPort: 86,
  cidrIp: '255.255.255.255/32',
  description: 'No outgoing traffic',
} as const;

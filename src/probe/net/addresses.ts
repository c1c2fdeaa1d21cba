import { BlockList, isIPv6 } from 'node:net';

const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
// Metadata doors outside link-local: Alibaba, Azure, Oracle, AWS over IPv6.
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('168.63.129.16', 'ipv4');
forbidden.addAddress('192.0.0.192', 'ipv4');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('::', 'ipv6');
// The same IPv4 addresses behind NAT64.
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

/** True for link-local and cloud metadata addresses: a target must not send us there (server-side request forgery). */
export const isForbiddenAddress = (address: string): boolean => {
  const plain = address.replace(/%.*$/, '');
  return forbidden.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
};

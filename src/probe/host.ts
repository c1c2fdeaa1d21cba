import type { CheckTarget } from './targets.ts';

/** Host and port as they are written in a URL, without user and password. */
const inUrl = (url: string): string => /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? url;

/** Whom a check visits, as it is written: checks with the same text go to the same door. */
export const hostOf = (check: CheckTarget): string => {
  switch (check.kind) {
    case 'http':
    case 'postgres':
    case 'redis':
      return inUrl(check.url);
    case 'tcp':
    case 'tls':
    case 'grpc':
      return check.address;
    case 'dns':
      return check.server ?? 'the name servers of this machine';
    case 'icmp':
      return check.host;
  }
};

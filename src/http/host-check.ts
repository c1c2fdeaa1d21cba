import { isIP } from 'node:net';

/**
 * Which Host headers are ours, against DNS rebinding: a foreign name that was pointed at this machine is refused.
 * Addresses are always fine: rebinding needs a name.
 */
export const createHostCheck = (host: string, publicUrl: string | null): ((header: string | undefined) => boolean) => {
  const names = new Set(['localhost', host.toLowerCase()]);
  if (publicUrl) names.add(new URL(publicUrl).hostname.toLowerCase());
  return (header) => {
    if (header === undefined) return false;
    const url = URL.parse(`http://${header}`);
    if (!url || url.pathname !== '/' || url.username || url.search) return false;
    const name = url.hostname.toLowerCase();
    return names.has(name) || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  };
};

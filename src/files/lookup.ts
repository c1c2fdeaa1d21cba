import { readFileSync } from 'node:fs';

/** Resolves a reference: `env:NAME` from the given environment, `file:path` from disk (trimmed); undefined when unset. */
export const lookupIn =
  (env: Readonly<Record<string, string | undefined>>) =>
  (reference: string): string | undefined => {
    if (reference.startsWith('env:')) return env[reference.slice(4)] || undefined;
    if (!reference.startsWith('file:')) return undefined;
    try {
      return readFileSync(reference.slice(5), 'utf8').trim() || undefined;
    } catch {
      return undefined;
    }
  };

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ID = /\b(?:NSI|NSB|ER|NX|DN)-\d{2}\b/g;

/** Requirement ids that a test or a lab scenario under `folder` names: it turns the thing bad and sees Nines say so. */
export const readProofs = (folder = 'test'): ReadonlySet<string> => {
  const proofs = new Set<string>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (entry.endsWith('.proof.test.ts'))
        for (const [id] of readFileSync(join(folder, entry), 'utf8').matchAll(ID)) proofs.add(id);
  } catch {
    // An installed package has no tests: nothing is proved there.
  }
  return proofs;
};

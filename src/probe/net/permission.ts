import { isForbiddenAddress, isPrivateAddress, isPrivateName } from './addresses.ts';
import { fail, type Failure } from './reasons.ts';
import type { Reach } from '../targets.ts';

/** A host that was looked up, and who named it. */
export type Visit = {
  /** As it is written. */
  host: string;
  place: string;
  address: string;
  /** The host is an address itself. */
  literal: boolean;
  /** The full name that was found, and whether this machine knows it by itself. */
  name: string;
  local: boolean;
  allow: Reach['allow'];
  /** A redirect named it, from a target at this address; null = the definition did. */
  sentBy: string | null;
};

const forbiddenVisit = ({ host, place, address, literal, sentBy }: Visit): Failure => {
  if (sentBy !== null) return fail('redirect-refused', `a redirect led to ${place}, a link-local or metadata address`);
  const what = literal ? `${address} is` : `${host} leads to ${address},`;
  const sentence = `${what} a link-local or metadata address; write \`allow: [metadata]\` if that is meant`;
  return fail('address-refused', sentence);
};

// What the definition names is meant, unless its name belongs to somebody outside, who could let it lead anywhere.
const isMeant = ({ literal, name, local }: Visit): boolean => literal || local || isPrivateName(name);

const privateVisit = (visit: Visit): Failure | null => {
  const { host, place, address, literal, sentBy } = visit;
  if (sentBy !== null) {
    if (isPrivateAddress(sentBy)) return null;
    const where = literal ? place : `${place} (${address})`;
    return fail('redirect-refused', `a redirect led from a public address to ${where}, a private one`);
  }
  if (isMeant(visit)) return null;
  return fail(
    'address-refused',
    `${host} leads to ${address}, a private address; write \`allow: [private]\` if that is meant`,
  );
};

/** Why an address may not be visited; null when it may. Judged on every hop, of what was really looked up. */
export const refusalOf = (visit: Visit): Failure | null => {
  const { address, allow } = visit;
  if (!allow.includes('metadata') && isForbiddenAddress(address)) return forbiddenVisit(visit);
  if (!allow.includes('private') && isPrivateAddress(address)) return privateVisit(visit);
  return null;
};

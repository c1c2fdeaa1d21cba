import { createHash } from 'node:crypto';

const LONGEST_UID = 40;

/** `nines-system-<id>`, cut where Grafana allows no more, and then with a piece of its hash. */
export const systemUid = (id: string): string => {
  const uid = `nines-system-${id}`;
  if (uid.length <= LONGEST_UID) return uid;
  return `${uid.slice(0, LONGEST_UID - 9)}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
};

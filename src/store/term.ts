import { NinesError } from '../errors.ts';
import type { Statement } from './sql.ts';

/** Who may write series and counters: the leader of a shared database, or the only process of one of its own. */
export type Term = {
  leads(): boolean;
  /** From now on `fence` guards every write; null guards nothing, and so does any fence of a database of one's own. */
  begin(fence: Statement | null): void;
  /** The statements behind their fence. Throws `commit_conflict` where another replica leads. */
  fenced(statements: readonly Statement[]): Statement[];
};

/** Of a shared database nobody leads before `begin`. */
export const createTerm = (shared: boolean): Term => {
  let leading = !shared;
  let fence: readonly Statement[] = [];
  return {
    leads: () => leading,
    begin: (given) => {
      leading = true;
      fence = given === null || !shared ? [] : [given];
    },
    fenced: (statements) => {
      if (!leading)
        throw new NinesError('commit_conflict', 'Only the leader writes series, and this replica does not lead.');
      return [...fence, ...statements];
    },
  };
};

import type { Notification } from '../incident/notification.ts';

/**
 * The result of one attempt. `uncertain` = it may have arrived: reconcile before sending again.
 * `rejected` never succeeds by repeating: the fallback channel is told. `ref` identifies what was created there
 * (Slack: `C123:1503435956.000247`).
 */
export type Delivery =
  | { outcome: 'sent'; ref: string | null }
  | { outcome: 'retry'; reason: string; afterMs: number | null }
  | { outcome: 'rejected'; reason: string }
  | { outcome: 'uncertain'; reason: string };

/** What an earlier attempt left behind. */
export type Reconciled =
  | { outcome: 'found'; ref: string | null }
  | { outcome: 'absent' }
  | { outcome: 'unknown'; reason: string };

export type ChannelCheck = { ok: boolean; text: string };

/** A way to reach people. Classifies, never loops, never reads the store, never throws for an answer of the other side. */
export type Channel = {
  id: string;
  /**
   * One request (or at most one per notification kind). `root` is the ref of this incident's root message, where
   * the shape is `thread`; `possibleRepeat` = an earlier attempt may have arrived.
   */
  send(
    notification: Notification,
    context: { root: string | null; possibleRepeat: boolean; signal: AbortSignal },
  ): Promise<Delivery>;
  /** Looks for a notification whose attempt at `attemptedAt` (epoch ms) was uncertain. Absent where sending twice is harmless. */
  reconcile?(
    notification: Notification,
    context: { root: string | null; attemptedAt: number; signal: AbortSignal },
  ): Promise<Reconciled>;
  /** Reachability and rights, for `nines doctor`; pages nobody. */
  check(signal: AbortSignal): Promise<ChannelCheck>;
};

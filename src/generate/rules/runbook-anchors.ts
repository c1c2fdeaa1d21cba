/**
 * Where the runbook of each alert is found that names none of its own: an anchor of `links.runbooks`, or a page below it
 * where Nines serves them. Every one of them is a heading of docs/runbooks; alerts that share a cause share one.
 */
export const RUNBOOK_ANCHORS = {
  ErrorBudgetBurn: 'error-budget-burn',
  ConditionMet: 'condition-met',
  SliNoData: 'sli-no-data',
  SliNoTraffic: 'sli-no-traffic',
  LedgerDisagrees: 'ledger-disagrees',
  NinesWatchdog: 'nines-watchdog',
  NinesDown: 'nines-down',
  NinesHeartbeatMissing: 'nines-heartbeat-missing',
  NinesNoLeader: 'nines-no-leader',
  NinesTwoLeaders: 'nines-two-leaders',
  NinesStoreUnwritable: 'nines-store-unwritable',
  NinesOutboxStuck: 'nines-outbox-stuck',
  NinesDeliveriesFailing: 'nines-deliveries-failing',
  NinesCatalogInvalid: 'nines-catalog-invalid',
  NinesChecksMissed: 'nines-checks-missed',
  NinesLoopSlow: 'nines-loop-slow',
  NinesLocationSilent: 'nines-location-silent',
  NinesRuleEvaluationFailing: 'rules-failing',
  NinesRulesMissed: 'rules-failing',
  NinesNotificationsDropped: 'notifications-dropped',
} as const;

export type AlertName = keyof typeof RUNBOOK_ANCHORS;

/** Anchors that no alert points to: for what `nines generate --check` finds. */
export const OTHER_ANCHORS = ['generated-files-drifted'] as const;

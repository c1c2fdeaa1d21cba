import { DAY, HOUR, MINUTE } from '../duration.ts';
import type { Window } from './window.ts';

export const TIER_NAMES = ['page-fast', 'page-slow', 'ticket-fast', 'ticket-slow'] as const;
export type TierName = (typeof TIER_NAMES)[number];

/** One pair of look-backs with its factor: firing while both burn faster than `factor` times the budget's pace. */
export type Tier = {
  name: TierName;
  factor: number;
  longMs: number;
  shortMs: number;
  severity: 'critical' | 'warning';
};

// SRE Workbook, "Alerting on SLOs", table 5-8; ticket-fast as in its PromQL listing.
const WEEK_AND_LONGER: readonly Tier[] = [
  { name: 'page-fast', factor: 14.4, longMs: HOUR, shortMs: 5 * MINUTE, severity: 'critical' },
  { name: 'page-slow', factor: 6, longMs: 6 * HOUR, shortMs: 30 * MINUTE, severity: 'critical' },
  { name: 'ticket-fast', factor: 3, longMs: DAY, shortMs: 2 * HOUR, severity: 'warning' },
  { name: 'ticket-slow', factor: 1, longMs: 3 * DAY, shortMs: 6 * HOUR, severity: 'warning' },
];

// A day's budget is too small for the week's factors: 25 % and 50 % of it are gone when these fire.
const ONE_DAY: readonly Tier[] = [
  { name: 'page-fast', factor: 6, longMs: HOUR, shortMs: 5 * MINUTE, severity: 'critical' },
  { name: 'ticket-fast', factor: 2, longMs: 6 * HOUR, shortMs: 30 * MINUTE, severity: 'warning' },
];

/** The tiers of a window that declares none of its own. */
export const defaultTiers = (window: Window): readonly Tier[] => {
  const oneDay = window.kind === 'calendar' ? window.unit === 'day' : window.days < 7;
  return oneDay ? ONE_DAY : WEEK_AND_LONGER;
};

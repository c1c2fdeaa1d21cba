/** A night in November: Duru's API has been failing for twelve minutes. */
export const NOW = Date.UTC(2026, 10, 20, 3, 12, 40);

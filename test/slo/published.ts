/** Multi-window, multi-burn-rate alerting at 99.9 % over 30 d: time to detect and to reset after a step from no errors. */
type Row = { tier: string; errors: number; detect: string; reset: string };

const row = (errors: number, ...cells: string[]): Row[] =>
  ['page-fast', 'page-slow', 'ticket-fast', 'ticket-slow'].map((tier, index) => {
    const [detect = 'never', reset = 'never'] = cells[index]!.split(' / ');
    return { tier, errors, detect, reset };
  });

export const PUBLISHED: readonly Row[] = [
  ...row(100, '51.84s / 4m55.68s', '2m9.6s / 29m49.2s', '4m19.2s / 1h59m38.4s', '4m19.2s / 5h59m38.4s'),
  ...row(50, '1m43.68s / 4m51.36s', '4m19.2s / 29m38.4s', '8m38.4s / 1h59m16.8s', '8m38.4s / 5h59m16.8s'),
  ...row(10, '8m38.4s / 4m16.8s', '21m36s / 28m12s', '43m12s / 1h56m24s', '43m12s / 5h56m24s'),
  ...row(2, '43m12s / 1m24s', '1h48m / 21m', '3h36m / 1h42m', '3h36m / 5h42m'),
  ...row(1, 'never', '3h36m / 12m', '7h12m / 1h24m', '7h12m / 5h24m'),
  ...row(0.5, 'never', 'never', '14h24m / 48m', '14h24m / 4h48m'),
  ...row(0.2, 'never', 'never', 'never', '36h / 3h'),
  ...row(0.1, 'never', 'never', 'never', 'never'),
];

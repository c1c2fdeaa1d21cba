/** One service with one probe and one 99.9 % objective: the smallest thing that can burn, page and climb. */
export const SYSTEM = `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
  - id: checkout
    name: Checkout
    tier: 0
    policy: standard
    probes:
      - id: health
        kind: http
        url: http://127.0.0.1:1/health
        every: 10s
        timeout: 5s
    slos:
      - id: availability
        name: Checkout availability
        objective: 99.9
        window: 30d
        indicator: { kind: probe, probes: [health] }
`;

export const POLICIES = `apiVersion: nines/v1
kind: Policies
channels:
  - { id: slack-oncall, kind: slack, channel: '\${env:NINES_SLACK_CHANNEL}' }
  - { id: engineering-manager, kind: pagerduty }
  - { id: executive, kind: pagerduty, routingKey: '\${env:PAGERDUTY_ROUTING_KEY_L4}' }
  - { id: console, kind: console }
policies:
  - id: standard
    name: Standard
    fallback: console
    critical:
      levels:
        - { level: 2, after: 2m, channels: [slack-oncall] }
        - { level: 3, after: 10m, channels: [engineering-manager] }
        - { level: 4, after: 30m, channels: [executive] }
    warning:
      levels:
        - { level: 2, after: 2m, channels: [slack-oncall] }
`;

/** Whoever is called reads it on the terminal: nothing is sent anywhere. */
export const CONSOLE_POLICIES = `apiVersion: nines/v1
kind: Policies
channels: [{ id: console, kind: console }]
policies:
  - id: standard
    name: Standard
    critical: { levels: [{ level: 2, after: 2m, channels: [console] }] }
    warning: { levels: [{ level: 2, after: 2m, channels: [console] }] }
`;

import { expect, test } from 'vitest';
import { POLICIES, SHOP, linesOf, policiesWith, shopWith } from './documents.ts';

/** A mistake, the place of the good text, what stands there instead, and every line that is said. */
type Mistake = readonly [name: string, from: string, to: string, ...said: string[]];

const IN_SYSTEM: readonly Mistake[] = [
  [
    'an objective of 100 or more',
    'objective: 99.9',
    'objective: 999',
    '30:20 objective must be less than 100, got 999',
  ],
  [
    'an objective with five decimals',
    'objective: 99.9',
    'objective: 99.99999',
    '30:20 objective must have at most four decimals, got 99.99999',
  ],
  [
    'a number in quotes',
    'objective: 99.9',
    'objective: "99.9"',
    '30:20 objective must be a number, got "99.9"; leave the quotes out',
  ],
  ['a text that is a number', 'name: Shop\n', 'name: 24\n', '4:7 name must be a text, got 24; put it in quotes'],
  ['a field without a value', 'name: Shop\n', 'name:\n', '4:1 name must be a text, got nothing'],
  [
    'an unknown field near a known one',
    'threshold: 1\n',
    'treshold: 1\n        threshold: 1\n',
    '53:9 treshold is not a known field; did you mean threshold?',
  ],
  [
    'an unknown field near none',
    'tier: 0',
    'tier: 0\n    colour: red',
    '13:5 colour is not a known field; known here: id, name, tier, policy, probes, slos, conditions, covers',
  ],
  ['a missing field', '        window: month\n', '', '28:9 window is required'],
  [
    'a missing field of a discriminated kind',
    'kind: probe, probes: [home]',
    'probes: [home]',
    '32:20 indicator.kind is required and must be probe, latency, events, freshness or incident-clock',
  ],
  ['an unknown kind', 'kind: heartbeat', 'kind: ping', '25:15 kind must be http or heartbeat, got "ping"'],
  ['an unknown kind of document', 'kind: System', 'kind: Sytem', '2:7 kind must be System or Policies, got "Sytem"'],
  ['an unknown version', 'nines/v1', 'nines/v2', '1:13 apiVersion must be nines/v1, got "nines/v2"'],
  ['a missing version', 'apiVersion: nines/v1\n', '', '1:1 apiVersion is required and must be nines/v1'],
  ['an id with capitals', 'id: shop', 'id: Shop', '3:5 id must be lower-case letters, digits and dashes, got "Shop"'],
  [
    'an unknown window',
    'window: month',
    'window: year',
    '31:17 window must be day, week, month, quarter, or days such as 30d, got "year"',
  ],
  [
    'a bad duration',
    'every: 30s',
    'every: 30 seconds',
    '18:16 every must be a duration such as 30s, 5m or 28d, got "30 seconds"',
  ],
  ['an interval of nothing', 'every: 30s', 'every: 0s', '18:16 every must be at least 100ms, got 0s'],
  [
    'an unknown time zone',
    'America/Toronto',
    'America/Tronto',
    '5:11 timeZone must be an IANA time zone such as America/Toronto, got "America/Tronto"',
  ],
  [
    'a status that is none',
    '[200, 3xx]',
    '[200, 9xx]',
    '22:27 status[1] must be a number, 1xx, 2xx, 3xx, 4xx or 5xx, got "9xx"',
  ],
  ['a list that is none', 'probes: [home]', 'probes: home', '32:43 indicator.probes must be a list, got "home"'],
  [
    'an empty list',
    'probes: [home]',
    'probes: []',
    '32:43 indicator.probes must have at least 1 entry, got an empty list',
  ],
  [
    'a probe that does not exist',
    'probes: [home]',
    'probes: [hom]',
    '32:44 probe hom does not exist; did you mean home?',
  ],
  [
    'a probe named twice',
    'probes: [home]',
    'probes: [home, home]',
    '32:50 probe home is named twice, so its checks would count twice',
  ],
  [
    'a connector that does not exist',
    'connector: edge',
    'connector: elb',
    '47:47 connector elb does not exist; there is edge',
  ],
  [
    'a policy that does not exist',
    'policy: standard',
    'policy: standart',
    '13:13 policy standart does not exist; did you mean standard?',
  ],
  ['an id used twice', 'id: speed', 'id: availability', '35:13 id availability is used twice in these slos'],
  [
    'a timeout longer than the interval',
    'timeout: 10s',
    'timeout: 40s',
    '19:18 timeout must not be longer than every (30s), or checks would overlap, got 40s',
  ],
  [
    'a window longer than the retention',
    'kind: System\n',
    'kind: System\nretention: 20d\n',
    "32:17 window month spans 31 days, longer than the system's retention of 20d",
  ],
  [
    'a declared tier that cannot be reached',
    'objective: 95\n',
    'objective: 90\n        tiers: [{ name: page-fast, factor: 14.4 }]\n        tiersBecause: Sharper\n',
    '38:44 factor can never be reached: 14.4 × (1 − 0.9) = 1.44, and an error ratio never exceeds 1',
  ],
  [
    'tiers without a reason',
    'objective: 95\n',
    'objective: 95\n        tiers: []\n',
    '38:9 tiers needs tiersBecause beside it: one sentence why not the default',
  ],
  [
    'a reason without tiers',
    'objective: 95\n',
    'objective: 95\n        tiersBecause: Why not\n',
    '38:9 tiersBecause needs tiers beside it',
  ],
  [
    'a tier that a day does not have',
    'window: day',
    'window: day\n        tiers: [{ name: page-slow, factor: 6 }]\n        tiersBecause: Sharper',
    '47:25 name must be page-fast or ticket-fast for a window of day, got page-slow',
  ],
  [
    'a factor below 1',
    'window: day',
    'window: day\n        tiers: [{ name: page-fast, factor: 0.5 }]\n        tiersBecause: Sharper',
    '47:44 factor must be at least 1: below it would fire while the objective is met, got 0.5',
  ],
  [
    'latency of a heartbeat',
    '          probes: [home]\n',
    '          probes: [nightly]\n',
    '41:20 probe nightly must be an http probe: a heartbeat has no response time',
  ],
  [
    'a latency beyond the timeout',
    'threshold: 500ms',
    'threshold: 11s',
    '42:22 threshold must not be longer than the timeout of probe home (10s), got 11s',
  ],
  [
    'freshness of an http probe',
    '{ kind: probe, probes: [home] }',
    '{ kind: freshness, probe: home, maxAge: 1h }',
    '32:46 probe home must be a heartbeat: freshness is the age of its last beat',
  ],
  [
    'absence told too early',
    'window: day',
    'window: day\n        noData: { after: 1m }',
    '47:26 noData.after must be at least 15m, got 1m',
  ],
  [
    'a condition that holds while all is well',
    'threshold: 1\n',
    'threshold: 0\n',
    '53:20 threshold must tell 1 (failing) from 0 (up): write comparison ">=" and threshold 1',
  ],
  [
    'the certificate of a heartbeat',
    'probe: home, metric: failing',
    'probe: nightly, metric: certificate-days',
    '51:39 probe nightly must be an http probe: a heartbeat has no certificate-days',
  ],
  [
    'a url of another protocol',
    'https://shop.example.org/',
    'ftp://shop.example.org/',
    '17:14 url must be an http or https address such as https://api.example.org/health',
  ],
  [
    'a url with a password',
    'https://shop',
    'https://ann:hunter2@shop',
    '17:14 url must not hold a user or a password; send them as a header with a reference',
  ],
  [
    'a reference that is none',
    '${env:SHOP_TOKEN}',
    '${SHOP_TOKEN}',
    '20:43 ${SHOP_TOKEN} is no reference; write ${env:NAME} or ${file:path}',
  ],
  [
    'a reference where none is filled in',
    'name: Availability',
    'name: ${env:NAME}',
    '29:15 ${env:NAME} cannot stand here: references fill urls, headers, bodies, ca and channels',
  ],
  [
    'a secret in the wrong type',
    '"Bearer ${env:SHOP_TOKEN}"',
    '{ hunter2: 1 }',
    '20:35 headers.Authorization must be a text, got a mapping',
  ],
  [
    'a header name with a space',
    'Authorization:',
    'Author ization:',
    '20:20 header "Author ization" is no name that HTTP allows',
  ],
  [
    'a bad regular expression',
    'status: [200, 3xx]',
    'body: { matches: "[a" }',
    '22:30 matches must be a regular expression: unterminated character class',
  ],
  [
    'a bad JSON path',
    'path: $.status',
    'path: $..status',
    '23:27 json.path must be a path such as $.checks[0].status, got "$..status"',
  ],
  [
    'an assertion of two things',
    'status: [200, 3xx]',
    'status: 200\n            responseTime: 1s',
    '22:13 assert needs exactly one of status, header, json, body, responseTime or certificate in each entry, got status and responseTime',
  ],
  [
    'an assertion of nothing',
    'status: [200, 3xx]',
    '{}',
    '22:13 assert needs exactly one of status, header, json, body, responseTime or certificate in each entry, got none',
  ],
  [
    'a header assertion without a demand',
    'status: [200, 3xx]',
    'header: { name: Server }',
    '22:13 header needs exactly one of equals, matches or absent',
  ],
  [
    'a body assertion without a demand',
    'status: [200, 3xx]',
    'body: { not: true }',
    '22:13 body needs exactly one of contains or matches',
  ],
  [
    'a certificate of plain http',
    'url: https://shop.example.org/\n        every: 30s\n        timeout: 10s\n        headers: { Authorization: "Bearer ${env:SHOP_TOKEN}" }\n        assert:\n          - status: [200, 3xx]',
    'url: http://shop.example.org/\n        assert:\n          - certificate: 7d',
    '19:13 certificate needs an https url: without TLS there is none',
  ],
  [
    'a runbook that runs',
    'availability.md',
    'javascript:alert(1)',
    '33:18 runbook must be an http or https address, or relative to runbooks',
  ],
  ['a requirement that no row has', 'DN-65', 'DN-99', '34:18 covers names DN-99, which is no row of requirements.yaml'],
  [
    'a requirement of another form',
    'DN-65',
    'DN65',
    '34:18 covers[0] must be requirement ids such as DN-65, got "DN65"',
  ],
  ['a key used twice', 'tier: 0', 'tier: 0\n    tier: 1', '13:5 tier stands here twice'],
  [
    'broken YAML',
    'probes: [home]',
    'probes: [home',
    '32:49 file cannot be read as YAML here: missed comma between flow collection entries',
  ],
  [
    'a tab',
    '    tier: 0',
    '	tier: 0',
    '12:1 file cannot be read as YAML here: tab characters must not be used in indentation',
  ],
];

const IN_POLICIES: readonly Mistake[] = [
  ['levels not ascending', 'level: 3', 'level: 2', '13:20 level must be above 2, the level before it, got 2'],
  ['a level no ladder has', 'level: 3', 'level: 5', '13:20 level must be 2, 3 or 4, got 5'],
  [
    'levels not ascending in time',
    'after: 10m',
    'after: 90s',
    '13:30 after must be later than 2m, when L2 begins, got 90s',
  ],
  [
    'a channel that does not exist',
    'channels: [oncall, console]',
    'channels: [oncal, console]',
    '12:45 channel oncal does not exist; did you mean oncall?',
  ],
  [
    'a fallback that does not exist',
    'fallback: console',
    'fallback: pager',
    '17:15 channel pager does not exist; there is console, oncall',
  ],
  [
    'a channel paged twice',
    'channels: [oncall, console]',
    'channels: [oncall, oncall]',
    '12:53 channel oncall is named twice, so it would be paged twice',
  ],
  ['a recovery watched too long', 'observe: 60s', 'observe: 5m', '10:16 observe must not be longer than 1m, got 5m'],
  [
    'a ladder without levels',
    'levels:\n        - { level: 2, after: 0s, channels: [console] }',
    'levels: []',
    '15:15 warning.levels must have at least 1 entry, got an empty list',
  ],
  ['a repeat of nothing', 'observe: 60s', 'repeat: 0s', '10:15 repeat must be at least 1s, got 0s'],
  [
    'a channel id used twice',
    'id: oncall,',
    'id: console,',
    '5:11 id console is used twice in these channels',
    '12:45 channel oncall does not exist; there is console',
  ],
  [
    'a token that is none',
    '"${env:SLACK_BOT_TOKEN}"',
    '12345',
    '5:54 token must be a text, got a number; put it in quotes',
  ],
];

test.each(IN_SYSTEM)('in a system, %s is told where it stands', (_name, from, to, ...said) => {
  const lines = linesOf({ 'slo/shop.yaml': shopWith(from, to), 'slo/policies.yaml': POLICIES });
  expect(lines).toEqual(said.map((line) => `slo/shop.yaml:${line}`));
});

test.each(IN_POLICIES)('in policies, %s is told where it stands', (_name, from, to, ...said) => {
  const lines = linesOf({ 'slo/shop.yaml': SHOP, 'slo/policies.yaml': policiesWith(from, to) });
  expect(lines).toEqual(said.map((line) => `slo/policies.yaml:${line}`));
});

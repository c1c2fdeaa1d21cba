import { expect, it } from 'vitest';
import { familyOf } from '../../src/generate/paths.ts';

it.each([
  ['alerts/duru-notes.rules.yml', 'rules'],
  ['alerts/duru-notes.prometheusrule.yml', 'rules'],
  ['alerts/duru-notes.rules.test.yml', 'rule-tests'],
  ['alerts/duru-notes.test.yaml', 'rule-tests'],
  ['alerts/load-test.rules.yml', 'rules'],
  ['alerts/load-test.rules.test.yml', 'rule-tests'],
  ['alerts/tests/duru-notes.yml', 'rules'],
  ['alerts/contests.rules.yml', 'rules'],
  ['facts/duru-notes.yml', 'facts'],
  ['dashboards/nines-self.json', 'dashboards'],
  ['grafana/provisioning/dashboards/nines.yml', 'grafana'],
  ['prometheus.yml', 'prometheus'],
  ['alertmanager.yml', 'alertmanager'],
  ['README.md', 'other'],
])('%s is of %s', (path, family) => expect(familyOf(path)).toBe(family));

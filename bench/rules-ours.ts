import { load } from '../src/definition/load.ts';
import type { RuleGroup } from '../src/generate/rule.ts';
import { ruleGroupsOf } from '../src/generate/rules/index.ts';
import { CONSOLE_POLICIES } from '../test/harness/definitions.ts';

const SYSTEM = `apiVersion: nines/v1
kind: System
id: bench
name: Bench
connectors: [{ id: prometheus, kind: prometheus, url: 'http://127.0.0.1:9090' }]
services:
  - id: api
    name: API
    policy: standard
    slos:
      - id: availability
        name: API availability
        objective: 99.9
        window: 30d
        indicator:
          kind: promql
          connector: prometheus
          errors: http_requests_total{job="api",code="500"}
          total: http_requests_total{job="api"}
`;

/** What Nines generates for the SLO that the others generate theirs for. */
export const ourGroups = (): RuleGroup[] => {
  const { catalog, problems } = load(
    [
      { file: 'bench.yaml', text: SYSTEM },
      { file: 'policies.yaml', text: CONSOLE_POLICIES },
    ],
    { profile: 'production', lookup: () => undefined },
  );
  if (!catalog) throw new Error(JSON.stringify(problems));
  return [...ruleGroupsOf(catalog, 'bench')];
};

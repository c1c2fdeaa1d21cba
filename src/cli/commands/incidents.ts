import { configOf } from '../config.ts';
import { print, printJson, table } from '../print.ts';
import { serverOf } from '../server.ts';
import type { Run } from '../table.ts';

type Incident = {
  id: string;
  title: string;
  state: string;
  severity: string;
  level: number | null;
  openedAt: string;
  next: { text: string } | null;
};
type Whole = Incident & {
  timeline: { at: string; text: string }[];
  deliveries: { channel: string; kind: string; state: string; error: string | null }[];
};

/** Open incidents, or one with its history. */
export const run: Run = async (invocation) => {
  const server = serverOf(configOf(invocation));
  const [id] = invocation.positionals;
  if (id) {
    const whole = await server.get<Whole>(`/api/v1/incidents/${encodeURIComponent(id)}`, 'timeline');
    if (invocation.values['json']) printJson(whole);
    else {
      print(`${whole.id}  ${whole.state}  ${whole.title}\n`);
      print(
        table(
          ['AT', 'WHAT'],
          whole.timeline.map(({ at, text }) => [at, text]),
        ),
      );
      print('');
      print(
        table(
          ['CHANNEL', 'KIND', 'STATE', ''],
          whole.deliveries.map(({ channel, kind, state, error }) => [channel, kind, state, error ?? '']),
        ),
      );
    }
    return 0;
  }
  const { incidents } = await server.get<{ incidents: Incident[] }>(
    `/api/v1/incidents?limit=50${invocation.values['all'] ? '' : '&state=open'}`,
    'incidents',
  );
  if (invocation.values['json']) printJson({ incidents });
  else if (incidents.length === 0) print('No open incidents.');
  else
    print(
      table(
        ['ID', 'STATE', 'LEVEL', 'SEVERITY', 'SINCE', 'TITLE'],
        incidents.map((one) => [
          one.id,
          one.state,
          one.level === null ? '–' : `L${one.level}`,
          one.severity,
          one.openedAt,
          one.title,
        ]),
      ),
    );
  return 0;
};

import { userInfo } from 'node:os';
import { NinesError } from '../../errors.ts';
import { configOf } from '../config.ts';
import { print, printJson } from '../print.ts';
import { serverOf } from '../server.ts';
import type { Invocation, Run } from '../table.ts';

type Answer = {
  incident: { id: string; title: string; state: string; level: number | null; next: { text: string } | null };
};

/** A verb of the command line: `nines VERB ID`, posted as the person who runs it. */
export const verb =
  (name: string, bodyOf: (invocation: Invocation) => Record<string, unknown> = () => ({})): Run =>
  async (invocation) => {
    const [id] = invocation.positionals;
    if (!id) throw new NinesError('invalid_request', `Name the incident: see nines incidents for their ids.`);
    const by = typeof invocation.values['by'] === 'string' ? invocation.values['by'] : userInfo().username;
    const answer = await serverOf(configOf(invocation)).post<Answer>(
      `/api/v1/incidents/${encodeURIComponent(id)}/${name}`,
      {
        by,
        ...bodyOf(invocation),
      },
      'incident',
    );
    if (invocation.values['json']) printJson(answer);
    else
      print(
        `${answer.incident.id} is ${answer.incident.state}.${answer.incident.next ? ` Next: ${answer.incident.next.text}.` : ''}`,
      );
    return 0;
  };

import { tmpdir } from 'node:os';
import { verifyData } from '../../store/sqlite-offline.ts';
import { verifyBackup } from '../../store/sqlite-restore.ts';
import type { Finding } from '../../store/sqlite-verify.ts';
import { configOf } from '../config.ts';
import { asksServer } from '../data-place.ts';
import { print, printJson, table } from '../print.ts';
import { serverOf } from '../server.ts';
import type { Invocation, Run } from '../table.ts';

const A_LONG_WHILE = 600_000;

const look = async (invocation: Invocation): Promise<{ subject: string; findings: readonly Finding[] }> => {
  const config = configOf(invocation);
  const [file] = invocation.positionals;
  if (file) {
    const { findings, takenAt } = await verifyBackup(file, tmpdir());
    return { subject: `${file}, taken at ${new Date(takenAt).toISOString()}`, findings };
  }
  if (!asksServer(invocation, config))
    return { subject: config.dataDir, findings: verifyData(config.dataDir).findings };
  const server = serverOf(config);
  const { findings } = await server.post<{ findings: Finding[] }>('/api/v1/verify', {}, 'findings', A_LONG_WHILE);
  return { subject: `what ${server.url} keeps`, findings };
};

/** Every page and every row of a backup, of a stopped data folder, or of a running server. Exit code 2 with a finding. */
export const run: Run = async (invocation) => {
  const { subject, findings } = await look(invocation);
  const ok = findings.every((finding) => finding.ok);
  if (invocation.values['json']) printJson({ ok, findings });
  else {
    print(
      table(
        ['', 'WHAT', 'FINDING'],
        findings.map(({ what, ok, text, code }) => [ok ? 'ok' : 'BAD', what, code ? `${code}: ${text}` : text]),
      ),
    );
    print(`\n${ok ? 'Nothing is wrong with' : 'Something is wrong with'} ${subject}.`);
  }
  return ok ? 0 : 2;
};

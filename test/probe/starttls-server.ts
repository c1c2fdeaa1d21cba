import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { StartTls } from '../../src/probe/targets.ts';
import type { Pair } from './http/certificates.ts';
import { serving } from './visit.ts';

/** What a server says first, and its answer to exactly these bytes; the last answer lets the handshake begin. */
export type Script = { greeting?: string; turns: readonly (readonly [wanted: string | RegExp, answer: string])[] };

const LDAP_OID = '1.3.6.1.4.1.1466.20037';

/** How servers of each protocol speak, by its document. Bytes as Latin-1. */
export const SCRIPTS: Record<StartTls, Script> = {
  smtp: {
    greeting: '220-mx.example.org ESMTP\r\n220 ready\r\n',
    turns: [
      ['EHLO [127.0.0.1]\r\n', '250-mx.example.org greets you\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 8BITMIME\r\n'],
      ['STARTTLS\r\n', '220 2.0.0 go ahead\r\n'],
    ],
  },
  imap: {
    greeting: '* OK [CAPABILITY IMAP4rev2 STARTTLS] ready\r\n',
    turns: [['n1 STARTTLS\r\n', '* CAPABILITY IMAP4rev2\r\nn1 OK begin\r\n']],
  },
  pop3: { greeting: '+OK ready <1.2@example.org>\r\n', turns: [['STLS\r\n', '+OK begin\r\n']] },
  ftp: {
    greeting: '120 in a moment\r\n220-Welcome\r\n  to this server\r\n220 ready\r\n',
    turns: [['AUTH TLS\r\n', '234 begin\r\n']],
  },
  ldap: {
    turns: [
      [
        `\x30\x1d\x02\x01\x01\x77\x18\x80\x16${LDAP_OID}`,
        `\x30\x24\x02\x01\x01\x78\x1f\x0a\x01\x00\x04\x00\x04\x00\x8a\x16${LDAP_OID}`,
      ],
    ],
  },
  postgres: { turns: [['\x00\x00\x00\x08\x04\xd2\x16\x2f', 'S']] },
  xmpp: {
    turns: [
      [
        /^<\?xml version='1.0'\?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http:\/\/etherx.jabber.org\/streams'>$/,
        "<?xml version='1.0'?><stream:stream from='localhost' id='1' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>",
      ],
      ["<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
    ],
  },
};

const isWanted = (wanted: string | RegExp, heard: string): boolean =>
  typeof wanted === 'string' ? wanted === heard : wanted.test(heard);

/** Resets as soon as something else is said than the script wants. */
const play = (socket: Socket, { greeting, turns }: Script, onEnd: () => void): void => {
  if (greeting) socket.write(greeting, 'latin1');
  let heard = '';
  let turn = 0;
  const onData = (bytes: Buffer): void => {
    heard += bytes.toString('latin1');
    const [wanted = '', answer = ''] = turns[turn] ?? [];
    if (!isWanted(wanted, heard)) {
      if (typeof wanted !== 'string' || !wanted.startsWith(heard)) socket.resetAndDestroy();
      return;
    }
    heard = '';
    turn++;
    if (turn === turns.length) socket.off('data', onData);
    socket.write(answer, 'latin1');
    if (turn === turns.length) onEnd();
  };
  socket.on('data', onData);
};

/** A server that speaks a script strictly, then shakes hands and talks on; gives `127.0.0.1:port`. */
export const startTlsServer = (
  script: Script,
  pair: Pair,
  onSecure: (socket: TLSSocket) => void = (socket) => void socket.end('220 safe\r\n'),
): Promise<string> =>
  serving((socket) =>
    play(socket, script, () => {
      const secured = new TLSSocket(socket, { isServer: true, ...pair });
      secured.on('error', () => undefined);
      onSecure(secured);
    }),
  );

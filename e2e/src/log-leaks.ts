import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What must never stand in a log, whatever made it. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  'a signed token': /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{40,}/,
  'a sealed credential, or sealed data': /eyJ[\w-]{10,}\.\.[\w-]{16}\./,
  'a refresh token': /(?<![\w-])[\w-]{140}(?![\w-])/,
  'a cookie': /__Host-session=[\w-]{20,}/,
  'a cookie by its value': /(?<![\w-])[\w-]{108}(?![\w-])/,
  'a private key': /PRIVATE KEY|"d":\s*"[\w-]{43}"/,
  'a password hash': /\$argon2/,
  credentials: /(authorization|cookie)["':\s]+(bearer|basic|__host)/i,
  'an e-mail of these tests': /@example\.test/,
  'a password of these tests': /(?<![\w-])(?:pw|new|wrong)-[0-9a-f]{8}-[0-9a-f-]{27}/,
};

/** Everything that the processes of a fleet wrote since they started, the last files of its launcher included. */
export async function logsOf(home: string): Promise<string> {
  const folder = join(home, 'logs');
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

/** What of a fleet's secrets, and of what looks like one, stands in its logs: by name, never by value. */
export async function leaksIn(home: string): Promise<readonly string[]> {
  const written = await logsOf(home);
  const own = JSON.parse(await readFile(join(home, 'secrets.json'), 'utf8')) as Record<string, string>;
  const { adminEmail: _public, ...secrets } = own;
  return [
    ...Object.keys(SHAPES).filter((name) => SHAPES[name]?.test(written)),
    ...Object.keys(secrets).filter((name) => written.includes(secrets[name] ?? '')),
  ];
}

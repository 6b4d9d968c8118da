import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { LauncherError } from './errors.js';
import type { Home } from './home.js';
import { replaceFile } from './private-files.js';

/** What only this installation knows. Made once, at the first start. */
export interface Secrets {
  readonly sessionSecret: string;
  readonly sealingSecret: string;
  readonly refreshSecret: string;
  readonly signingKeySecret: string;
  readonly accountSecret: string;
  readonly auditSecret: string;
  readonly gatewayClientSecret: string;
  readonly userClientSecret: string;
  readonly orderClientSecret: string;
  readonly metricsClientSecret: string;
  readonly postgresPassword: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
}

const SECRET_BYTES = 32;
const PASSWORD_BYTES = 18;

function makeSecrets(): Secrets {
  const secret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
  const password = (): string => randomBytes(PASSWORD_BYTES).toString('base64url');
  return {
    sessionSecret: secret(),
    sealingSecret: secret(),
    refreshSecret: secret(),
    signingKeySecret: secret(),
    accountSecret: secret(),
    auditSecret: secret(),
    gatewayClientSecret: secret(),
    userClientSecret: secret(),
    orderClientSecret: secret(),
    metricsClientSecret: secret(),
    postgresPassword: password(),
    adminEmail: 'admin@holdfast.example',
    adminPassword: password(),
  };
}

/** What came after the first version: a file without them is older, and no data beside it needs them yet. */
const ADDED_SINCE: ReadonlySet<string> = new Set<keyof Secrets>([
  'accountSecret',
  'auditSecret',
  'sealingSecret',
  'gatewayClientSecret',
  'userClientSecret',
  'orderClientSecret',
  'metricsClientSecret',
]);

/** What of the secrets stands in a file; `undefined` if it is damaged. */
function readSecrets(text: string): Partial<Secrets> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = value as Record<string, unknown>;
  const isSound = (name: string): boolean =>
    name in entries ? typeof entries[name] === 'string' && entries[name] !== '' : ADDED_SINCE.has(name);
  return Object.keys(makeSecrets()).every(isSound) ? entries : undefined;
}

/**
 * Reads the secrets of this home, or makes them where there is no data yet that others would have sealed. A file of an
 * older version is completed.
 */
export function loadSecrets(home: Home): Secrets {
  const wayOut = 'Put the file back, or forget all data with "npm run reset".';
  const isFirst = !existsSync(home.secretsFile);
  if (isFirst && existsSync(home.postgres)) {
    throw new LauncherError(`${home.secretsFile} is missing, and the data beside it needs it. ${wayOut}`);
  }
  const text = isFirst ? undefined : readFileSync(home.secretsFile, 'utf8');
  const known = text === undefined ? {} : readSecrets(text);
  if (known === undefined) throw new LauncherError(`${home.secretsFile} is damaged. ${wayOut}`);
  const secrets = { ...makeSecrets(), ...known };
  const complete = `${JSON.stringify(secrets, undefined, 2)}\n`;
  if (complete !== text) replaceFile(home.secretsFile, complete);
  return secrets;
}

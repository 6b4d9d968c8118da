import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { LauncherError } from './errors.js';
import type { Home } from './home.js';
import { replaceFile } from './private-files.js';

/** What only this installation knows. Made once, at the first start. */
export interface Secrets {
  readonly sessionSecret: string;
  readonly refreshSecret: string;
  readonly signingKeySecret: string;
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
    refreshSecret: secret(),
    signingKeySecret: secret(),
    postgresPassword: password(),
    adminEmail: 'admin@holdfast.example',
    adminPassword: password(),
  };
}

function isSecrets(value: unknown): value is Secrets {
  if (typeof value !== 'object' || value === null) return false;
  const entries = value as Record<string, unknown>;
  return Object.keys(makeSecrets()).every(
    (name) => typeof entries[name] === 'string' && entries[name] !== '',
  );
}

/** Reads the secrets of this home, or makes them where there is no data yet that others would have sealed. */
export function loadSecrets(home: Home): Secrets {
  const wayOut = 'Put the file back, or forget all data with "npm run reset".';
  if (!existsSync(home.secretsFile)) {
    if (existsSync(home.postgres)) {
      throw new LauncherError(`${home.secretsFile} is missing, and the data beside it needs it. ${wayOut}`);
    }
    const secrets = makeSecrets();
    replaceFile(home.secretsFile, `${JSON.stringify(secrets, undefined, 2)}\n`);
    return secrets;
  }
  try {
    const secrets: unknown = JSON.parse(readFileSync(home.secretsFile, 'utf8'));
    if (isSecrets(secrets)) return secrets;
  } catch {
    // Not JSON: the same sentence as for JSON that is not ours.
  }
  throw new LauncherError(`${home.secretsFile} is damaged. ${wayOut}`);
}

import { ServiceClient } from '@holdfast/balancer-http';
import { BROWSER_CLIENT_ID, SESSION_DATA_HEADER, sessionDataCookie } from '@holdfast/contracts';
import { SessionIds, SessionKeys } from '@holdfast/session-core';
import { SessionModule, type JwksSource, type SessionModuleOptions } from '@holdfast/session-nest';
import {
  DataOpener,
  TokenSessionManager,
  type DataWriter,
  type TokenIssuing,
  type TokenSessionManagerDeps,
} from '@holdfast/session-token';
import type { DynamicModule } from '@nestjs/common';
import type { ServiceConfig } from './environment.js';
import { moduleOf, type Provided } from './provided.js';
import { remoteJwks } from './remote-jwks.js';
import { RemoteDataWriter } from './remote-data-writer.js';
import { ServiceCredentials } from './service-credentials.js';
import { sessionSettings } from './session-manager.js';

/** What auth has and nobody else: it begins sessions, judges their credentials, and signs what clients carry. */
export type TokenAuthority = TokenIssuing;

/** What a process does with sessions that their clients carry. */
export interface TokenSessionExtras {
  readonly name: string;
  readonly jwks?: Provided<JwksSource>;
  readonly tokenAuthority?: Provided<TokenAuthority>;
}

const JWKS_SOURCE = Symbol('JWKS_SOURCE');
const AUTHORITY = Symbol('AUTHORITY');

class KeysModule {}
class AuthorityModule {}

/** Sessions of the strategy `token`: no store, and no record. */
export function tokenSessionModule(
  config: ServiceConfig,
  { name, jwks, tokenAuthority }: TokenSessionExtras,
  balancer: DynamicModule,
): DynamicModule {
  const keys = jwks ?? { imports: [balancer], inject: [ServiceClient], useFactory: remoteJwks };
  const authority = tokenAuthority ?? { useFactory: () => undefined };
  return SessionModule.forRootAsync({
    imports: [
      balancer,
      moduleOf(KeysModule, JWKS_SOURCE, keys),
      moduleOf(AuthorityModule, AUTHORITY, authority),
    ],
    inject: [ServiceClient, JWKS_SOURCE, AUTHORITY],
    useFactory: (client: ServiceClient, source: JwksSource, issuing: TokenIssuing | undefined) => {
      const writer = writerOf(config, name, client);
      return tokenSessionOptions(config, source, { owner: name, issuing, writer });
    },
  });
}

/** Auth writes nothing into sessions, and a process without `CLIENT_SECRET` cannot ask it to. */
function writerOf(
  { CLIENT_SECRET }: ServiceConfig,
  name: string,
  client: ServiceClient,
): DataWriter | undefined {
  if (CLIENT_SECRET === undefined) return undefined;
  return new RemoteDataWriter(new ServiceCredentials(client, name, CLIENT_SECRET));
}

/** The options of a `SessionModule` whose sessions are carried. */
export function tokenSessionOptions(
  config: ServiceConfig,
  keys: JwksSource,
  powers: Pick<TokenSessionManagerDeps, 'owner' | 'issuing' | 'writer'> = {},
): SessionModuleOptions {
  const secrets = { secret: config.SEALING_SECRET, previous: config.SEALING_SECRET_PREVIOUS };
  const manager = new TokenSessionManager({
    ids: new SessionIds(SessionKeys.fromSecret(config.SESSION_SECRET)),
    settings: sessionSettings(config),
    opener: powers.issuing?.sealer.opener ?? new DataOpener(secrets, keys),
    ...powers,
  });
  return {
    manager,
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    keys,
    carried: {
      carriers: manager.carriers,
      header: SESSION_DATA_HEADER,
      isBrowser: (clientId) => clientId === BROWSER_CLIENT_ID,
      cookie: sessionDataCookie,
    },
  };
}

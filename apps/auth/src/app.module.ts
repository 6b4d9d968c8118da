import { ServiceDefaultsModule, type Identified } from '@holdfast/service-defaults';
import { DEFAULT_SESSION_SETTINGS } from '@holdfast/session-core';
import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { AdministrationModule } from './accounts/administration.module.js';
import { AnomaliesModule } from './anomalies/anomalies.module.js';
import { anomalySettings, auditSettings } from './audit-settings.js';
import { AuditModule } from './audit/audit.module.js';
import { CensusModule } from './census/census.module.js';
import type { AuthConfig } from './config.js';
import { AuthDatabaseModule } from './db/auth-database.module.js';
import { Database } from './db/database.js';
import { GuestsModule } from './guests/guests.module.js';
import { KeysModule, type KeySettings } from './keys/keys.module.js';
import { SigningKeys } from './keys/signing-keys.js';
import { LedgerModule } from './ledger/ledger.module.js';
import { PostgresRevocationLedger } from './ledger/postgres-revocation-ledger.js';
import { ReconcilerModule } from './ledger/reconciler.module.js';
import { MailModule, type MailSettings } from './mail/mail.module.js';
import { NoticesModule } from './notices/notices.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { PasswordsModule } from './passwords/passwords.module.js';
import { ResealingModule, type ResealingSettings } from './resealing/resealing.module.js';
import { SecondFactorModule } from './second-factor/second-factor.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { ThrottlingModule, type ThrottleSettings } from './throttling/throttling.module.js';
import { SERVICE_TOKEN_TTL_MS } from './tokens/access-tokens.js';
import { refreshKeys } from './tokens/refresh-keys.js';
import { dataKeys, dataSealer, tokenAuthority } from './tokens/token-authority.js';
import { TokensModule } from './tokens/tokens.module.js';

/** The auth service: accounts, sign-in, sessions, tokens and keys. */
@Module({})
export class AppModule {
  static forRoot(config: Identified<AuthConfig>): DynamicModule {
    const carries = config.SESSION_STRATEGY === 'token';
    const database = AuthDatabaseModule.forRoot(config.DATABASE_URL);
    const ledger = LedgerModule.forRoot(config.DATABASE_URL, longestTraceMs(config));
    const keys = KeysModule.forRoot(database, keySettings(config));
    const { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, ACCESS_TOKEN_TTL_MS: accessTokenTtlMs } = config;
    const tokens = TokensModule.forRoot(keys, { issuer, audience, accessTokenTtlMs, selfContained: carries });
    const defaults = defaultsOf(config, { database, ledger, keys });
    const audit = AuditModule.forRoot([database, defaults], config, auditSettings(config));
    const throttling = ThrottlingModule.forRoot(defaults, throttleSettings(config));
    const accounts = AccountsModule.forRoot([database, tokens, throttling, audit, defaults], adminOf(config));
    const sessions = SessionsModule.forRoot([tokens, defaults], {
      sessionSecret: config.SESSION_SECRET,
      strategy: config.SESSION_STRATEGY,
      ...(carries && { sealer: dataSealer(config) }),
    });
    const guests = GuestsModule.forRoot([database, throttling, sessions, audit, defaults]);
    const mail = MailModule.forRoot(mailSettings(config));
    const known = [database, accounts, mail, throttling];
    const census = carries ? [] : [CensusModule.forRoot([defaults], config)];
    const secondFactor = SecondFactorModule.forRoot(known, config.ACCOUNT_SECRET);
    return {
      module: AppModule,
      imports: [
        accounts,
        secondFactor,
        AdministrationModule.forRoot([database, accounts, sessions, throttling, defaults]),
        PasswordsModule.forRoot([database, accounts, sessions, mail, throttling], {
          ttlMs: config.PASSWORD_RESET_TTL_MS,
          pageUrl: config.PASSWORD_RESET_URL,
        }),
        throttling,
        ...(carries ? [] : storeKeepers(config, ledger, defaults)),
        SignInModule.forRoot([accounts, secondFactor, throttling, guests, sessions, audit, defaults]),
        sessions,
        NoticesModule.forRoot([keys, defaults]),
        guests,
        AnomaliesModule.forRoot(
          [audit, database, accounts, mail, sessions, defaults, ...census],
          anomalySettings(config),
        ),
        OAuthModule.forRoot([tokens, throttling, sessions, audit, defaults], {
          issuer: config.TOKEN_ISSUER,
          serviceClients: config.SERVICE_CLIENTS,
          metricsSecret: config.METRICS_CLIENT_SECRET,
        }),
      ],
    };
  }
}

/** What every service has, and what this one alone brings to it: the keys, the ledger, the accounts. */
function defaultsOf(
  config: Identified<AuthConfig>,
  { database, ledger, keys }: Readonly<Record<'database' | 'ledger' | 'keys', DynamicModule>>,
): DynamicModule {
  return ServiceDefaultsModule.forRoot(config, {
    name: 'auth',
    database,
    refreshKeys: refreshKeys(config.REFRESH_SECRET, config.REFRESH_SECRET_PREVIOUS),
    revocations: {
      ledger: {
        imports: [ledger],
        inject: [PostgresRevocationLedger],
        useFactory: (own: PostgresRevocationLedger) => own,
      },
      accessTokenTtlMs: config.ACCESS_TOKEN_TTL_MS,
    },
    tokenAuthority: {
      imports: [database, ledger],
      inject: [Database, PostgresRevocationLedger],
      useFactory: (own: Database, revoked: PostgresRevocationLedger) => tokenAuthority(config, own, revoked),
    },
    jwks: { imports: [keys], inject: [SigningKeys], useFactory: (own: SigningKeys) => own },
  });
}

/** What a session store needs; where clients carry their sessions there is none. */
function storeKeepers(
  config: Identified<AuthConfig>,
  ledger: DynamicModule,
  defaults: DynamicModule,
): DynamicModule[] {
  return [
    ReconcilerModule.forRoot([ledger, defaults], config),
    ResealingModule.forRoot([defaults], resealingSettings(config)),
  ];
}

function resealingSettings(config: Identified<AuthConfig>): ResealingSettings {
  return {
    instanceId: config.INSTANCE_ID,
    sessionSecret: config.SESSION_SECRET,
    sealingSecret: config.SEALING_SECRET,
    previous: config.SEALING_SECRET_PREVIOUS,
    endUnreadable: config.SEALING_SECRET_LOST,
    tombstoneMs: DEFAULT_SESSION_SETTINGS.tombstoneMs,
  };
}

function keySettings(config: AuthConfig): KeySettings {
  return {
    secret: config.SIGNING_KEY_SECRET,
    leadMs: config.SIGNING_KEY_LEAD_MS,
    rotateAfterMs: config.SIGNING_KEY_ROTATION_MS,
    tokenTtlMs: Math.max(config.ACCESS_TOKEN_TTL_MS, SERVICE_TOKEN_TTL_MS),
    alsoPublished: dataKeys(config),
  };
}

/** From the begin of a session until nothing is left of it: as long as revocations are remembered. */
function longestTraceMs(config: AuthConfig): number {
  const longestLifeMs = Math.max(
    config.SESSION_ABSOLUTE_TIMEOUT_MS,
    config.SESSION_REMEMBER_ME_TIMEOUT_MS,
    config.SESSION_GUEST_TIMEOUT_MS,
  );
  return longestLifeMs + DEFAULT_SESSION_SETTINGS.tombstoneMs;
}

function throttleSettings(config: AuthConfig): ThrottleSettings {
  return {
    secret: config.ACCOUNT_SECRET,
    accountFailures: config.THROTTLE_ACCOUNT_FAILURES,
    addressFailures: config.THROTTLE_ADDRESS_FAILURES,
    windowMs: config.THROTTLE_WINDOW_MS,
    ceilingPerAddress: config.CEILING_PER_ADDRESS,
  };
}

function mailSettings({
  MAIL_OUTBOX_DIR: folder,
  SMTP_URL: url = '',
  MAIL_FROM: from,
}: AuthConfig): MailSettings {
  return folder === undefined ? { url, from } : { folder };
}

function adminOf({ ADMIN_EMAIL: email, ADMIN_PASSWORD: password }: AuthConfig) {
  return email === undefined || password === undefined ? undefined : { email, password };
}

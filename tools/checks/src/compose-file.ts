import { parse } from 'yaml';
import type { Repository } from './repository.js';

/** The one compose file. */
export const COMPOSE = 'docker/compose.yaml';

/** Variables whose values open something. A mail server's address holds its password. */
export const SECRET_NAME = /SECRET|PASSWORD|SMTP_URL/;

/** What the checks read of a service, anchors and merges resolved. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly args?: Readonly<Record<string, string>> };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly ports?: readonly { readonly host_ip?: string }[];
  /** In their short form. */
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
  readonly restart?: string;
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: unknown };
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>;
}

/** What the checks read of a compose file. */
export interface ComposeFile {
  readonly services?: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

/** The compose file, parsed; empty where there is none. */
export function composeFile(repository: Repository): ComposeFile {
  return (parse(repository.text(COMPOSE) ?? '{}', { merge: true }) ?? {}) as ComposeFile;
}

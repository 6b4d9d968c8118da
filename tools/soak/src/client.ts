import type { Credentials, Tokens } from '@holdfast/fleet-client';
import type { EndScope, Operation, Sight } from './checker/operation.js';
import { HeldSession } from './held-session.js';
import type { Place, Places } from './places.js';
import type { Random } from './random.js';
import type { Draft, Recorder } from './recorder.js';

const TIMEOUT_MS = 5_000;
const CLIENT_ID = 'holdfast-cli';

/** What reads show of the session's data. */
interface Shown {
  readonly id?: string;
  readonly items?: readonly { readonly quantity: number }[];
  readonly locale?: string | null;
  readonly data?: {
    readonly user?: { readonly locale?: string };
    readonly order?: { readonly items: readonly { readonly quantity: number }[] };
  };
}

interface Receipt {
  readonly boundMs?: number;
}

/** A request in a session, and what of its answer is worth recording. */
interface Request<T> {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly learn?: ((body: T) => Partial<Operation>) | undefined;
}

/** Somebody with an account. */
export interface Account extends Credentials {
  /** Its name in the history. */
  readonly name: string;
}

/** The operations of a client, each recorded. What is chosen by chance, such as the place, is drawn when it is called. */
export class Client {
  private written = 0;

  constructor(
    private readonly recorder: Recorder,
    private readonly places: Places,
    private readonly product: string,
  ) {}

  /** Signs in; `undefined` where that was not acknowledged. */
  async begin({ name: user, email, password }: Account, random: Random): Promise<HeldSession | undefined> {
    const { at, api } = this.places.pick(random, 'auth');
    const call = { body: { email, password }, timeoutMs: TIMEOUT_MS };
    const { answer } = await this.recorder.record(
      { kind: 'begin', at, user },
      () => api.call<Tokens>('POST', '/auth/login', call),
      (tokens) => ({
        session: this.sessionName(tokens.sessionId),
        issued: this.tokenName(tokens.refresh_token),
      }),
    );
    if (answer === undefined) return undefined;
    return new HeldSession(user, this.sessionName(answer.body.sessionId), answer.body);
  }

  /** Looks at the session: what all services keep of it, its cart, or the profile. */
  async read(session: HeldSession, random: Random, isFinal = false): Promise<Operation> {
    const routes = { auth: '/auth/session', order: '/cart', user: '/users/me' } as const;
    const service = isFinal ? 'order' : random.weighted({ auth: 2, order: 3, user: 1 });
    const place = isFinal ? this.places.gateway : this.places.pick(random, service);
    const learn = service === 'user' ? undefined : (shown: Shown) => ({ saw: this.sightOf(shown) });
    const request = { method: 'GET', path: routes[service], learn };
    return this.inSession(session, place, { kind: 'read', isFinal }, request);
  }

  /** Writes another preference than ever before. */
  async write(session: HeldSession, random: Random): Promise<Operation> {
    const wrote = `en-x-n${(this.written += 1)}`;
    const place = this.places.pick(random, 'user');
    const request = { method: 'PUT', path: '/users/me/preferences', body: { locale: wrote } };
    return this.inSession(session, place, { kind: 'write', wrote }, request);
  }

  /** Puts one more thing into the cart. */
  async add(session: HeldSession, random: Random): Promise<Operation> {
    session.adds += 1;
    const place = this.places.pick(random, 'order');
    const learn = (shown: Shown): Partial<Operation> => ({ saw: this.sightOf(shown) });
    const request = { method: 'POST', path: `/cart/items/${this.product}/add`, body: { by: 1 }, learn };
    return this.inSession(session, place, { kind: 'add' }, request);
  }

  /** Shows the refresh token, or shows it twice at the same time, and goes on with what is given. */
  async refresh(session: HeldSession, random: Random, times = 1): Promise<readonly Operation[]> {
    session.isRotating = true;
    session.noteShown();
    const shown = Array.from({ length: times }, () => this.showRefresh(session, random));
    const results = await Promise.all(shown);
    session.isRotating = false;
    if (results.some(({ operation }) => operation.outcome === 'unknown')) session.noteDoubt();
    if (results.some(({ operation }) => operation.outcome === 'refused')) session.forgetRefresh();
    const given = results.find(({ answer }) => answer !== undefined)?.answer;
    if (given !== undefined) session.adopt(given.body);
    return results.map(({ operation }) => operation);
  }

  /** Shows the password again, which rotates the tokens. Without an answer nobody knows which are good. */
  async stepUp(session: HeldSession, account: Account, random: Random): Promise<Operation> {
    session.isRotating = true;
    const { at, api } = this.places.pick(random, 'auth');
    const { access_token: token } = session.tokens;
    const call = { token, body: { password: account.password }, timeoutMs: TIMEOUT_MS };
    const { answer, operation } = await this.recorder.record(
      { ...this.draft(session, 'step-up'), at },
      () => api.call<Tokens>('POST', '/auth/step-up', call),
      (tokens) => this.given(tokens),
    );
    session.isRotating = false;
    if (answer !== undefined) session.adopt(answer.body);
    else if (operation.outcome === 'unknown') session.forgetRefresh();
    return operation;
  }

  /** Ends sessions. `target`: the one that is meant, of scope `one`. */
  async end(session: HeldSession, scope: EndScope, random: Random, target?: HeldSession): Promise<Operation> {
    const paths = {
      own: '/auth/logout',
      one: `/auth/sessions/${target?.tokens.sessionId ?? ''}`,
      others: '/auth/logout-others',
      everywhere: '/auth/logout-everywhere',
    };
    const place = this.places.pick(random, 'auth');
    const learn = ({ boundMs }: Receipt): Partial<Operation> => ({ boundMs });
    const request = { method: scope === 'one' ? 'DELETE' : 'POST', path: paths[scope], learn };
    return this.inSession(session, place, { kind: 'end', scope, target: target?.name }, request);
  }

  private showRefresh(session: HeldSession, random: Random) {
    const { at, api } = this.places.pick(random, 'auth');
    const { refresh_token } = session.tokens;
    const form = { grant_type: 'refresh_token', refresh_token, client_id: CLIENT_ID };
    return this.recorder.record(
      { ...this.draft(session, 'refresh'), at, presented: this.tokenName(refresh_token) },
      () => api.call<Tokens>('POST', '/oauth/token', { form, timeoutMs: TIMEOUT_MS }),
      (tokens) => this.given(tokens),
    );
  }

  private async inSession<T>(
    session: HeldSession,
    { at, api }: Place,
    what: Pick<Draft, 'kind'> & Partial<Draft>,
    { method, path, body, learn }: Request<T>,
  ): Promise<Operation> {
    const call = { token: session.tokens.access_token, body, timeoutMs: TIMEOUT_MS };
    const draft = { ...this.draft(session, what.kind), ...what, at };
    return (await this.recorder.record(draft, () => api.call<T>(method, path, call), learn)).operation;
  }

  private draft({ user, name: session, tokenUntilMs }: HeldSession, kind: Draft['kind']) {
    return { kind, user, session, tokenUntilMs } as const;
  }

  private given(tokens: Tokens): Partial<Operation> {
    return {
      issued: this.tokenName(tokens.refresh_token),
      saw: { session: this.sessionName(tokens.sessionId) },
    };
  }

  private sightOf({ id, items, locale, data }: Shown): Sight {
    const lines = items ?? data?.order?.items ?? [];
    return {
      ...(id === undefined ? {} : { session: this.sessionName(id) }),
      preference: locale ?? data?.user?.locale ?? null,
      count: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    };
  }

  private sessionName(id: string): string {
    return this.recorder.name('s', id);
  }

  private tokenName(token: string): string {
    return this.recorder.name('t', token);
  }
}

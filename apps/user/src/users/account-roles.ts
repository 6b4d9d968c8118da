import { accountsLookupAnswerSchema, CodedError, type AccountsLookupAnswer } from '@holdfast/contracts';
import { ServiceCredentials } from '@holdfast/service-defaults';
import { Injectable } from '@nestjs/common';

/** All tries together; the gateway waits longer. */
const DEADLINE_MS = 2_000;

/** The roles of accounts. They are auth's: this service asks, by its own credentials, and keeps no copy. */
@Injectable()
export class AccountRoles {
  constructor(private readonly credentials: ServiceCredentials) {}

  /**
   * The roles of these accounts, 1 to 100; an account that auth does not know has none. One call for all of them.
   * @throws CodedError `ERR_UPSTREAM_UNAVAILABLE` if auth does not say: a list with made-up roles is worse than none
   */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    try {
      const { accounts } = await this.#lookUp(ids);
      return new Map(accounts.map(({ id, roles }) => [id, roles]));
    } catch (cause) {
      const detail = 'Roles cannot be looked up at the moment.';
      throw Object.assign(new CodedError('ERR_UPSTREAM_UNAVAILABLE', detail), { cause });
    }
  }

  async #lookUp(ids: readonly string[]): Promise<AccountsLookupAnswer> {
    const answer = await this.credentials.request('auth', {
      method: 'POST',
      path: '/internal/accounts/lookup',
      body: JSON.stringify({ ids }),
      // It only reads.
      idempotent: true,
      deadlineMs: DEADLINE_MS,
    });
    if (answer.status !== 200) throw new Error(`auth answered ${answer.status} to a look-up of accounts.`);
    return accountsLookupAnswerSchema.parse(await answer.json());
  }
}

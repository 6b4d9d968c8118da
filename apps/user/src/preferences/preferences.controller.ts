import { preferencesSchema, updatePreferencesBody, type Preferences } from '@holdfast/contracts';
import { SessionManager, type SessionNamespace } from '@holdfast/session-core';
import { CurrentSession, type ActiveSession } from '@holdfast/session-nest';
import { Body, Controller, Put } from '@nestjs/common';

/** What a session prefers: kept in its `user` namespace, where every service reads it. */
@Controller('users/me/preferences')
export class PreferencesController {
  readonly #preferences: SessionNamespace<unknown>;

  constructor(sessions: SessionManager) {
    this.#preferences = sessions.namespace('user');
  }

  @Put()
  async update(
    @CurrentSession() { sessionId }: ActiveSession,
    @Body({ schema: updatePreferencesBody }) change: Preferences,
  ): Promise<Preferences> {
    const merge = (held: unknown): Preferences => ({ ...preferencesSchema.safeParse(held).data, ...change });
    const { value } = await this.#preferences.update(sessionId, merge);
    return preferencesSchema.parse(value);
  }
}

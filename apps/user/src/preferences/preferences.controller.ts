import { updatePreferencesBody, type Preferences } from '@holdfast/contracts';
import { SessionManager, type SessionNamespace } from '@holdfast/session-core';
import { CurrentSession, type ActiveSession } from '@holdfast/session-nest';
import { Body, Controller, Put } from '@nestjs/common';
import { preferencesNamespace } from './preferences-namespace.js';

/** What a session prefers: kept in its `user` namespace, where every service reads it. */
@Controller('users/me/preferences')
export class PreferencesController {
  readonly #preferences: SessionNamespace<Preferences>;

  constructor(sessions: SessionManager) {
    this.#preferences = sessions.namespace(preferencesNamespace);
  }

  @Put()
  async update(
    @CurrentSession() { sessionId }: ActiveSession,
    @Body({ schema: updatePreferencesBody }) change: Preferences,
  ): Promise<Preferences> {
    const { value } = await this.#preferences.update(sessionId, (held) => ({ ...held, ...change }));
    return value;
  }
}

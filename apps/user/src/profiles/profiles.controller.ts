import { updateMeBody, type UpdateMe, type User } from '@holdfast/contracts';
import { CurrentSession, type ActiveSession } from '@holdfast/session-nest';
import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Profiles, type Profile } from './profiles.js';

@Controller('users/me')
export class ProfilesController {
  constructor(private readonly profiles: Profiles) {}

  @Get()
  async read(@CurrentSession() session: ActiveSession): Promise<User> {
    return userView(await this.profiles.read(session.userId), session);
  }

  @Patch()
  async rename(
    @CurrentSession() session: ActiveSession,
    @Body({ schema: updateMeBody }) change: UpdateMe,
  ): Promise<User> {
    return userView(await this.profiles.rename(session.userId, change), session);
  }
}

function userView({ id, email, displayName, createdAt, version }: Profile, { roles }: ActiveSession): User {
  return { id, email, displayName, roles: [...roles], createdAt: createdAt.toISOString(), version };
}

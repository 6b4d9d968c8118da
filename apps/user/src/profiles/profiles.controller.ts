import { PERMISSIONS, updateMeBody, type UpdateMe, type User } from '@holdfast/contracts';
import { CurrentSession, Roles, type ActiveSession } from '@holdfast/session-nest';
import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Profiles } from './profiles.js';
import { userView } from './user-view.js';

/** One's own profile, with the roles of the session. A guest has none. */
@Roles(...PERMISSIONS['profile:own'])
@Controller('users/me')
export class ProfilesController {
  constructor(private readonly profiles: Profiles) {}

  @Get()
  async read(@CurrentSession() { userId, roles }: ActiveSession): Promise<User> {
    return userView(await this.profiles.read(userId), roles);
  }

  @Patch()
  async rename(
    @CurrentSession() { userId, roles }: ActiveSession,
    @Body({ schema: updateMeBody }) change: UpdateMe,
  ): Promise<User> {
    return userView(await this.profiles.rename(userId, change), roles);
  }
}

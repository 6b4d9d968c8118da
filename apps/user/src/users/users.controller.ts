import {
  isPermitted,
  pageQuery,
  PERMISSIONS,
  userIdPath,
  type PageQuery,
  type User,
  type UserIdPath,
  type UserPage,
} from '@holdfast/contracts';
import { CurrentSession, Roles, SessionPolicy, type ActiveSession } from '@holdfast/session-nest';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { noSuchProfile, Profiles } from '../profiles/profiles.js';
import { userView } from '../profiles/user-view.js';
import { AccountRoles } from './account-roles.js';

/** Everybody's profiles, with the roles of the accounts. */
@Controller('users')
export class UsersController {
  constructor(
    private readonly profiles: Profiles,
    private readonly accountRoles: AccountRoles,
  ) {}

  @Roles(...PERMISSIONS['users:list'])
  @SessionPolicy('critical')
  @Get()
  async list(@Query({ schema: pageQuery }) query: PageQuery): Promise<UserPage> {
    const { profiles, nextCursor } = await this.profiles.page(query);
    const ids = profiles.map(({ id }) => id);
    const roles = ids.length > 0 ? await this.accountRoles.of(ids) : new Map<string, readonly string[]>();
    return { users: profiles.map((profile) => userView(profile, roles.get(profile.id) ?? [])), nextCursor };
  }

  /** Oneself, as `GET /users/me` says it. Others are not there for those who may not see them. */
  @Roles(...PERMISSIONS['profile:own'])
  @Get(':id')
  async read(
    @CurrentSession() { userId, roles }: ActiveSession,
    @Param({ schema: userIdPath }) { id }: UserIdPath,
  ): Promise<User> {
    if (id === userId) return userView(await this.profiles.read(id), roles);
    if (!isPermitted('users:read', roles)) throw noSuchProfile();
    const profile = await this.profiles.read(id);
    return userView(profile, (await this.accountRoles.of([id])).get(id) ?? []);
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import {
  PERMISSIONS,
  rolesSchema,
  userIdPath,
  type accountSchema,
  type UserIdPath,
} from '@holdfast/contracts';
import { Roles, SessionPolicy, StepUp } from '@holdfast/session-nest';
import type { z } from 'zod';
import { accountNotFound } from './account-not-found.js';
import { AccountStore, type Account } from './account-store.js';
import { Administration } from './administration.js';

/** Other people's accounts. */
@Roles(...PERMISSIONS['accounts:manage'])
@SessionPolicy('critical')
@Controller('auth/users/:id')
export class AdministrationController {
  constructor(
    private readonly accounts: AccountStore,
    private readonly administration: Administration,
  ) {}

  @Get()
  @Roles(...PERMISSIONS['accounts:view'])
  async read(@Param({ schema: userIdPath }) { id }: UserIdPath) {
    const account = await this.accounts.findById(id);
    if (account === undefined) throw accountNotFound();
    return accountView(account);
  }

  @StepUp()
  @Post('disable')
  @HttpCode(200)
  disable(@Param({ schema: userIdPath }) { id }: UserIdPath) {
    return this.administration.disable(id);
  }

  @StepUp()
  @Post('enable')
  @HttpCode(200)
  async enable(@Param({ schema: userIdPath }) { id }: UserIdPath) {
    return accountView(await this.administration.enable(id));
  }

  @StepUp()
  @Put('roles')
  async changeRoles(
    @Param({ schema: userIdPath }) { id }: UserIdPath,
    @Body({ schema: rolesSchema }) { roles }: z.output<typeof rolesSchema>,
  ) {
    return accountView(await this.administration.changeRoles(id, roles));
  }
}

function accountView(account: Account): z.output<typeof accountSchema> {
  return {
    id: account.id,
    email: account.email,
    roles: account.roles,
    createdAt: account.createdAt.toISOString(),
    disabledAt: account.disabledAt?.toISOString() ?? null,
    secondFactor: account.totpConfirmedAt !== null,
  };
}

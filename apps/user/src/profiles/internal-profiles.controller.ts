import { profileParams, profileSeedBody, type ProfileSeed } from '@holdfast/contracts';
import { Internal } from '@holdfast/session-nest';
import { Body, Controller, Param, Put } from '@nestjs/common';
import { Profiles } from './profiles.js';

/** For auth only: the gateway does not lead here. */
@Internal('auth')
@Controller('internal/profiles')
export class InternalProfilesController {
  constructor(private readonly profiles: Profiles) {}

  @Put(':id')
  async ensure(
    @Param({ schema: profileParams }) { id }: { readonly id: string },
    @Body({ schema: profileSeedBody }) seed: ProfileSeed,
  ): Promise<{ id: string; version: number }> {
    const { version } = await this.profiles.ensure(id, seed);
    return { id, version };
  }
}

import { CodedError } from '@holdfast/contracts';
import { Internal } from '@holdfast/session-nest';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { Membership } from './membership.js';

/** How an operator, through the gateway, has one instance rest. It holds for as long as the process does. */
@Internal('gateway')
@Controller('internal/membership')
export class MembershipController {
  constructor(private readonly membership: Membership) {}

  @Post('drain')
  @HttpCode(204)
  async drain(): Promise<void> {
    await this.membership.pause();
  }

  @Post('undrain')
  @HttpCode(204)
  async undrain(): Promise<void> {
    if (!(await this.membership.resume()))
      throw new CodedError('ERR_CONFLICT', 'This instance is about to end.');
  }
}

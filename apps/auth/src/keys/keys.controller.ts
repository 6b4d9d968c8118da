import { keysRotatedSchema, PERMISSIONS } from '@holdfast/contracts';
import { Roles, SessionPolicy, StepUp } from '@holdfast/session-nest';
import { Controller, HttpCode, Post } from '@nestjs/common';
import type { z } from 'zod';
import { KeyRotation } from './key-rotation.js';

/** The administration of the signing keys. */
@Controller('platform/keys')
export class KeysController {
  constructor(private readonly rotation: KeyRotation) {}

  @Roles(...PERMISSIONS['keys:rotate'])
  @SessionPolicy('critical')
  @StepUp()
  @Post('rotate')
  @HttpCode(202)
  async rotate(): Promise<z.infer<typeof keysRotatedSchema>> {
    const { kid, signsFromAt, previousKid } = await this.rotation.rotate();
    return { kid, signsFrom: new Date(signsFromAt).toISOString(), previousKid };
  }
}

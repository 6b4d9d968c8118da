import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { sessionDataBody, type sessionDataAnswerSchema } from '@holdfast/contracts';
import { CallingService, ForbiddenError, Internal } from '@holdfast/session-nest';
import { DataSealer } from '@holdfast/session-token';
import type { z } from 'zod';

/**
 * Writes the data that clients carry, for the services that own it: this one alone has the key that signs. It keeps
 * nothing, so that the same change twice is the same as once. Only where there is no store (strategy `token`).
 */
@Internal('user', 'order')
@Controller('internal/session-data')
export class SessionDataController {
  constructor(private readonly sealer: DataSealer) {}

  /** The caller is the owner of what it writes: of a namespace that another wrote first it is refused. */
  @Post()
  @HttpCode(200)
  async write(
    @Body({ schema: sessionDataBody }) change: z.output<typeof sessionDataBody>,
    @CallingService() owner: string,
  ): Promise<z.infer<typeof sessionDataAnswerSchema>> {
    const sealed = await this.sealer.write({ ...change, sealed: change.sealed }, owner);
    if (sealed === undefined) throw new ForbiddenError('This namespace belongs to another service.');
    return { sealed };
  }
}

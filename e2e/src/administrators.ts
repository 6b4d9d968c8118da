import { Device, expectStatus, type Answer } from '@holdfast/fleet-client';
import { fleet, gateway } from './fleet.js';

/** The administrator of the fleet under test, signed in and stepped up. */
export class Administrator {
  private constructor(
    readonly device: Device,
    private readonly token: string,
  ) {}

  static async signIn(): Promise<Administrator> {
    const { admin } = await fleet();
    const device = await Device.signIn(await gateway(), admin);
    const answer = await device.call<{ access_token: string }>('POST', '/auth/step-up', {
      body: { password: admin.password },
    });
    return new Administrator(device, expectStatus('step up', 200, answer).body.access_token);
  }

  /** Sends a request as somebody who has stepped up. */
  call(method: string, path: string, body?: unknown): Promise<Answer<Record<string, unknown>>> {
    return this.device.call(method, path, { token: this.token, ...(body !== undefined && { body }) });
  }
}

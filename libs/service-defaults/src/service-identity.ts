import { randomBytes } from 'node:crypto';

/** The services of the platform. */
export type ServiceName = 'auth' | 'user' | 'order';

/** A configuration whose instance has a name. */
export type Identified<C> = C & { readonly INSTANCE_ID: string };

/** Gives an instance its name: the configured one, or `<service>-<4 random>`. */
export function identified<C extends { readonly INSTANCE_ID?: string | undefined }>(
  name: string,
  config: C,
): Identified<C> {
  return { ...config, INSTANCE_ID: config.INSTANCE_ID ?? `${name}-${randomBytes(2).toString('hex')}` };
}

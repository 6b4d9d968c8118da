/** Injection token: the id of this gateway worker. */
export const GATEWAY_ID = Symbol('GATEWAY_ID');
/** Injection token: whether who started the gateway breaks processes when told (`boolean`). */
export const IS_FLEET = Symbol('IS_FLEET');

/** Injection token: whether somebody keeps records of sessions (`boolean`; not with the strategy `token`). */
export const KEEPS_RECORDS = Symbol('KEEPS_RECORDS');
/** Injection token: the id of this gateway worker. */
export const GATEWAY_ID = Symbol('GATEWAY_ID');
/** Injection token: whether who started the gateway breaks processes when told (`boolean`). */
export const IS_FLEET = Symbol('IS_FLEET');

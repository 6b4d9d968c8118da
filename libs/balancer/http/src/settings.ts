import { DEFAULT_POLICY, type PolicySetting } from '@holdfast/balancer-core';

/** How upstreams are talked to. All durations in milliseconds. */
export interface UpstreamSettings {
  /** A safe try that has no answer by then is moved to another instance, if there is one and the budget allows. Default 2,000. */
  readonly tryTimeoutMs: number;
  /**
   * An instance that has answered nothing for so long, and for 8 times its average, while 3 requests or more wait for it,
   * hangs: safe tries move on without waiting for `tryTimeoutMs`. Default 1,250: after a second it is known whether all
   * wait for something that they share (`overtimeMs`), and then nobody hangs.
   */
  readonly silenceMs: number;
  /**
   * How much longer a try may take at this moment, asked when its time is over: while instances wait for something that
   * they share, another one would make the caller wait anew, and nobody is to blame. Default: 0.
   */
  readonly overtimeMs: () => number;
  /** From the start until the response head, all tries together. Default 30,000. */
  readonly deadlineMs: number;
  /** Longest pause between two chunks of a response body. Default 30,000; none for long-lived requests. */
  readonly bodyTimeoutMs: number;
  /** Default 1,000. */
  readonly connectTimeoutMs: number;
  /** Connections per instance; more requests than that queue. Long-lived ones have their own, any number. Default 256. */
  readonly connections: number;
  /** How often each instance is asked for `/readyz`. Default 1,000; 0: never. */
  readonly checkIntervalMs: number;
  /** Default 500. */
  readonly checkTimeoutMs: number;
  /** Which policy chooses among the instances of which service, until `Upstreams.usePolicy`. Default: `DEFAULT_POLICY` for all. */
  readonly policies: PolicySetting;
}

/** What holds where nothing else is set: the defaults that each member of `UpstreamSettings` names. */
export const DEFAULT_UPSTREAM_SETTINGS: UpstreamSettings = {
  tryTimeoutMs: 2_000,
  silenceMs: 1_250,
  overtimeMs: () => 0,
  deadlineMs: 30_000,
  bodyTimeoutMs: 30_000,
  connectTimeoutMs: 1_000,
  connections: 256,
  checkIntervalMs: 1_000,
  checkTimeoutMs: 500,
  policies: { byDefault: DEFAULT_POLICY, byService: new Map() },
};

import type { PolicyName } from '@holdfast/balancer-core';

/** What the guide says of a policy. */
export interface PolicyText {
  readonly name: PolicyName;
  readonly chooses: string;
  readonly use: string;
  /** Why, and what it is blind to. */
  readonly text: string;
}

/** Every policy, the simplest first. */
export const POLICIES: readonly PolicyText[] = [
  {
    name: 'round-robin',
    chooses: 'one after another',
    use: 'to compare with',
    text: `Fair to the servers and unfair to the clients: a slow server gets as much as a fast one, and whoever is sent there waits. It knows
nothing and so can be wrong about nothing.`,
  },
  {
    name: 'weighted',
    chooses: 'in turn, by weight, without bursts',
    use: 'for machines of known, different size',
    text: `Smooth weighted round robin, as nginx does it. An instance announces its weight (\`INSTANCE_WEIGHT\`, 1 by default; SRV records say
theirs). Whoever sets the weights must know how fast each machine is, and say so again when that changes.`,
  },
  {
    name: 'least-request',
    chooses: 'the fewest requests in flight',
    use: 'when requests cost very different amounts',
    text: `Requests pile up where it is slow, so fewer are sent there. But each gateway worker counts its own, all of them see the same idle
instance at the same time, and a server that fails at once is never busy: it becomes a drain that everything flows into.`,
  },
  {
    name: 'p2c',
    chooses: 'of two random ones the one with fewer in flight',
    use: 'with very many instances and balancers',
    text: `Nearly as good as asking all of them, without the herd: two workers rarely look at the same two instances. Blind to fast failures too.
Mitzenmacher's "The Power of Two Choices in Randomized Load Balancing" (2001) says why two are so much better than one.`,
  },
  {
    name: 'p2c-ewma',
    chooses: 'of two random ones the one where a request is expected to cost less',
    use: 'always, unless there is a reason',
    text: `Expected cost is a moving average of latency, in which a slow answer counts at once and is forgotten over ten seconds, times the requests
in flight; after a failure it is a penalty of ten seconds' worth. So it leaves a slow instance at the first slow answer, looks again now and then,
finds a fast failure unattractive, and gives an instance that has never answered one request and no second one. Event streams do not count.
From Finagle (Twitter, 2014); the penalty is ours.`,
  },
  {
    name: 'rendezvous',
    chooses: 'the same one for the same session, unless it is too busy',
    use: 'where an instance is faster with what it has near',
    text: `Each instance and session make a number together, and the highest wins: when an instance leaves only its own sessions move. Nobody gets
more than 1.25 times the average in flight; what is too much goes to the next in rank. The session is the access token's \`sid\` or the cookie's;
requests without one go by \`p2c-ewma\`. It is a hint and no promise: any instance answers any request, so losing one costs nothing but warmth.`,
  },
];

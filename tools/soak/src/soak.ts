import { setTimeout as sleep } from 'node:timers/promises';
import { FleetControl } from '@holdfast/chaos';
import { register, type ApiClient } from '@holdfast/fleet-client';
import { checkHistory } from './checker/check-history.js';
import type { History } from './checker/operation.js';
import { SPREAD_MS, type SoakedStrategy, type Violation } from './checker/violation.js';
import { Client, type Account } from './client.js';
import { Customer } from './customer.js';
import type { Doors } from './doors.js';
import type { HeldSession } from './held-session.js';
import { Places } from './places.js';
import { Random } from './random.js';
import { Recorder } from './recorder.js';
import { weather, type Climate } from './weather.js';

/** How to soak a platform. */
export interface SoakPlan {
  /** What the platform runs with. Default `hybrid`. */
  readonly strategy?: SoakedStrategy;
  readonly seed: number;
  readonly forMs: number;
  readonly users: number;
  readonly climate: Climate;
}

/** What a soak recorded, and how that was judged. */
export interface SoakResult {
  readonly history: History;
  readonly violations: readonly Violation[];
}

const LANES = 3;
/** With fewer faults in all, one may have met nobody. */
const FEWEST_STRIKES = 30;
const LAST_TRIES = 60;
const LAST_PAUSE_MS = 500;
const WHOLE_REST_MS = 1_000;

/**
 * Lets many clients use the platform in `home` while faults strike, asks for every session at the end, when all is well
 * again, and judges what was recorded. The platform must be whole. What clients and faults do comes from the seed; who
 * comes first does not.
 */
export async function soak(home: string, plan: SoakPlan, doors?: Doors): Promise<SoakResult> {
  const fleet = new FleetControl(home);
  const places = await Places.watch(() => fleet.run());
  const recorder = new Recorder();
  try {
    await run({ home, places, doors, recorder }, plan);
    requireStrikes(recorder.history);
    const spreadMs = SPREAD_MS[plan.strategy ?? 'hybrid'];
    return { history: recorder.history, violations: checkHistory(recorder.history, { spreadMs }) };
  } finally {
    places.close();
  }
}

/** A fault that never hits anything would prove nothing, in silence. */
function requireStrikes({ faults }: History): void {
  const hits = new Map<string, number>();
  for (const { fault, struck = 0 } of faults) hits.set(fault, (hits.get(fault) ?? 0) + struck);
  const missed = [...hits].filter(([, struck]) => struck === 0).map(([fault]) => fault);
  if (missed.length > 0 && faults.length > FEWEST_STRIKES)
    throw new Error(`these faults struck nothing: ${missed.join(', ')}`);
}

interface Stage {
  readonly home: string;
  readonly places: Places;
  readonly doors: Doors | undefined;
  readonly recorder: Recorder;
}

async function run(stage: Stage, { seed, forMs, users, climate }: SoakPlan): Promise<void> {
  const { home, places, recorder } = stage;
  const random = new Random(seed);
  const client = new Client(recorder, places, await anyProduct(places.gateway.api));
  const accounts = await registerAll(places.gateway.api, users);
  const customers = accounts.map((account) => new Customer(account, client));
  let overAtMs = performance.now() + forMs;
  const isOver = (): boolean => performance.now() >= overAtMs;
  const lanes = customers.flatMap((customer, user) =>
    Array.from({ length: LANES }, (_none, lane) => customer.act(random.fork(`${user}.${lane}`), isOver)),
  );
  const storm = weather(stage, { recorder, random, climate }, isOver).catch((error: unknown) => {
    overAtMs = 0; // or the clients would go on without it
    throw error;
  });
  await Promise.all([...lanes, storm]);
  await new FleetControl(home).whole(WHOLE_REST_MS);
  await Promise.all(customers.map((customer, user) => audit(customer, client, random.fork(`last ${user}`))));
}

async function anyProduct(gateway: ApiClient): Promise<string> {
  const { body } = await gateway.call<{ products: { id: string }[] }>('GET', '/products');
  return body.products[0]?.id ?? '';
}

async function registerAll(gateway: ApiClient, users: number): Promise<readonly Account[]> {
  const accounts: Account[] = [];
  // One at a time: each is a password's hash, and the machine may be small.
  while (accounts.length < users) {
    accounts.push({ ...(await register(gateway)), name: `u${accounts.length + 1}` });
  }
  return accounts;
}

/** Looks at every session once more: good ones until somebody answers, ended ones once. */
async function audit(customer: Customer, client: Client, random: Random): Promise<void> {
  for (const session of customer.live) await lastLook(session, client, random);
  for (const session of customer.ended) await customer.knock(session, random);
}

async function lastLook(session: HeldSession, client: Client, random: Random): Promise<void> {
  for (let tries = 1; tries <= LAST_TRIES; tries += 1) {
    const { outcome, code } = await client.read(session, random, tries === LAST_TRIES);
    if (outcome === 'ok' || (outcome === 'refused' && code !== 'ERR_RATE_LIMITED')) break;
    await sleep(LAST_PAUSE_MS);
  }
  if (session.mayRefresh) await client.refresh(session, random);
}

import type { EventLog } from './event-log.js';
import type {
  Answers,
  FleetQuestion,
  PolicyQuestion,
  Question,
  SupervisorMessage,
  Told,
  WorkerMessage,
  WorkerQuestion,
  WorkerReport,
  WorkerView,
} from './messages.js';
import { WorkerMetrics, type MetricShown } from '../metrics/worker-metrics.js';
import { Questions } from './questions.js';

/** A worker that does not answer by then is named as silent. */
const ANSWER_WITHIN_MS = 300;
const REST_WITHIN_MS = 2_000;

/** A worker, as the switchboard reaches it. */
export interface Post {
  readonly id: string;
  readonly pid: number;
  send(message: SupervisorMessage): void;
}

/** Whoever started the gateway and knows the other processes. Resolves with `undefined` if nobody answers. */
export type FleetControl = (question: FleetQuestion) => Promise<unknown>;

interface Seat {
  readonly post: Post;
  isReady: boolean;
  isResting: boolean;
  hasJoined: boolean;
}

/** Connects the workers of a gateway: what one asks all answer, and what one sees all hear. */
export class Switchboard {
  readonly #seats = new Map<string, Seat>();
  readonly #questions = new Questions();
  readonly #metrics = new WorkerMetrics();
  /** What was asked for since the start, by service: a worker that comes later does so too. */
  readonly #policies = new Map<string | undefined, PolicyQuestion>();

  /** @param control - default: nobody knows of other processes */
  constructor(
    private readonly log: EventLog,
    private readonly control: FleetControl = () => Promise.resolve(undefined),
  ) {}

  /** A worker was started. */
  add(post: Post): void {
    this.#seats.set(post.id, { post, isReady: false, isResting: false, hasJoined: false });
  }

  /** A worker has ended. */
  remove({ id, pid }: Post, detail: Told['detail'] = {}): void {
    if (this.#seats.get(id)?.post.pid !== pid) return;
    this.#seats.delete(id);
    void this.#metrics.bury(pid);
    this.#tell({ type: 'worker-down', detail: { pid, ...detail } }, id);
  }

  /** Takes what a worker says. */
  hear(post: Post, message: WorkerMessage): void {
    const seat = this.#seats.get(post.id);
    if (!seat) return;
    if (message.type === 'ready') {
      seat.isReady = true;
      this.#tell({ type: 'worker-up', detail: { pid: post.pid } }, post.id);
    }
    if (message.type === 'join') {
      seat.hasJoined = true;
      post.send({ type: 'events', events: this.log.events });
      for (const policy of this.#policies.values()) void this.#ask(post, policy, ANSWER_WITHIN_MS);
    }
    if (message.type === 'told') this.#tell(message.told, post.id);
    if (message.type === 'answer') this.#questions.take(message);
    if (message.type === 'ask') {
      const { ask, question } = message;
      const reply = (answer: unknown) => post.send({ type: 'answer', ask, answer });
      // Without an answer it is asked in vain, which it knows how to take.
      void this.#answer(question).then(reply, () => reply(undefined));
    }
  }

  #tell(told: Told, worker: string): void {
    const event = this.log.add(told, worker);
    if (!event) return;
    for (const { post, hasJoined } of this.#seats.values()) {
      if (hasJoined) post.send({ type: 'events', events: [event] });
    }
  }

  async #answer(question: Question): Promise<unknown> {
    if (question.about === 'views') return this.#views();
    if (question.about === 'metrics') return this.#sum();
    if (question.about === 'rest') return this.#rest(question.worker, question.resting);
    if (question.about === 'policy') return this.#usePolicy(question);
    return this.control(question);
  }

  async #usePolicy(question: PolicyQuestion): Promise<Answers['policy']> {
    this.#policies.set(question.service, question);
    // One that stands still does so when it goes on.
    const silent = [...this.#seats.values()].map(async ({ post }) => {
      const answer = await this.#ask(post, question, ANSWER_WITHIN_MS);
      return answer === undefined ? [post.id] : [];
    });
    return (await Promise.all(silent)).flat();
  }

  async #sum(): Promise<Answers['metrics']> {
    const asked = [...this.#seats.values()].map(async ({ post }) => {
      const said = await this.#ask<readonly MetricShown[]>(post, { about: 'metrics' }, ANSWER_WITHIN_MS);
      // It may have ended meanwhile, and be buried.
      if (this.#seats.get(post.id)?.post === post) this.#metrics.take(post.pid, said);
    });
    await Promise.all(asked);
    return this.#metrics.sum();
  }

  #views(): Promise<readonly WorkerReport[]> {
    return Promise.all(
      [...this.#seats.values()].map(async ({ post, isReady }): Promise<WorkerReport> => {
        const view = await this.#ask<WorkerView>(post, { about: 'view' }, ANSWER_WITHIN_MS);
        return { id: post.id, pid: post.pid, isReady, ...(view && { view }) };
      }),
    );
  }

  async #rest(id: string, resting: boolean): Promise<Answers['rest']> {
    const seat = this.#seats.get(id);
    if (!seat) return 'unknown';
    const others = [...this.#seats.values()].filter((each) => each !== seat);
    if (resting && !others.some(({ isReady, isResting }) => isReady && !isResting)) return 'last';
    const wasResting = seat.isResting;
    // At once: two that are asked to rest at the same time must not both go.
    seat.isResting = resting;
    if ((await this.#ask(seat.post, { about: 'rest', resting }, REST_WITHIN_MS)) === undefined) {
      seat.isResting = wasResting;
      return 'silent';
    }
    if (resting !== wasResting) {
      this.#tell({ type: resting ? 'worker-drained' : 'worker-up', detail: { pid: seat.post.pid } }, id);
    }
    return 'done';
  }

  #ask<A>(post: Post, question: WorkerQuestion, withinMs: number): Promise<A | undefined> {
    return this.#questions.ask((ask) => post.send({ type: 'ask', ask, question }), withinMs);
  }
}

import type { Balancer } from '@holdfast/contracts';
import { EventLog, REMEMBERED_EVENTS } from '../supervisor/event-log.js';
import type {
  Answers,
  PlatformEvent,
  Question,
  SupervisorMessage,
  Told,
  WorkerMessage,
  WorkerView,
} from '../supervisor/messages.js';
import type { MetricShown } from '../metrics/worker-metrics.js';
import { Questions } from '../supervisor/questions.js';
import { Switchboard } from '../supervisor/switchboard.js';

/** The supervisor answers within this time, whatever it has to ask others. */
const ANSWER_WITHIN_MS = 3_000;

/** What a worker answers when it is asked. */
export interface WorkerAnswers {
  view(): WorkerView;
  /** What it counts, by itself. */
  metrics(): Promise<readonly MetricShown[]>;
  usePolicy(balancer: Balancer): void;
  /** Takes no new connections from now on, or takes them again. */
  rest(resting: boolean): Promise<void>;
}

/** A worker's line to its supervisor, and over it to the other workers. */
export class SupervisorLink {
  readonly #questions = new Questions();
  readonly #past: PlatformEvent[] = [];
  readonly #listeners = new Set<(event: PlatformEvent) => void>();
  #answers: WorkerAnswers | undefined;

  constructor(private readonly send: (message: WorkerMessage) => void) {}

  /** From now on questions are answered, and events heard. */
  serve(answers: WorkerAnswers): void {
    this.#answers = answers;
    this.send({ type: 'join' });
  }

  /** Takes what the supervisor says. */
  hear(message: SupervisorMessage): void {
    if (message.type === 'events') for (const event of message.events) this.#remember(event);
    if (message.type === 'answer') this.#questions.take(message);
    if (message.type !== 'ask' || !this.#answers) return;
    const { ask, question } = message;
    const reply = (answer: unknown) => this.send({ type: 'answer', ask, answer });
    if (question.about === 'view') return reply(this.#answers.view());
    if (question.about === 'policy') {
      this.#answers.usePolicy(question);
      return reply('done');
    }
    // Without an answer the supervisor takes it for silent, which is what it is.
    if (question.about === 'metrics') return void this.#answers.metrics().then(reply, () => undefined);
    void this.#answers.rest(question.resting).then(
      () => reply('done'),
      () => undefined,
    );
  }

  /** Says what it has seen. All workers hear of it as an event, this one included. */
  tell(told: Told): void {
    this.send({ type: 'told', told });
  }

  /** Asks the supervisor. Resolves with `undefined` if it does not answer. */
  ask<Q extends Question>(question: Q): Promise<Answers[Q['about']] | undefined> {
    return this.#questions.ask((ask) => this.send({ type: 'ask', ask, question }), ANSWER_WITHIN_MS);
  }

  /** What happened after an event, as far as it is remembered; all of that where the event is not. */
  since(id: string): readonly PlatformEvent[] {
    return this.#past.slice(this.#past.findIndex((event) => event.id === id) + 1);
  }

  /** Calls back at each event, until the function that it returns is called. */
  onEvent(listener: (event: PlatformEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #remember(event: PlatformEvent): void {
    this.#past.push(event);
    if (this.#past.length > REMEMBERED_EVENTS) this.#past.shift();
    for (const listener of this.#listeners) listener(event);
  }
}

/** The line of a worker that runs alone: it is its own supervisor's only one. */
export function loneLink(id: string): SupervisorLink {
  const switchboard = new Switchboard(new EventLog());
  const link: SupervisorLink = new SupervisorLink((message) => switchboard.hear(post, message));
  const post = { id, pid: process.pid, send: (message: SupervisorMessage) => link.hear(message) };
  switchboard.add(post);
  return link;
}

/** The line of a worker that a supervisor has started. */
export function processLink(): SupervisorLink {
  const link = new SupervisorLink((message) => {
    if (process.connected) process.send?.(message);
  });
  process.on('message', (message: SupervisorMessage) => link.hear(message));
  return link;
}

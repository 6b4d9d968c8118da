import type { AnswerMessage } from './messages.js';
import { Questions } from './questions.js';
import type { FleetControl } from './switchboard.js';

const ANSWER_WITHIN_MS = 2_000;

/** Asks the process that started this one, over the channel on which it is told of workers; without one, nobody. */
export function parentControl(): FleetControl | undefined {
  if (!process.send) return undefined;
  const questions = new Questions();
  process.on('message', (message: Partial<AnswerMessage> | null) => {
    if (message?.type === 'answer' && typeof message.ask === 'number') {
      questions.take({ ask: message.ask, answer: message.answer });
    }
  });
  return (question) =>
    questions.ask((ask) => process.send?.({ type: 'ask', ask, question }), ANSWER_WITHIN_MS);
}

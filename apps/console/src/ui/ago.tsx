import { dateTime, relativeTime } from '../format/time.js';
import { useNow } from './use-now.js';

/** A moment, as people say it; the whole date is in its tooltip and its `datetime`. */
export function Ago({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={dateTime(at)}>
      {relativeTime(Date.parse(at), now)}
    </time>
  );
}

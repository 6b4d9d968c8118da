import type { Receipt } from '../api/contracts.js';
import { duration } from '../format/time.js';
import { plural } from '../format/number.js';
import { Icon } from './icon.js';

/** What an end of sessions achieved: how many processes have confirmed that they refuse them. */
export function ReceiptNotice({
  receipt,
  onClose,
}: {
  readonly receipt: Receipt;
  readonly onClose: () => void;
}) {
  const { revoked, acknowledgedBy, instances, tookMs, boundMs, durable } = receipt;
  const isComplete = acknowledgedBy === instances;
  return (
    <div role="status" className={`notice ${isComplete ? 'ok' : 'warn'} receipt`}>
      <Icon name={isComplete ? 'ok' : 'warn'} />
      <div>
        <p>
          <strong>{revoked === 0 ? 'Already ended' : `${plural(revoked, 'session')} ended`}</strong>
          {` · confirmed by ${acknowledgedBy} of ${instances} instances in ${duration(tookMs)}`}
        </p>
        <span className="pips" aria-hidden="true">
          {Array.from({ length: instances }, (_, index) => (
            <i key={index} className={index < acknowledgedBy ? 'on' : ''} />
          ))}
        </span>
        {boundMs > 0 && (
          <p className="small">What has not confirmed may go on for {duration(boundMs)} at most.</p>
        )}
        {!durable && <p className="small">The ledger has not got it yet: it will, as soon as it is back.</p>}
      </div>
      <button type="button" className="button quiet icon-only" aria-label="Dismiss" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}

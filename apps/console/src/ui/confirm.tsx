import type { ReactNode } from 'react';
import { Dialog } from './dialog.js';

interface ConfirmProps {
  readonly title: string;
  readonly action: string;
  readonly children: ReactNode;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, action, children, onConfirm, onClose }: ConfirmProps) {
  const confirm = () => {
    onClose();
    onConfirm();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="stack">
        <div className="muted">{children}</div>
        <div className="row end">
          <button type="button" className="button" onClick={onClose} autoFocus>
            Cancel
          </button>
          <button type="button" className="button danger" onClick={confirm}>
            {action}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

import { useState } from 'react';

/** Text that a button copies, where the browser lets pages do that: over TLS and on one's own machine. */
export function Copyable({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => undefined,
    );
  return (
    <span className="row wrap">
      <code>{text}</code>
      {'clipboard' in navigator && (
        <button type="button" className="button quiet small" onClick={() => void copy()}>
          {isCopied ? 'Copied' : 'Copy'}
        </button>
      )}
    </span>
  );
}

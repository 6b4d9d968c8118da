import { useState } from 'react';
import { ended, type Ended } from '../api/ended.js';
import { useStore } from '../api/use-store.js';
import { clock } from '../format/time.js';
import { Icon } from '../ui/icon.js';
import { Page } from '../ui/page.js';
import { RegisterForm } from './register-form.js';
import { SignInForm } from './sign-in-form.js';
import { whyEnded } from './why-ended.js';

/** Where one signs in, and learns why one must. */
export function SignInPage({ next }: { readonly next: string }) {
  const [isNew, setNew] = useState(false);
  const reason = useStore(ended);
  return (
    <div className="narrow">
      <Page
        title={isNew ? 'Create an account' : 'Sign in'}
        lead={
          isNew
            ? 'What is in your cart comes along.'
            : 'A cookie that no script can read is all this page gets.'
        }
      >
        {reason && <WhySignedOut reason={reason} />}
        <section className="card">
          {isNew ? <RegisterForm next={next} /> : <SignInForm next={next} />}
          <p className="center small">
            {isNew ? 'You have an account?' : 'New here?'}{' '}
            <button type="button" className="as-link" onClick={() => setNew(!isNew)}>
              {isNew ? 'Sign in' : 'Create an account'}
            </button>
          </p>
        </section>
      </Page>
    </div>
  );
}

function WhySignedOut({ reason: { because, at } }: { readonly reason: Ended }) {
  const { title, text, isAlarming } = whyEnded(because);
  return (
    <div role="status" className={`notice ${isAlarming ? 'warn' : 'accent'}`} data-because={because}>
      <Icon name={isAlarming ? 'warn' : 'info'} />
      <div>
        <p>
          <strong>{title}</strong>
        </p>
        <p>{text}</p>
        {at !== undefined && (
          <p className="small muted">
            Ended at <time dateTime={at}>{clock(Date.parse(at))}</time>
          </p>
        )}
      </div>
    </div>
  );
}

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.js';
import { codeOf } from '../api/problem.js';
import { Dialog } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Form } from '../ui/form.js';
import { Problem } from '../ui/problem.js';
import { CodeField } from './code-field.js';

/** Asks for the password again, and for a code where the account has a second factor. */
export function StepUpDialog({ onDone }: { readonly onDone: (proven: boolean) => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const prove = useMutation({
    mutationFn: () => call('POST', '/auth/step-up', { body: { password, ...(code !== '' && { code }) } }),
    onSuccess: () => onDone(true),
  });
  const isAskedForCode = codeOf(prove.error) === 'ERR_STEP_UP_REQUIRED';
  const hasCode = code !== '';
  return (
    <Dialog title="Confirm that it is you" onClose={() => onDone(false)}>
      <Form onSubmit={() => prove.mutate()}>
        <p className="muted">This changes who may do what, so a sign-in from a while ago is not enough.</p>
        <Field
          label="Password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          autoFocus
        />
        {(isAskedForCode || hasCode) && <CodeField value={code} onChange={setCode} />}
        {prove.error && (!isAskedForCode || hasCode) && <Problem error={prove.error} />}
        <div className="row end">
          <button type="button" className="button" onClick={() => onDone(false)}>
            Cancel
          </button>
          <button className="button primary" disabled={prove.isPending || password === ''}>
            Confirm
          </button>
        </div>
      </Form>
    </Dialog>
  );
}
